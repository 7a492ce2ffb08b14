// The part of binary-parser 2 that tests and benchmarks use: its package declares no types for ES modules.
declare module "binary-parser" {
  type Item = Readonly<Record<string, unknown>>;
  interface IntegerOptions {
    readonly assert?: number | ((value: number) => boolean);
  }
  interface ArrayOptions {
    readonly type: string;
    readonly readUntil: (item: number) => boolean;
    readonly formatter?: (items: readonly number[]) => unknown;
  }
  interface StringOptions {
    readonly length?: number | string | ((item: Item) => number);
    readonly assert?: string | ((text: string) => boolean);
    readonly zeroTerminated?: boolean;
    readonly encoding?: string;
    readonly formatter?: (text: string) => unknown;
  }
  export class Parser {
    endianness(endianness: "big" | "little"): this;
    uint8(name: string, options?: IntegerOptions): this;
    uint16(name: string): this;
    uint32(name: string, options?: IntegerOptions): this;
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
    array(name: string, options: ArrayOptions): this;
    buffer(
      name: string,
      options: { readonly length: number | string | ((item: Item) => number) },
    ): this;
    nest(name: string, options: { readonly type: Parser }): this;
    choice(
      name: string,
      options: {
        readonly tag: string | ((item: Item) => number);
        readonly choices: Readonly<Record<number, Parser>>;
        readonly defaultChoice?: Parser;
      },
    ): this;
    seek(bytes: number | string): this;
    parse(buffer: Buffer): Item;
  }
}
