// A real Minecraft client: node client.mjs (status | login) PORT HOST. Connects to 127.0.0.1:PORT, names HOST in its
// handshake as a client does that resolved HOST by DNS, and prints the server's list entry or its farewell.
import { connect } from "node:net";
import minecraft from "minecraft-protocol";

const [mode, port, host] = process.argv.slice(2);
const options = { host, port: Number(port), version: "1.20.1", connect: overLoopback };

if (mode === "status") {
  const { description } = await minecraft.ping(options);
  process.stdout.write(JSON.stringify(description));
} else {
  const client = minecraft.createClient({ ...options, username: "waybill", auth: "offline" });
  for (const farewell of ["disconnect", "kick_disconnect"]) {
    client.once(farewell, ({ reason }) => process.stdout.write(JSON.stringify(reason)));
  }
}

function overLoopback(client) {
  client.setSocket(connect(Number(port), "127.0.0.1"));
}
