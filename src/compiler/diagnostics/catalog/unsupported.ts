// What the language has and this release does not compile yet: WB07xx. To add one, take the next free code.

import { entry } from "../entry.ts";

export const unsupportedCatalog = {
  dialectsUnsupported: entry({
    code: "WB0701",
    severity: "error",
    message: () => "dialects (variant) are not supported yet",
    help: () => "describe each dialect as a protocol of its own and give it a listener of its own",
    explanation: `
variant { frame A { … } frame B { … } } tells dialects apart by their first bytes. The syntax is settled and checked;
compiling it comes in a later release. Until then each dialect is a protocol of its own.`,
  }),
  stuffingUnsupported: entry({
    code: "WB0702",
    severity: "error",
    message: () => "byte stuffing (between … unescape) is not supported yet",
    help: () => "route such a protocol by a hand-written unpack module until it is",
    explanation: `
between 0x7E and 0x7E unescape { … } describes frames between flag bytes, escaped inside. The syntax is settled and
checked; compiling it comes in a later release.`,
  }),
  layersUnsupported: entry({
    code: "WB0703",
    severity: "error",
    message: () => "layers (one message over several records) are not supported yet",
    help: () => "describe a message that fits one record as a frame with the record's header first",
    explanation: `
layer record { … bytes[size] feeds Hello; } joins one message from several records. The syntax is settled and checked;
compiling it comes in a later release. A message in one record can be described as a plain frame.`,
  }),
  dialoguesUnsupported: entry({
    code: "WB0704",
    severity: "error",
    message: () => "dialogues (dialog, server first) are not supported yet",
    help: () =>
      "describe the client's first frame as the protocol's only frame where it carries the key",
    explanation: `
dialog { on Ssl reply "N" consume then Startup; … } lets the router speak before it routes. The syntax is settled and
checked; compiling it comes in a later release.`,
  }),
  streamsUnsupported: entry({
    code: "WB0705",
    severity: "error",
    message: () => "routing each message (stream) is not supported yet",
    help: () => "remove the stream block: each connection is then routed by its first frame",
    explanation: `
stream { client frame Packet; server frame Packet; reply by id; } declares what a router needs that decides for each
message. The syntax is reserved; its runtime comes in a later release.`,
  }),
} as const;
