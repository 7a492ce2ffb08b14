// Where an engine is asked to listen, and why it could not.

/** Connections the kernel may hold for us; it lowers this to its own `somaxconn`. */
export const BACKLOG = 65_535;

/** Where to listen. `port` 0 takes any free one. */
export type ListenAddress =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** Why a bind failed: an `errno` name as `code`. */
export class ListenError extends Error {
  readonly code: string;

  constructor(code: string, options: ErrorOptions) {
    super(explainListen(code), options);
    this.name = "ListenError";
    this.code = code;
  }
}

function explainListen(code: string): string {
  switch (code) {
    case "EADDRINUSE":
      return "the address is in use";
    case "EACCES":
      return "permission denied";
    case "EADDRNOTAVAIL":
      return "this machine has no such address";
    case "ENOENT":
      return "the folder does not exist";
    case "EMFILE":
    case "ENFILE":
      return "no descriptors are left";
    default:
      return `the system says ${code}`;
  }
}
