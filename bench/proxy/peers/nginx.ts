// nginx's stream module with njs: a function of JavaScript unpacks the frame, `proxy_pass` relays.
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { outputOf } from "../process.ts";
import { backendNumbers, type Peer, type Place } from "./peer.ts";

/** Where distributions put loadable modules. */
const MODULE_FOLDERS = [
  "/usr/lib/nginx/modules",
  "/usr/lib64/nginx/modules",
  "/usr/share/nginx/modules",
  "/usr/local/libexec/nginx",
];

export const nginx: Peer = {
  name: "nginx",
  title: "nginx + njs",
  isOurs: false,
  async prepare(place) {
    const program = await nginxPath();
    if (program === undefined) return { missing: "nginx is not installed" };
    const njs = findModule("ngx_stream_js_module.so");
    if (njs === undefined) return { missing: "libnginx-mod-stream-js is not installed" };
    const stream = findModule("ngx_stream_module.so"); // else it is built in
    const modules = [stream, njs].filter((module) => module !== undefined);
    await writeFile(join(place.folder, "star.js"), UNPACK);
    const file = join(place.folder, "nginx.conf");
    await writeFile(file, configuration(place, modules));
    return { program, args: ["-p", place.folder, "-c", file] };
  },
};

async function nginxPath(): Promise<string | undefined> {
  for (const program of ["nginx", "/usr/sbin/nginx"]) {
    if ((await outputOf(program, ["-v"])) !== undefined) return program;
  }
  return undefined;
}

function findModule(name: string): string | undefined {
  return MODULE_FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** What njs runs, as Buffers: a text would have to be UTF-8. */
const UNPACK = `function unpack(s) {
  s.on("upstream", function (data) {
    if (data.length < 35 || data.length < data.readUInt32BE(1) + 7) return;
    if (data[0] !== 42) return s.deny();
    s.variables.backend = "b" + Number(data.toString("utf8", 22, 35)) % ${backendNumbers.length};
    s.off("upstream");
    s.done();
  });
}
export default { unpack };
`;

function configuration(
  { folder, port, backendPort, connections }: Place,
  modules: readonly string[],
): string {
  const upstreams = backendNumbers.map(
    (n) => `  upstream b${n} { server 127.0.0.1:${backendPort + n}; }\n`,
  );
  return `${modules.map((module) => `load_module ${module};\n`).join("")}daemon off;
master_process off;
worker_processes 1;
worker_rlimit_nofile ${2 * connections + 1000};
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections ${2 * connections + 500}; }
stream {
  js_path ${folder};
  js_import star from star.js;
  js_var $backend;
${upstreams.join("")}  server {
    listen 127.0.0.1:${port} backlog=4096;
    js_preread star.unpack;
    proxy_pass $backend;
    proxy_half_close on;
  }
}
`;
}
