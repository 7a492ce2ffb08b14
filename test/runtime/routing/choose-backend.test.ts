// The backend that `explain` names is the one that a running router picks.
import { expect, test } from "vitest";
import { KEYS_AT } from "../../../src/compiler/index.ts";
import { buildPools, type PoolSpec, pickBackend } from "../../../src/runtime/pool/pool.ts";
import { chooseBackend } from "../../../src/runtime/routing/choose-backend.ts";
import { createKeyPlace, hashKey, locateKey } from "../../../src/runtime/routing/key.ts";

function pool(name: string, addresses: readonly string[], more: Partial<PoolSpec> = {}): PoolSpec {
  const backends = addresses.map((address) => {
    const [host = "", port = ""] = address.split(":");
    return { identity: `id-${address}`, weight: 1, host, port: Number(port), address };
  });
  const connect = { timeoutMs: 1000, tries: 3 };
  return { name, balance: "ring", backends, connect, connectionsMax: 0, ...more };
}

const three = pool("main", ["10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1"]);

test.for(["", "A0001", "A0002", "station-7", "é\u0000"])("the key %j", (text) => {
  const bytes = Buffer.from(text);
  const s = new Int32Array(KEYS_AT + 3);
  s.set([2, bytes.length, 0], KEYS_AT);
  const place = createKeyPlace();
  const none = new Uint8Array(0);
  const buf = Buffer.concat([Buffer.from("##"), bytes]);
  const input = { buf, start: 0, s, scratch: none, client: none, clientLength: 0 };
  expect(locateKey(input, 0, place)).toBe(true);
  const main = buildPools([three]).get("main");
  const picked = main === undefined ? undefined : pickBackend(main, hashKey(place), []);
  expect(chooseBackend([three], "main", bytes)).toEqual({
    kind: "chosen",
    identity: picked?.identity,
    address: picked?.address,
  });
});

test.for([0, 1, 4_294_967_295, 4_294_967_296, Number.MAX_SAFE_INTEGER])("the key %d", (value) => {
  const s = new Int32Array(KEYS_AT + 3);
  s.set([value, Math.floor(value / 2 ** 32), 3], KEYS_AT);
  const place = createKeyPlace();
  const none = new Uint8Array(0);
  const buf = Buffer.alloc(0);
  const input = { buf, start: 0, s, scratch: none, client: none, clientLength: 0 };
  expect(locateKey(input, 0, place)).toBe(true);
  const main = buildPools([three]).get("main");
  const picked = main === undefined ? undefined : pickBackend(main, hashKey(place), []);
  expect(chooseBackend([three], "main", value)).toMatchObject({ identity: picked?.identity });
});

test("without a key, or without hashing, it is anybody's turn", () => {
  const identities = ["id-10.0.0.1:1", "id-10.0.0.2:1", "id-10.0.0.3:1"];
  expect(chooseBackend([three], "main", undefined)).toEqual({ kind: "in-turn", identities });
  const turns = pool("main", ["10.0.0.1:1"], { balance: "round-robin" });
  expect(chooseBackend([turns], "main", 7)).toEqual({
    kind: "in-turn",
    identities: [identities[0]],
  });
});

test("an empty pool falls back; one that is not there is said", () => {
  const empty = pool("main", [], { fallback: "spare" });
  const spare = pool("spare", ["10.0.0.9:1"]);
  expect(chooseBackend([empty, spare], "main", 7)).toMatchObject({ identity: "id-10.0.0.9:1" });
  const circle = [pool("a", [], { fallback: "b" }), pool("b", [], { fallback: "a" })];
  expect(chooseBackend(circle, "a", 7)).toEqual({
    kind: "none",
    reason: "the pool 'a' has no backends",
  });
  expect(chooseBackend([], "x", 7)).toEqual({ kind: "none", reason: "there is no pool 'x'" });
});
