// Findings about files and imports: WB08xx. To add one, take the next free code and annotate `message`'s parameter.

import { entry } from "../entry.ts";

export const filesCatalog = {
  fileMissing: entry({
    code: "WB0801",
    severity: "error",
    message: (args: { path: string }) => `there is no file '${args.path}'`,
    help: (args) =>
      args.path.startsWith("library:")
        ? 'the library has no such protocol; a file of your own is imported by a path: import "./name.frame"'
        : "check the path; imports are relative to the file that holds them",
    explanation: `
The file named on the command line or in an import does not exist. A bare word, import "proxy";, names a file of the
built-in library; anything else is a path relative to the importing file: import "./devices.frame";`,
  }),
  fileUnreadable: entry({
    code: "WB0802",
    severity: "error",
    message: (args: { path: string; reason: string }) =>
      `the file '${args.path}' cannot be read: ${args.reason}`,
    help: () => "check the permissions of the file and of its folders",
    explanation: `
The file is there but reading it failed: most often its permissions, or it is a device, a socket or a pipe rather than
a regular file.`,
  }),
  fileIsDirectory: entry({
    code: "WB0803",
    severity: "error",
    message: (args: { path: string }) => `'${args.path}' is a directory`,
    help: () => "name a .frame file in it",
    explanation: `
A folder was given where a file is needed. Name each file; a shell expands folder/*.frame.`,
  }),
  fileTooLarge: entry({
    code: "WB0804",
    severity: "error",
    message: (args: { path: string; reason: string }) =>
      `the file '${args.path}' is too large: ${args.reason}`,
    help: () => 'keep lists of keys in files of their own: when station in file "vip.txt"',
    explanation: `
A description is at most 16 MiB. Long lists of keys belong in files of their own, read by when KEY in file "…" and
map KEY file "…", which are reloaded when they change.`,
  }),
  fileNotUtf8: entry({
    code: "WB0805",
    severity: "error",
    message: (args: { path: string }) => `the file '${args.path}' is not UTF-8 text`,
    help: () => 'save it as UTF-8; other bytes are written as escapes: "\\xB5" or x"B5"',
    explanation: `
Descriptions are UTF-8, with or without a byte order mark. A file in UTF-16, GBK or Latin-1 must be converted, and a
compiled or compressed file is not a description at all. Bytes that are not text are written as escapes.`,
  }),
  importCycle: entry({
    code: "WB0806",
    severity: "error",
    message: (args: { chain: readonly string[] }) =>
      `the imports form a cycle: ${args.chain.join(" -> ")}`,
    help: () => "move what both need into a third file that both import",
    explanation: `
A file imports itself, directly or through others, so there is no order in which they could be read. Move the shared
declarations into a file that imports none of them.`,
  }),
  tooManyFiles: entry({
    code: "WB0807",
    severity: "error",
    message: (args: { limit: number }) => `more than ${args.limit} files are imported`,
    help: () => "import fewer files: one protocol a file, and the routers that use it",
    explanation: `
The number of files in one compilation is bounded, so that a mistake in imports cannot fill the memory.`,
  }),
  badImportPath: entry({
    code: "WB0808",
    severity: "error",
    message: (args: { path: string }) => `'${args.path}' cannot be imported`,
    help: () =>
      'write a name of the library, import "proxy"; or a relative path, import "./devices.frame";',
    explanation: `
An import names a protocol of the built-in library by a bare word, or a file by a path relative to the importing one.
Absolute paths are refused, since the file would mean something else on another machine; files of the library import
each other by name only.`,
  }),
  emptyDescription: entry({
    code: "WB0809",
    severity: "error",
    message: (args: { path: string }) => `the file '${args.path}' declares nothing`,
    help: () => "a description declares a protocol, see docs/language.md",
    explanation: `
The file holds nothing, or comments only: a wrong path, or a copy that was cut off. A description declares protocols, routers
and their tests; one that holds constants only is imported by others.`,
  }),
} as const;
