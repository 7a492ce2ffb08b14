// `in file` and `map … file`: reads the file once for keys of one kind, and reports what is wrong with it.

import { report } from "../diagnostics/collector.ts";
import type { BytesLiteral } from "../syntax/ast.ts";
import type { AddressBlock } from "./address-block.ts";
import { textOf } from "./check-value.ts";
import type { RouteKey } from "./checked-router.ts";
import { LIST_ENTRIES_MAX, LIST_FILE_BYTES_MAX } from "./list-file.ts";
import {
  type ListFindings,
  type ListKind,
  type ListValues,
  type MapGroup,
  readBlocks,
  readKeys,
  readMap,
} from "./list-values.ts";
import type { RouterCheck } from "./router-context.ts";

const MIB = 1024 * 1024;
const UTF16_MARKS = ["fffe", "feff"];

/** The keys that a file lists; `undefined` where it cannot be read. */
export function checkKeyList(
  check: RouterCheck,
  file: BytesLiteral,
  key: RouteKey,
  isNumber: boolean,
): ListValues | undefined {
  const name = `${isNumber ? "number" : key.name} ${textOf(file.bytes)}`;
  return once(check.lists.keys, name, () =>
    readList(check, file, key, (bytes) => {
      const { values, findings } = readKeys(bytes, kindOf(key, isNumber));
      return { result: values, findings };
    }),
  );
}

/** The addresses that a file lists. */
export function checkAddressList(
  check: RouterCheck,
  file: BytesLiteral,
): readonly AddressBlock[] | undefined {
  return once(check.lists.addresses, textOf(file.bytes), () =>
    readList(check, file, undefined, (bytes) => {
      const { blocks, findings } = readBlocks(bytes);
      return { result: blocks, findings };
    }),
  );
}

/** The keys of a map file by their pools. */
export function checkMapFile(
  check: RouterCheck,
  file: BytesLiteral,
  key: RouteKey,
): readonly MapGroup[] | undefined {
  const name = `${key.name} ${textOf(file.bytes)}`;
  return once(check.lists.maps, name, () =>
    readList(check, file, key, (bytes) => {
      const { groups, findings } = readMap(bytes, kindOf(key, key.type === "integer"));
      return { result: groups, findings };
    }),
  );
}

function kindOf(key: RouteKey, isNumber: boolean): ListKind {
  return isNumber ? { kind: "numbers" } : { kind: "bytes", maxBytes: key.maxBytes };
}

/** A second rule on the same file shares what was read; its findings were reported at the first. */
function once<Result>(
  lists: Map<string, Result | undefined>,
  name: string,
  read: () => Result | undefined,
): Result | undefined {
  if (!lists.has(name)) lists.set(name, read());
  return lists.get(name);
}

function readList<Result>(
  check: RouterCheck,
  file: BytesLiteral,
  key: RouteKey | undefined,
  interpret: (bytes: Uint8Array) => { result: Result; findings: ListFindings },
): Result | undefined {
  const path = textOf(file.bytes);
  const bytes = bytesOf(check, file, path);
  if (bytes === undefined) return undefined;
  const { result, findings } = interpret(bytes);
  reportFindings(check, file, path, key, findings);
  return result;
}

function bytesOf(check: RouterCheck, file: BytesLiteral, path: string): Uint8Array | undefined {
  const unreadable = (reason: string) => {
    report(check.collector, "routeFileUnreadable", file.span, { path, reason });
    return undefined;
  };
  if (path === "" || path.includes("\0")) return unreadable("it is no path");
  const read = check.readFile(path);
  check.files.add(read.path);
  if (read.kind === "error") return unreadable(read.reason);
  if (read.bytes.length > LIST_FILE_BYTES_MAX) {
    const limit = `${LIST_FILE_BYTES_MAX / MIB} MiB`;
    report(check.collector, "routeFileTooLarge", file.span, { path, limit });
    return undefined;
  }
  const mark = Buffer.from(read.bytes.subarray(0, 2)).toString("hex");
  if (UTF16_MARKS.includes(mark)) return unreadable("it is UTF-16 text: save it as UTF-8");
  return read.bytes;
}

function reportFindings(
  check: RouterCheck,
  file: BytesLiteral,
  path: string,
  key: RouteKey | undefined,
  findings: ListFindings,
): void {
  const { collector } = check;
  for (const line of findings.malformed) {
    report(collector, "routeFileMalformed", file.span, { path, ...line });
  }
  const more = findings.malformedCount - findings.malformed.length;
  if (more > 0) report(collector, "routeFileMalformedMore", file.span, { path, count: more });
  if (findings.hasTooMany) {
    const limit = `${LIST_ENTRIES_MAX} entries`;
    report(collector, "routeFileTooLarge", file.span, { path, limit });
  }
  if (findings.repeated !== undefined) {
    report(collector, "routeFileDuplicates", file.span, { path, ...findings.repeated });
  }
  if (findings.tooLong !== undefined && key !== undefined) {
    const { name, maxBytes } = key;
    const args = { path, key: name, maxBytes, ...findings.tooLong };
    report(collector, "routeFileTooLong", file.span, args);
  }
  const isBlank = findings.malformedCount === 0 && findings.tooLong === undefined;
  if (findings.entries === 0 && isBlank) report(collector, "routeFileEmpty", file.span, { path });
}
