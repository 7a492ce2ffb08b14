// A relay as one would write it with Node's streams: the first frame by hand, then `pipe` both ways. A program of its own.
//   node streams-relay.js PORT BACKEND_PORT
import { connect, createServer, type Socket } from "node:net";

const FRAME_MAX = 64 * 1024;
const BACKENDS = 4;

const port = Number(process.argv[2]);
const backendPort = Number(process.argv[3]);

createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
  let first: Buffer = Buffer.alloc(0);
  const unpack = (chunk: Buffer) => {
    first = first.length === 0 ? chunk : Buffer.concat([first, chunk]);
    const size = first.length < 5 ? 35 : first.readUInt32BE(1) + 7;
    if (size > FRAME_MAX || first[0] !== 0x2a) client.destroy();
    else if (first.length >= size) {
      client.off("data", unpack);
      client.pause();
      relay(client, first);
    }
  };
  client.on("data", unpack);
  client.on("error", () => client.destroy());
}).listen({ port, host: "127.0.0.1", backlog: 4096 });

function relay(client: Socket, first: Buffer): void {
  const number = Number(first.toString("latin1", 22, 35));
  const backend = connect({
    port: backendPort + (number % BACKENDS),
    host: "127.0.0.1",
    allowHalfOpen: true,
    noDelay: true,
  });
  backend.write(first);
  backend.on("error", () => client.destroy());
  client.on("error", () => backend.destroy());
  client.on("close", () => backend.destroy());
  backend.on("close", () => client.destroy());
  client.pipe(backend);
  backend.pipe(client);
}
