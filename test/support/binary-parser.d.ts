// The part of binary-parser 2 that tests and benchmarks use: its package declares no types for ES modules.
declare module "binary-parser" {
  type Item = Readonly<Record<string, unknown>>;
  interface StringOptions {
    readonly length?: number | ((item: Item) => number);
    readonly zeroTerminated?: boolean;
    readonly encoding?: string;
    readonly formatter?: (text: string) => unknown;
  }
  export class Parser {
    endianness(endianness: "big" | "little"): this;
    uint8(name: string): this;
    uint16be(name: string): this;
    uint16le(name: string): this;
    uint32be(name: string): this;
    uint32le(name: string): this;
    int8(name: string): this;
    int16be(name: string): this;
    int16le(name: string): this;
    int32be(name: string): this;
    int32le(name: string): this;
    string(name: string, options: StringOptions): this;
    buffer(name: string, options: { readonly length: number | ((item: Item) => number) }): this;
    nest(name: string, options: { readonly type: Parser }): this;
    choice(
      name: string,
      options: {
        readonly tag: string | ((item: Item) => number);
        readonly choices: Readonly<Record<number, Parser>>;
        readonly defaultChoice?: Parser;
      },
    ): this;
    seek(bytes: number): this;
    parse(buffer: Buffer): Item;
  }
}
