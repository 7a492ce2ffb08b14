// One connection that sends as fast as it is let, from a process of its own: both its ends, so that the ones who are measured
// share nothing with it but the machine and the engine. argv: port of the listener, port for its backend, first bytes in hex.
import { connect, createServer } from "node:net";
import { constants, setPriority } from "node:os";

// It gives way: what is measured is how the engine divides its time, not how the machine does.
setPriority(constants.priority.PRIORITY_LOW);
const [port, backendPort, frame] = process.argv.slice(2);
const block = Buffer.alloc(256 * 1024, 0x62);
let received = 0;

const server = createServer((socket) => {
  socket.on("data", (chunk) => {
    received += chunk.length;
  });
  socket.on("error", () => process.exit(1));
});

server.listen(Number(backendPort), "127.0.0.1", () => {
  process.stdout.write(`listening ${server.address().port}\n`);
});

process.on("message", () => process.send?.({ received }));
process.stdin.once("data", () => {
  const client = connect(Number(port), "127.0.0.1");
  const pour = () => {
    while (client.write(block));
    client.once("drain", pour);
  };
  client.on("error", () => process.exit(1));
  client.once("connect", () => {
    client.write(Buffer.from(frame, "hex"));
    pour();
    setInterval(() => process.stdout.write(`received ${received}\n`), 50);
  });
});
