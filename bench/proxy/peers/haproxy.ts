// HAProxy: one thread, the backend by a map from the 16 bytes at offset 19. It looks at no marker and at no length.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { outputOf } from "../process.ts";
import { backendNumbers, keysWithBackends, type Peer, type Place } from "./peer.ts";

/** With `splice(2)` in both directions (`splice-auto` was seen to copy here as well), or with copies only. */
export function haproxy(name: string, hasSplice: boolean): Peer {
  return {
    name,
    title: hasSplice ? "HAProxy" : "HAProxy, no splice",
    isOurs: false,
    async prepare(place) {
      const program = await haproxyPath();
      if (program === undefined) return { missing: "haproxy is not installed" };
      const map = keysWithBackends().map(([key, backend]) => `${key} b${backend}\n`);
      await writeFile(join(place.folder, "keys.map"), map.join(""));
      const file = join(place.folder, "haproxy.cfg");
      await writeFile(file, configuration(place, hasSplice));
      return { program, args: ["-db", "-q", "-f", file] };
    },
  };
}

/** Debian puts it where a user's PATH does not look. */
async function haproxyPath(): Promise<string | undefined> {
  for (const program of ["haproxy", "/usr/sbin/haproxy"]) {
    if ((await outputOf(program, ["-v"])) !== undefined) return program;
  }
  return undefined;
}

function configuration(
  { folder, port, backendPort, connections }: Place,
  hasSplice: boolean,
): string {
  const backends = backendNumbers.map(
    (n) => `backend b${n}\n  server s${n} 127.0.0.1:${backendPort + n}\n`,
  );
  return `global
  nbthread 1
  maxconn ${connections + 100}
${hasSplice ? "" : "  nosplice\n"}defaults
  mode tcp
  timeout connect 5s
  timeout client 2m
  timeout server 2m
${hasSplice ? "  option splice-request\n  option splice-response\n" : ""}frontend clients
  bind 127.0.0.1:${port} backlog 4096
  tcp-request inspect-delay 5s
  tcp-request content accept if { req.len ge 35 }
  use_backend %[req.payload(19,16),map(${join(folder, "keys.map")})]
${backends.join("")}`;
}
