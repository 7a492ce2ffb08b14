// Checks the reader of captures against the folder itself: every file parses, and the oracle's values arrive typed.
import { expect, test } from "vitest";
import {
  clientBytes,
  describeCaptures,
  listFact,
  numberFact,
  readCapture,
  readCaptures,
  readDecoderVectors,
  textFact,
} from "./captures.ts";

const protocols = ["dns", "fix", "haproxy", "http1", "iec104", "modbus", "mqtt", "redis", "tls"];

describeCaptures("captures", () => {
  test.for(protocols)(
    "every connection of %s parses, with both directions in its order",
    (protocol) => {
      for (const capture of readCaptures(protocol)) {
        const letters = (letter: string) => capture.order.split(letter).length - 1;
        expect([letters("C"), letters("S")], capture.name).toEqual([
          capture.client.length,
          capture.server.length,
        ]);
      }
    },
  );

  test("bytes, facts and fields of one connection", () => {
    const capture = readCapture("mqtt/sv-mqtt5-pub-mosquittoprops-s0");
    expect(clientBytes(capture).subarray(0, 9).toString("hex")).toBe("10cc0100044d515454");
    expect(textFact(capture, "mqtt.clientid")).toBe("myvoiceismypassport");
    expect(numberFact(capture, "mqtt.ver")).toBe(5);
    expect(listFact(capture, "mqtt.topics")).toEqual(["topicX"]);
    expect(capture.clientFields["mqtt.msgtype"]).toEqual(["1", "3", "14"]);
    expect(textFact(capture, "sni")).toBeUndefined();
    expect(() => textFact(capture, "mqtt.ver")).toThrow();
  });

  test("an unknown protocol or name is an error", () => {
    expect(() => readCaptures("no-such-protocol")).toThrow(/ENOENT/);
    expect(() => readCapture("mqtt/no-such-capture")).toThrow(/ENOENT/);
  });

  test("decoder vectors keep the difference between no frame and an empty one", () => {
    const { cases } = readDecoderVectors("H02");
    expect(cases).toHaveLength(10);
    expect(cases.map(({ frame }) => frame === null || frame.length > 0)).not.toContain(false);
  });
});
