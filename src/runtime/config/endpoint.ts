// Places on the network as the configuration writes them: where a listener binds, where a backend is.

import { formatIpAddress, parseIpAddress } from "../../base/ip-address.ts";

/** Longest path of a unix socket that the kernel takes, its terminating NUL left out (unix(7)). */
const UNIX_PATH_BYTES_MAX = 107;

/** Where a listener accepts. `port` 0 takes any free one. */
export type Bind =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** An IP address in canonical form and a port; `address` is both, as they are shown. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly address: string;
}

/** `0.0.0.0:2048`, `[::]:2048` or `unix:/run/waybill.sock`. */
export function parseBind(text: string): Bind | undefined {
  if (text.startsWith("unix:")) {
    const path = text.slice("unix:".length);
    const bytes = Buffer.byteLength(path);
    const isPath = bytes > 0 && bytes <= UNIX_PATH_BYTES_MAX && !path.includes("\0");
    return isPath ? { kind: "unix", path } : undefined;
  }
  const endpoint = parseEndpoint(text, 0);
  return endpoint === undefined
    ? undefined
    : { kind: "tcp", host: endpoint.host, port: endpoint.port };
}

/** `10.0.0.1:9000` or `[2001:db8::1]:9000`; names are not looked up. */
export function parseEndpoint(text: string, lowestPort = 1): Endpoint | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):([0-9]{1,5})$/.exec(text);
  if (match === null) return undefined;
  const [, inBrackets, bare, digits] = match;
  const port = Number(digits);
  const bytes = new Uint8Array(16);
  const length = parseIpAddress(inBrackets ?? bare ?? "", bytes);
  const isBracketed = inBrackets !== undefined;
  if (length === 0 || port < lowestPort || port > 65_535) return undefined;
  if (isBracketed !== (inBrackets ?? bare ?? "").includes(":")) return undefined;
  const host = formatIpAddress(bytes, length);
  return { host, port, address: formatHostPort(host, port) };
}

/** The canonical text of a bind: what sockets are told apart by over a reload. */
export function formatBind(bind: Bind): string {
  if (bind.kind === "unix") return `unix:${bind.path}`;
  return formatHostPort(bind.host, bind.port);
}

function formatHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The address that was probably meant: `localhost:9000`, `:9000` (of the host `unnamed`), `::1:9000`. */
export function suggestEndpoint(text: string, unnamed: string): string | undefined {
  const match = /^(.*):([0-9]{1,5})$/.exec(text.trim());
  if (match === null) return undefined;
  const [, host = "", port = ""] = match;
  if (Number(port) > 65_535) return undefined;
  if (host === "localhost") return `127.0.0.1:${port}`;
  if (host === "" || host === "*") return `${unnamed}:${port}`;
  const bare = host.replace(/^\[|\]$/g, "");
  const bytes = new Uint8Array(16);
  const isLong = bare.includes(":") && parseIpAddress(bare, bytes) !== 0;
  return isLong ? `[${bare}]:${port}` : undefined;
}
