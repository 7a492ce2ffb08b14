// Relays of our own making to compare with: the least possible in C, the seed's way in Go, and Node's streams.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildC, buildGo } from "../build-native.ts";
import type { Peer } from "./peer.ts";

export const limit: Peer = {
  name: "limit",
  title: "limit (minimal C relay)",
  isOurs: false,
  async prepare({ folder, port, backendPort }) {
    const program = await buildC("limit", folder);
    if (program === undefined) return { missing: "gcc is not installed" };
    return { program, args: [String(port), String(backendPort)] };
  },
};

export const go: Peer = {
  name: "go",
  title: "Go io.Copy",
  isOurs: false,
  async prepare({ folder, port, backendPort }) {
    const program = await buildGo("relay", folder);
    if (program === undefined) return { missing: "Go is not installed (golang-go)" };
    // One thread that runs code, as every other peer has.
    return { program, args: [String(port), String(backendPort)], env: { GOMAXPROCS: "1" } };
  },
};

export const streams: Peer = {
  name: "streams",
  title: "Node streams",
  isOurs: false,
  async prepare({ port, backendPort }) {
    // Beside this file's folder, compiled as it is.
    const here = fileURLToPath(import.meta.url);
    const script = join(dirname(here), "..", `streams-relay${here.slice(here.lastIndexOf("."))}`);
    return { program: process.execPath, args: [script, String(port), String(backendPort)] };
  },
};
