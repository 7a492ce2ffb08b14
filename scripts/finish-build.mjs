// The last step of a build, after tsc: what dist/ needs besides the compiled modules. Imports only what tsc wrote.
import { chmodSync, writeFileSync } from "node:fs";
import { configurationJsonSchema } from "../dist/runtime/config/schema.js";

const executable = 0o755;

chmodSync("dist/cli/main.js", executable);
writeFileSync(
  "dist/waybill.schema.json",
  `${JSON.stringify(configurationJsonSchema(), undefined, 2)}\n`,
);
