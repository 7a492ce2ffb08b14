// Starts a real nginx that says its name. For the suites that need web servers.
import { unusedPort } from "../support/port.ts";
import { programPath } from "../support/prerequisites.ts";
import type { Stage } from "../support/stage.ts";

/** An nginx on the stage: answers every request with `name` and what it was asked for. Gives its port. */
export async function startNginx(stage: Stage, name: string): Promise<number> {
  const port = await unusedPort();
  const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const temporary = folders.map((kind) => `${kind}_temp_path ${stage.folder}/${name}-${kind};`);
  const config = `
    daemon off; master_process off; pid ${stage.folder}/${name}.pid; error_log stderr;
    events { worker_connections 256; }
    http {
      access_log off; default_type text/plain; keepalive_requests 10000; ${temporary.join(" ")}
      server { listen 127.0.0.1:${port}; location / { return 200 "${name} $request_method $host $uri"; } }
    }`;
  const file = await stage.write(`${name}.conf`, config);
  await stage.startServer(name, port, {
    program: programPath("nginx"),
    args: ["-p", stage.folder, "-c", file],
  });
  return port;
}
