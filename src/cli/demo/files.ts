// The files of the demo: a description with two routers on protocols of the library, and a configuration for three
// backends on this machine. Texts only.

/** Where the demo's files would lie; they are never written. */
export const CONFIGURATION_PATH = "demo/waybill.yaml";
export const DESCRIPTION_PATH = "demo/demo.frame";

/** Names of the backends, which hashing goes by: the ports differ from run to run. */
export const BACKENDS = ["north", "south", "east"] as const;

export type BackendName = (typeof BACKENDS)[number];

/** The two listeners, in order: stations speak Star, clients speak MQTT. */
export const LISTENERS = ["stations", "clients"] as const;

export type ListenerName = (typeof LISTENERS)[number];

/** The rules; `pool` is where stations of series B go, which the demo edits while it runs. */
export function descriptionText(pool: BackendName): string {
  return `import "star";
import "mqtt";

router stations on Star {
  when station prefix "A" -> north;
  when station like "B*" -> ${pool};
  otherwise -> all by station;
}

router clients on MQTT {
  when missing client -> reject "no client identifier";
  when client prefix "pump-" -> north;
  otherwise -> all by client;
}
`;
}

/** @param ports of the backends, in their order */
export function configurationText(ports: readonly number[]): string {
  const backends = BACKENDS.map(
    (name, index) => `{ address: 127.0.0.1:${ports[index] ?? 0}, id: ${name} }`,
  );
  const limits = "{ connections: 1000, inspecting: 100, inspect: 2s, idle: 1m }";
  return `listeners:
${LISTENERS.map((name) => `  - { name: ${name}, bind: 127.0.0.1:0, router: demo.frame#${name}, limits: ${limits} }`).join("\n")}
pools:
${BACKENDS.map((name, index) => `  ${name}: { backends: [${backends[index]}] }`).join("\n")}
  all: { backends: [${backends.join(", ")}] }
`;
}
