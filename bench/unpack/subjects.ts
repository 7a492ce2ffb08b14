// What is measured: three protocols of the library, each as the generated module, by hand and with parser packages.
import { join } from "node:path";
import type { Unpack, UnpackModule } from "../../src/compiler/abi.ts";
import { generateJavaScript } from "../../src/compiler/codegen/javascript/generate.ts";
import { loadUnpackModule } from "../../src/compiler/codegen/javascript/load.ts";
import { compileFrameFiles } from "../../src/compiler/compile.ts";
import { createFileReader } from "../../src/compiler/files.ts";
import * as binaryParser from "./binary-parser.ts";
import { hj212Frame, mqttFrame, starFrame } from "./frames.ts";
import { hj212Reasons, unpackHj212 } from "./hand-written/hj212.ts";
import { mqttReasons, unpackMqtt } from "./hand-written/mqtt.ts";
import { starReasons, unpackStar } from "./hand-written/star.ts";
import * as kaitai from "./kaitai.ts";
import * as protodef from "./protodef.ts";

/** A parser package's way: the frame's keys as text, one string or several. */
export interface Rival {
  readonly name: string;
  readonly parse: (frame: Buffer) => string | undefined | readonly string[];
  /** How many times faster the generated code has to be; null: no target. */
  readonly target: number | null;
}

export interface Subject {
  readonly protocol: string;
  readonly module: UnpackModule;
  readonly handWritten: Unpack;
  /** Its reasons as `kind:field`, by index. */
  readonly handWrittenReasons: readonly string[];
  readonly rivals: readonly Rival[];
  readonly frame: (index: number) => Buffer;
}

/** The measured protocols; paths count from the working directory, the repository's root. */
export function unpackSubjects(): readonly Subject[] {
  return [
    {
      protocol: "Star",
      module: generatedModule("star.frame", "Star"),
      handWritten: unpackStar,
      handWrittenReasons: starReasons,
      rivals: [
        { name: "binary-parser", parse: binaryParser.parseStar, target: 20 },
        { name: "protodef", parse: protodef.parseStar, target: null },
        { name: "kaitai-struct", parse: kaitai.parseStar, target: null },
      ],
      frame: starFrame,
    },
    {
      protocol: "HJ212",
      module: generatedModule("hj212.frame", "HJ212"),
      handWritten: unpackHj212,
      handWrittenReasons: hj212Reasons,
      rivals: [{ name: "binary-parser", parse: binaryParser.parseHj212, target: 4 }],
      frame: hj212Frame,
    },
    {
      protocol: "MQTT",
      module: generatedModule("mqtt.frame", "MQTT"),
      handWritten: unpackMqtt,
      handWrittenReasons: mqttReasons,
      rivals: [
        { name: "binary-parser", parse: binaryParser.parseMqtt, target: 10 },
        { name: "protodef", parse: protodef.parseMqtt, target: null },
        { name: "kaitai-struct", parse: kaitai.parseMqtt, target: null },
      ],
      frame: mqttFrame,
    },
  ];
}

/** A protocol of the library as a module. */
export function generatedModule(file: string, protocol: string): UnpackModule {
  const path = join("protocols", file);
  const compiled = compileFrameFiles({ paths: [path], ...createFileReader() });
  const program = compiled.protocols.get(protocol)?.program;
  if (program === undefined) throw new Error(`${path}: ${protocol} did not compile`);
  return loadUnpackModule(generateJavaScript(program), `${protocol}.mjs`);
}
