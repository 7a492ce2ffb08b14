// A real Minecraft server in offline mode: node server.mjs PORT NAME. Its list entry and its farewell carry NAME.
import minecraft from "minecraft-protocol";

const [port, name] = process.argv.slice(2);

const server = minecraft.createServer({
  host: "127.0.0.1",
  port: Number(port),
  motd: name,
  version: "1.20.1",
  "online-mode": false,
  keepAlive: false,
});
server.on("playerJoin", (client) => client.end(`${client.username} met ${name}`));
