// The router's own log lines, read back: which key went where, by which rule. Knows no socket.

import { printable } from "../../base/printable.ts";

/** One connection as the router logged it. Absent values are empty. */
export interface ConnectionLine {
  readonly listener: string;
  readonly key: string;
  readonly rule: string;
  /** Identity of the backend; empty where it was refused. */
  readonly backend: string;
  /** Why it was refused, empty where it was not. */
  readonly reason: string;
}

/** @returns `undefined` for lines about something else than a connection */
export function readLogLine(line: string): ConnectionLine | undefined {
  const parsed = parseObject(line);
  if (parsed === undefined) return undefined;
  const message = parsed["msg"];
  if (message !== "connection" && message !== "refused") return undefined;
  const textOf = (name: string): string => {
    const value = parsed[name];
    return typeof value === "string" ? printable(value) : "";
  };
  return {
    listener: textOf("listener"),
    key: textOf("key"),
    rule: textOf("rule"),
    backend: message === "refused" ? "" : textOf("backend"),
    reason: message === "refused" ? textOf("reason") : "",
  };
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
