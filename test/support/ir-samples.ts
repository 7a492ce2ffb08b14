// Every hand-made program of the IR by its name, with frames that it accepts: what each consumer of programs is tried on.
import type { Program } from "../../src/compiler/ir/ir.ts";
import { ascii } from "./ir-build.ts";
import {
  hj212Program,
  httpProgram,
  mqttFrame,
  mqttProgram,
  respProgram,
  starFrame,
  starProgram,
} from "./ir-programs.ts";
import {
  itemsFrame,
  itemsProgram,
  phoneFrame,
  phoneProgram,
  proxyProgram,
  requestProgram,
} from "./ir-walks.ts";

export interface Sample {
  readonly name: string;
  readonly program: Program;
  /** Each by itself is a whole frame (or prefix that is consumed, or what decides a connection). */
  readonly frames: readonly Uint8Array[];
}

export const samplePrograms: readonly Sample[] = [
  {
    name: "Star",
    program: starProgram(),
    frames: [starFrame("A000000000000001", 0), starFrame("B000000000000002", 40)],
  },
  {
    name: "MQTT",
    program: mqttProgram(),
    frames: [
      mqttFrame(4, "station-7"),
      mqttFrame(5, "s"),
      mqttFrame(4, ""),
      mqttFrame(5, "x".repeat(200)),
    ],
  },
  {
    name: "HTTP",
    program: httpProgram(),
    frames: [
      ascii("GET / HTTP/1.1\r\nHost: Example.ORG:8080\r\nAccept: */*\r\n\r\n"),
      ascii("GET /path HTTP/1.0\r\n\r\n"),
    ],
  },
  {
    name: "RESP",
    program: respProgram(),
    frames: [
      ascii("*2\r\n$3\r\nGET\r\n$5\r\nuser1\r\n"),
      ascii("*1\r\n$4\r\nPING\r\n"),
      ascii("*3\r\n$3\r\nSET\r\n$0\r\n\r\n$2\r\n\r\n\r\n"),
    ],
  },
  {
    name: "HJ212",
    program: hj212Program(),
    frames: [
      ascii(
        "##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n",
      ),
    ],
  },
  {
    name: "Items",
    program: itemsProgram(),
    frames: [
      itemsFrame([1, " Station-7 "], [3, "x"], [2, "0042"], [1, "second"]),
      itemsFrame(),
      itemsFrame([2, "12a"], [1, ""]),
      itemsFrame([2, "999999999999999"]),
    ],
  },
  {
    name: "Phone",
    program: phoneProgram(),
    frames: [phoneFrame("013812345678", "12", "body"), phoneFrame("00000000012f", "7f", "")],
  },
  {
    name: "Proxy",
    program: proxyProgram(),
    frames: [
      ascii("PROXY TCP4 192.0.2.1 198.51.100.9 4711 1883\r\n"),
      ascii("PROXY UNKNOWN\n"),
      ascii("PROXY TCP6\r\n"),
    ],
  },
  {
    name: "Request",
    program: requestProgram(),
    frames: [ascii("GET /a/b?x=1&tenant=blue#f HTTP/1.1\r\n")],
  },
];
