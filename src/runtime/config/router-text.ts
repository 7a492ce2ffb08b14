// What may stand after `router:`. Knows no file system.

/** Endings of a hand-written unpack. */
const MODULE_ENDING = /\.(?:js|mjs)$/;
const ROUTER_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** @returns the text where it is `FILE#NAME` or a module's path, otherwise `undefined` */
export function checkRouterText(text: string): string | undefined {
  if (text.includes("\0")) return undefined;
  const hash = text.lastIndexOf("#");
  if (hash < 0) return MODULE_ENDING.test(text) ? text : undefined;
  return hash > 0 && ROUTER_NAME.test(text.slice(hash + 1)) ? text : undefined;
}

/** What was probably meant: a `.frame` file without the router's name, a router without its file. */
export function suggestRouterText(text: string): string | undefined {
  if (text.endsWith(".frame")) return `${text}#ROUTER, with the name of a router in that file`;
  return ROUTER_NAME.test(text) ? `${text}.frame#ROUTER` : undefined;
}
