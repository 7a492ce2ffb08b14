// The far end of a bulk transfer, in a thread of its own: takes one connection, and either hashes what comes or sends `total`
// bytes. What it sends, and expects, is block after block of the same bytes, each beginning with its number.
import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

const { total, block, frameBytes, isSending } = workerData;

const server = createServer({ allowHalfOpen: true }, (socket) => {
  server.close();
  socket.on("error", (error) => parentPort.postMessage({ error: String(error) }));
  if (isSending) {
    socket.once("readable", () => {
      socket.read(frameBytes);
      socket.resume();
      send(socket, 0);
    });
  } else receive(socket);
});

function send(socket, from) {
  for (let sent = from; sent < total; sent += block.length) {
    const copy = Buffer.from(block);
    copy.writeUInt32BE(sent / block.length);
    if (!socket.write(copy)) {
      socket.once("drain", () => send(socket, sent + block.length));
      return;
    }
  }
  socket.end();
}

function receive(socket) {
  const hash = createHash("sha1");
  let received = 0;
  socket.on("data", (chunk) => {
    const ofFrame = Math.min(chunk.length, Math.max(0, frameBytes - received));
    received += chunk.length;
    hash.update(chunk.subarray(ofFrame));
  });
  socket.on("end", () => {
    parentPort.postMessage({ received, digest: hash.digest("hex") });
    socket.end();
  });
}

server.listen(0, "127.0.0.1", () => parentPort.postMessage({ port: server.address().port }));
