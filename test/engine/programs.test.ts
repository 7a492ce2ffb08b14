// Programs of other kinds: an unpack written by hand, and a prefix that says who the client is. The same on every engine.
import { describe, expect, test } from "vitest";
import { parseAddressBlock } from "../../src/compiler/index.ts";
import { loadUnpackFile } from "../../src/runtime/reload/unpack-module.ts";
import { handWrittenProgram } from "../../src/runtime/routing/hand-written.ts";
import type { RouterProgram } from "../../src/runtime/routing/program.ts";
import { poolSpec } from "../runtime/support/engine.ts";
import { proxyV2Header, starFrame } from "../runtime/support/modules.ts";
import {
  exchange,
  openClient,
  outcome,
  readExactly,
  startEcho,
} from "../runtime/support/sockets.ts";
import {
  backendOf,
  engineKinds,
  proxiedProgram,
  type Setup,
  startEngine,
} from "./support/engines.ts";

async function lineProgram(): Promise<RouterProgram> {
  const file = new URL("support/hand-written.mjs", import.meta.url);
  const loaded = await loadUnpackFile(file.pathname);
  if (loaded.kind !== "ok") throw new Error(loaded.reason);
  return handWrittenProgram(loaded.unpack, "hand-written.mjs", "main", loaded.url);
}

const blockOf = (text: string) => {
  const parsed = parseAddressBlock(text);
  return parsed.kind === "block" ? [parsed.block] : [];
};

describe.for(engineKinds)("$title", (kind) => {
  async function start(setup: Partial<Setup>) {
    const backend = await backendOf(startEcho());
    const pools = [poolSpec("main", [backend.port])];
    return { ...(await startEngine(kind, { pools, ...setup })), backend };
  }

  describe("an unpack written by hand", () => {
    test.for<[what: string, first: string, reason: string]>([
      ["throws", "T", "unpack-threw"],
      ["answers nonsense", "N", "unpack-invalid"],
      ["answers a promise", "P", "unpack-invalid"],
      ["asks for too much", "H", "reject:too-long:frame"],
      ["names a frame that is not there", "F", "unpack-invalid"],
      ["answers a number as key", "K", "unpack-invalid"],
      ["answers a key that is too long", "L", "reject:key-too-long:key"],
      ["refuses", "R", "reject:guard:not mine"],
    ])("%s", async ([, first, reason]) => {
      const { port, journal, backend } = await start({ program: await lineProgram() });
      const client = await openClient(port);
      client.end(first);
      await outcome(client);
      expect((await journal.ends(1))[0]?.reason).toBe(reason);
      expect(backend.sockets).toHaveLength(0);
    });

    test("routes by the key it answers, at every split", async () => {
      const backends = [startEcho("0"), startEcho("1"), startEcho("2")].map(backendOf);
      const ports = (await Promise.all(backends)).map(({ port }) => port);
      const { port, journal } = await startEngine(kind, {
        program: await lineProgram(),
        pools: [poolSpec("main", ports, { balance: "ring" })],
      });
      const answers = new Set<string>();
      for (let at = 1; at < 7; at++) {
        const client = await openClient(port);
        client.write("A0001\nx".slice(0, at));
        await journal.until(() => journal.acceptedCount === at, `connection ${at} to be accepted`);
        client.write("A0001\nx".slice(at));
        answers.add((await readExactly(client, 8)).toString());
        client.destroy();
      }
      expect(answers.size).toBe(1);
      expect([...answers][0]).toMatch(/^[012]A0001\nx$/);
      expect((await journal.ends(6))[0]?.record.key).toBe("A0001");
    });

    test("needs no key", async () => {
      const { port, journal } = await start({ program: await lineProgram() });
      expect((await exchange(port, Buffer.from("anonymous\n"))).toString()).toBe("anonymous\n");
      expect((await journal.ends(1))[0]?.record.key).toBeUndefined();
    });
  });

  describe("a PROXY header", () => {
    const trusted = { trustedPeers: blockOf("127.0.0.0/8") };

    test("is consumed, and the client is whom it names", async () => {
      const { port, journal } = await start({ program: await proxiedProgram(), plan: trusted });
      const frame = starFrame("A01");
      const bytes = Buffer.concat([proxyV2Header([192, 0, 2, 7]), frame]);
      expect(await exchange(port, bytes)).toEqual(frame);
      expect((await journal.ends(1))[0]?.record).toMatchObject({
        client: "192.0.2.7",
        consumed: 28,
        bytesToBackend: 40,
      });
    });

    test("is consumed at every split", async () => {
      const { port, journal } = await start({ program: await proxiedProgram(), plan: trusted });
      const frame = starFrame("A01");
      const bytes = Buffer.concat([proxyV2Header([192, 0, 2, 7]), frame]);
      for (let at = 1; at < bytes.length; at += 3) {
        const client = await openClient(port);
        await new Promise((resolve) => client.write(bytes.subarray(0, at), resolve));
        client.write(bytes.subarray(at));
        expect(await readExactly(client, 40)).toEqual(frame);
        client.destroy();
      }
      await journal.until(() => journal.ended_.length > 0, "a connection to end");
    });

    test("names the client that limits count", async () => {
      const { port, journal } = await start({
        program: await proxiedProgram(),
        plan: trusted,
        limits: { perClient: 1 },
      });
      const open = async (last: number) => {
        const client = await openClient(port);
        client.write(Buffer.concat([proxyV2Header([192, 0, 2, last]), starFrame("A01")]));
        return client;
      };
      const clients = [await open(1), await open(2)];
      for (const client of clients) await readExactly(client, 40);
      await outcome(await open(1));
      expect((await journal.ends(1))[0]).toMatchObject({
        reason: "per-client",
        record: { client: "192.0.2.1" },
      });
      for (const client of clients) client.destroy();
    });

    test("of a peer that may not speak for others is refused", async () => {
      const plan = { trustedPeers: blockOf("10.0.0.0/8") };
      const { port, journal } = await start({
        program: await proxiedProgram(),
        plan,
        isDeferred: false,
      });
      await outcome(await openClient(port));
      expect((await journal.ends(1))[0]?.reason).toBe("proxy-protocol");
    });

    test("that is missing is a refusal", async () => {
      const { port, journal } = await start({ program: await proxiedProgram(), plan: trusted });
      const client = await openClient(port);
      client.write(starFrame("A01"));
      await outcome(client);
      expect((await journal.ends(1))[0]?.reason).toBe("prefix-missing");
    });

    test("and no more, as a balancer's probe sends it, is no truncated frame", async () => {
      const { port, journal } = await start({ program: await proxiedProgram(), plan: trusted });
      const client = await openClient(port);
      client.end(proxyV2Header([0, 0, 0, 0], 0x20));
      await outcome(client);
      expect((await journal.ends(1))[0]?.reason).toBe("client-gone");
    });
  });
});
