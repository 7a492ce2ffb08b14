// Parts of a URL by RFC 3986, section 3, or of a path in origin form (RFC 9112, section 3.2.1). Pure; decodes nothing.

import { assertNever } from "../../../base/assert.ts";
import type { UrlPart } from "../ir.ts";
import { latin1 } from "./encoding.ts";
import { dropLeft, type Part, pairValues, partAt, splitText } from "./text.ts";

/** The wanted part, or undefined where the URL has none. */
export function partOfUrl(whole: Part, wanted: UrlPart): Part | undefined {
  const url = dissect(whole);
  switch (wanted.kind) {
    case "scheme":
      return url.scheme;
    case "user":
    case "host":
    case "port":
      return url.authority === undefined ? undefined : dissectAuthority(url.authority)[wanted.kind];
    case "path":
      return url.path;
    case "segment": {
      if (url.path.text === "") return undefined;
      const relative = url.path.text.startsWith("/") ? dropLeft(url.path, 1) : url.path;
      return partAt(splitText(relative, "/"), wanted.index);
    }
    case "query":
      return url.query === undefined
        ? undefined
        : pairValues(url.query, "&", "=", latin1(wanted.name))[0];
    default:
      return assertNever(wanted);
  }
}

interface Url {
  readonly scheme: Part | undefined;
  readonly authority: Part | undefined;
  readonly path: Part;
  readonly query: Part | undefined;
}

/** scheme ":" ["//" authority] path ["?" query] ["#" fragment] */
function dissect(whole: Part): Url {
  const scheme = prefix(whole, /^[A-Za-z][A-Za-z0-9+.-]*(?=:)/);
  const behindScheme = scheme === undefined ? whole : dropLeft(whole, scheme.text.length + 1);
  const hasAuthority = scheme !== undefined && behindScheme.text.startsWith("//");
  const behindSlashes = dropLeft(behindScheme, 2);
  const authority = hasAuthority ? prefix(behindSlashes, /^[^/?#]*/) : undefined;
  const hierarchy =
    authority === undefined ? behindScheme : dropLeft(behindSlashes, authority.text.length);
  const path = prefix(hierarchy, /^[^?#]*/) ?? hierarchy;
  const query = prefix(dropLeft(hierarchy, path.text.length), /^\?[^#]*/);
  return { scheme, authority, path, query: query === undefined ? undefined : dropLeft(query, 1) };
}

/** [user [":" password] "@"] host [":" port] */
function dissectAuthority(authority: Part) {
  const at = authority.text.lastIndexOf("@");
  const userInfo = at === -1 ? undefined : { at: authority.at, text: authority.text.slice(0, at) };
  const hostPort = dropLeft(authority, at + 1);
  const host = prefix(hostPort, /^\[[^\]]*\]/) ?? prefix(hostPort, /^[^:]*/) ?? hostPort;
  const behindHost = dropLeft(hostPort, host.text.length);
  return {
    user: userInfo === undefined ? undefined : prefix(userInfo, /^[^:]*/),
    host,
    port: behindHost.text.startsWith(":") ? dropLeft(behindHost, 1) : undefined,
  };
}

function prefix(part: Part, pattern: RegExp): Part | undefined {
  const text = pattern.exec(part.text)?.[0];
  return text === undefined ? undefined : { at: part.at, text };
}
