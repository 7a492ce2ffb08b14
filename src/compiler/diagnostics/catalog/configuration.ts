// Findings about waybill.yaml: WB09xx. To add one, take the next free code and annotate `message`'s parameter.

import { entry } from "../entry.ts";

const didYouMean = (meant: string | undefined, otherwise: string) =>
  meant === undefined ? otherwise : `did you mean '${meant}'?`;

const YAML_MENDS = {
  address: 'an IPv6 address stands between quotes, since [ begins a list: "[::]:2048"',
  quote: "close it in the same line, or leave both out: names, addresses and paths need no quotes",
  bracket: "close it, or indent what is between the brackets",
  blank: "write the value behind a blank: name: devices",
  other: "check the indentation and the quotes",
} as const;

export const configurationCatalog = {
  yamlSyntax: entry({
    code: "WB0901",
    severity: "error",
    message: (args: { reason: string; mend?: keyof typeof YAML_MENDS | undefined }) =>
      `this is not YAML: ${args.reason}`,
    help: (args) => YAML_MENDS[args.mend ?? "other"],
    explanation: `
The configuration could not be read as YAML. Indentation is by spaces, and texts with : or # stand between quotes:
    bind: "[::]:2048"`,
  }),
  yamlTooLarge: entry({
    code: "WB0902",
    severity: "error",
    message: (args: { what: string; limit: string }) =>
      `the configuration has ${args.what}: at most ${args.limit}`,
    help: () => "lists of keys belong in files of their own, which a router's rules name",
    explanation: `
The configuration is at most 1 MiB, nested at most 32 deep, and aliases may unfold it to a bounded number of values, so
that no file can fill the memory. Thousands of backends fit; lists of keys belong in files that a rule names:
    when station in file "vip.txt" -> vip;`,
  }),
  yamlManyDocuments: entry({
    code: "WB0903",
    severity: "error",
    message: () => "a second YAML document begins here",
    help: () => "keep one document: remove the line ---",
    explanation: `
The configuration is one YAML document. A line --- begins another one, which would be ignored; it is refused instead.`,
  }),
  configurationEmpty: entry({
    code: "WB0904",
    severity: "error",
    message: () => "the configuration is empty",
    help: () => "it needs listeners and pools, see docs/configuration.md",
    explanation: `
The file holds nothing, or comments only. The smallest configuration has one listener and one pool:
    listeners:
      - { name: devices, bind: 0.0.0.0:2048, router: devices.frame#stations }
    pools:
      main: { backends: [10.0.0.1:9000] }`,
  }),
  repeatedSetting: entry({
    code: "WB0905",
    severity: "error",
    message: (args: { key: string }) => `'${args.key}' stands here twice`,
    help: () => "keep one of the two",
    explanation: `
A key may stand once in a mapping. YAML readers disagree on which of two would count, so none does.`,
  }),
  unknownSetting: entry({
    code: "WB0906",
    severity: "error",
    message: (args: { key: string; where: string; meant?: string; known: readonly string[] }) =>
      `${args.where} has no key '${args.key}'`,
    help: (args) => didYouMean(args.meant, `its keys are: ${args.known.join(", ")}`),
    explanation: `
A key that the configuration does not know is an error rather than ignored: a misspelt limit would be no limit.`,
  }),
  missingSetting: entry({
    code: "WB0907",
    severity: "error",
    message: (args: { key: string; where: string; expected: string }) =>
      `${args.where} has no '${args.key}': ${args.expected}`,
    help: (args) => `add a line: ${args.key}: …`,
    explanation: `
A key without which the configuration has no meaning is missing. A listener needs name, bind and router; a pool needs
backends.`,
  }),
  wrongSetting: entry({
    code: "WB0908",
    severity: "error",
    message: (args: { key: string; expected: string; given: string; mend: string }) =>
      `'${args.key}' must be ${args.expected}, not ${args.given}`,
    help: (args) => args.mend,
    explanation: `
The value is not of the kind that this key takes. Durations are written 250ms, 5s, 10m, 1h; sizes 512B, 16KiB, 1MiB;
addresses 10.0.0.1:9000 or "[2001:db8::1]:9000", between quotes since YAML takes a leading [ for a list.`,
  }),
  settingChoice: entry({
    code: "WB0909",
    severity: "error",
    message: (args: { key: string; given: string; choices: readonly string[]; meant?: string }) =>
      `'${args.key}' cannot be ${args.given}`,
    help: (args) => didYouMean(args.meant, `it is one of: ${args.choices.join(", ")}`),
    explanation: `
The key takes one of a few words.`,
  }),
  notSupportedYet: entry({
    code: "WB0910",
    severity: "error",
    message: (args: { what: string; only?: string }) => `${args.what} is not supported yet`,
    help: (args) =>
      args.only === undefined ? "remove it until a later release has it" : `for now: ${args.only}`,
    explanation: `
The configuration's form is settled ahead of what this release runs. A part that would be ignored is refused, so that
nobody relies on health checks, limits or encryption that are not there.`,
  }),
  repeatedName: entry({
    code: "WB0911",
    severity: "error",
    message: (args: { what: string; name: string }) =>
      `there is another ${args.what} '${args.name}'`,
    help: () => "give each a name of its own: logs and metrics tell them apart by it",
    explanation: `
Listeners are told apart by their names, backends of a pool by their ids, which default to their addresses.`,
  }),
  repeatedBind: entry({
    code: "WB0912",
    severity: "error",
    message: (args: { bind: string; other: string }) =>
      `${args.bind} is already taken by the listener '${args.other}'`,
    help: () => "give one of them another port or another address",
    explanation: `
Two listeners cannot share an address and a port. 0.0.0.0 takes the port on every IPv4 address of the machine, [::] on
every address of either kind.`,
  }),
  repeatedAddress: entry({
    code: "WB0913",
    severity: "error",
    message: (args: { address: string }) => `the pool has the backend ${args.address} already`,
    help: () => "write it once, with a weight: { address: …, weight: 2 }",
    explanation: `
A backend stands once in a pool. One that should get more has a greater weight.`,
  }),
  settingPoolUnknown: entry({
    code: "WB0914",
    severity: "error",
    message: (args: { pool: string; meant?: string; known: readonly string[] }) =>
      `there is no pool '${args.pool}'`,
    help: (args) =>
      didYouMean(
        args.meant,
        args.known.length === 0
          ? "declare it under pools"
          : `the pools are: ${args.known.join(", ")}`,
      ),
    explanation: `
A listener's pool or a pool's fallback names a pool that the configuration does not declare.`,
  }),
  routedPoolUnknown: entry({
    code: "WB0915",
    severity: "error",
    message: (args: { router: string; pool: string; meant?: string; known: readonly string[] }) =>
      `the router '${args.router}' sends to the pool '${args.pool}', which is not declared`,
    help: (args) =>
      didYouMean(
        args.meant,
        args.known.length === 0
          ? "declare it under pools"
          : `declare it under pools; there are: ${args.known.join(", ")}`,
      ),
    explanation: `
A rule of the router names a pool that the configuration does not declare. Both places are shown: the listener that
uses the router, and the rule. Either declare the pool or correct the rule.`,
  }),
  listenerRouterUnknown: entry({
    code: "WB0916",
    severity: "error",
    message: (args: { router: string; file: string; meant?: string; known: readonly string[] }) =>
      `${args.file} has no router '${args.router}'`,
    help: (args) =>
      didYouMean(
        args.meant,
        args.known.length === 0
          ? "the file declares no router: router NAME on PROTOCOL { … }"
          : `its routers are: ${args.known.join(", ")}`,
      ),
    explanation: `
A listener names its router as FILE#NAME: the path of a .frame file, relative to the configuration, and the name of a
router declared in it.`,
  }),
  fallbackCycle: entry({
    code: "WB0917",
    severity: "error",
    message: (args: { chain: readonly string[] }) =>
      `the fallbacks form a cycle: ${args.chain.join(" -> ")}`,
    help: () => "let the last pool of the chain have no fallback",
    explanation: `
A pool falls back to another one when it has nobody left. Fallbacks that lead back to the first pool would never end.`,
  }),
  ownListener: entry({
    code: "WB0918",
    severity: "error",
    message: (args: { address: string; listener: string }) =>
      `the backend ${args.address} is our own listener '${args.listener}'`,
    help: () => "name the address of the server behind, not that of the router",
    explanation: `
A router that connects to itself does so again for the connection it just made, until nothing is left. Backends are
therefore compared with the addresses that our listeners take.`,
  }),
  poolWithoutBackends: entry({
    code: "WB0919",
    severity: "error",
    message: (args: { pool: string }) => `the pool '${args.pool}' has no backends and no fallback`,
    help: () => "add backends: [10.0.0.1:9000]",
    explanation: `
Every connection sent to this pool would be refused with no-backend.`,
  }),
  poolUnused: entry({
    code: "WB0920",
    severity: "warning",
    message: (args: { pool: string }) => `no rule sends anything to the pool '${args.pool}'`,
    help: () => "remove it, or name it in a rule",
    explanation: `
The pool is declared and neither a router's rule, nor a listener, nor a fallback names it.`,
  }),
  poolIgnoresKey: entry({
    code: "WB0921",
    severity: "warning",
    message: (args: { router: string; pool: string }) =>
      `the router '${args.router}' sends to '${args.pool}' by a key, and the pool goes round-robin`,
    help: () => "write balance: ring, so that a key stays on its backend",
    explanation: `
A rule -> POOL by KEY asks that the same key always reach the same backend. The policy round-robin pays no attention to
keys.`,
  }),
  poolWithModule: entry({
    code: "WB0922",
    severity: "error",
    message: (args: { isMissing: boolean }) =>
      args.isMissing
        ? "a hand-written unpack has no rules: its listener needs a 'pool'"
        : "this listener's router has rules: 'pool' would have no effect",
    help: (args) => (args.isMissing ? "add a line: pool: …" : "remove the line"),
    explanation: `
A router in a .frame file chooses the pool by its rules. A hand-written unpack module answers a key and nothing else, so
the listener says where its connections go, balanced by that key:
    router: ./my-unpack.js
    pool: main`,
  }),
  unpackModuleUnusable: entry({
    code: "WB0923",
    severity: "error",
    message: (args: { file: string; reason: string }) =>
      `${args.file} cannot be used: ${args.reason}`,
    help: () =>
      "export function unpack(buffer) that answers { need }, { frame, key } or { reject }",
    explanation: `
A hand-written unpack is an ES module that exports a function unpack, by that name or as its default. It is called with
all bytes of a connection that have come so far and answers at once: { need: 12 } for at least so many more bytes,
{ frame: 40, key: "A01" } for a whole frame of 40 bytes, { reject: "why" } to refuse. It must keep no reference to the
bytes.`,
  }),
  missingProxyProtocol: entry({
    code: "WB0924",
    severity: "error",
    message: (args: { reason: string }) => `the PROXY protocol cannot be read: ${args.reason}`,
    help: () => "reinstall waybill: the library's file proxy.frame is not as it should be",
    explanation: `
A listener with proxy-protocol reads the header by the library's own description of it, protocols/proxy.frame.`,
  }),
  tooMuchMemory: entry({
    code: "WB0925",
    severity: "warning",
    message: (args: { needed: string; available: string }) =>
      `undecided connections may hold ${args.needed} of memory, the machine has ${args.available}`,
    help: () => "lower limits.inspecting, or the protocol's max",
    explanation: `
While a connection is undecided its bytes are held, up to the protocol's bound. The worst case is that bound times
limits.inspecting, over all listeners.`,
  }),
  tooManyDescriptors: entry({
    code: "WB0926",
    severity: "warning",
    message: (args: { needed: number; available: number }) =>
      `the listeners may need ${args.needed} descriptors, the process may have ${args.available}`,
    help: () => "raise the limit (ulimit -n, LimitNOFILE=) or lower limits.connections",
    explanation: `
Every connection takes two descriptors, one to the client and one to the backend. When they run out, connections are
refused with local:EMFILE.`,
  }),
  tooManyPorts: entry({
    code: "WB0927",
    severity: "warning",
    message: (args: { pool: string; needed: number; available: number }) =>
      `a backend of '${args.pool}' may need ${args.needed} ports, the machine has ${args.available}`,
    help: () => "add backends, widen net.ipv4.ip_local_port_range, or lower limits.connections",
    explanation: `
Each connection to one backend takes one ephemeral port of ours. The number given is an even share of all connections
that can reach the pool. When ports run out, connections are refused with local:EADDRNOTAVAIL.`,
  }),
  configurationUnreadable: entry({
    code: "WB0928",
    severity: "error",
    message: (args: { path: string; reason: string; isText?: boolean }) =>
      `the configuration '${args.path}' cannot be read: ${args.reason}`,
    help: (args) =>
      args.isText === false
        ? "save it as UTF-8"
        : "check the path and its permissions; run takes another file by -c FILE",
    explanation: `
The configuration is a text file in UTF-8 of at most 1 MiB. It was not found, is a directory, may not be read, or holds
other bytes than text.`,
  }),
  routerFileUnreadable: entry({
    code: "WB0929",
    severity: "error",
    message: (args: { file: string; reason: string }) =>
      `the router's file '${args.file}' cannot be read: ${args.reason}`,
    help: () => "the path is relative to the configuration's folder",
    explanation: `
A listener names its router as FILE#NAME, with the path relative to the folder of the configuration. The file is not
there, or may not be read.`,
  }),
} as const;
