import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { configurationJsonSchema } from "../../../src/runtime/config/schema.ts";
import { ENDINGS, REFUSALS } from "../../../src/runtime/routing/refusals.ts";

interface Part {
  readonly properties?: Readonly<Record<string, Part>>;
  readonly items?: Part;
  readonly anyOf?: readonly Part[];
  readonly additionalProperties?: Part | boolean;
}

/** Every key of the configuration, however deep. */
function keysOf(part: Part): string[] {
  const inside = [part.items, part.additionalProperties, ...(part.anyOf ?? [])];
  return [
    ...Object.entries(part.properties ?? {}).flatMap(([key, value]) => [key, ...keysOf(value)]),
    ...inside.flatMap((other) => (typeof other === "object" ? keysOf(other) : [])),
  ];
}

const documentation = readFileSync(
  new URL("../../../docs/configuration.md", import.meta.url),
  "utf8",
);

describe("the JSON Schema", () => {
  test("is that of the file as people write it", () => {
    const schema = configurationJsonSchema();
    expect(schema).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "waybill.yaml",
      type: "object",
      required: ["listeners", "pools"],
      additionalProperties: false,
    });
    expect(schema).toHaveProperty("properties.listeners.items.required", [
      "name",
      "bind",
      "router",
    ]);
    expect(schema).toHaveProperty(
      "properties.listeners.items.properties.limits.properties.inspect",
      {
        type: "string",
        pattern: "^([1-9][0-9]{0,8})(ms|s|m|h|d)$",
        default: "5s",
        description: "Longest time to a verdict.",
      },
    );
  });

  test("is plain data", () => {
    const schema = configurationJsonSchema();
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });
});

describe("docs/configuration.md", () => {
  test("speaks of every key", () => {
    const keys = keysOf(configurationJsonSchema());
    const missing = keys.filter((key) => !documentation.includes(key));
    expect(missing).toEqual([]);
  });

  test("lists every reason with its meaning", () => {
    for (const [reason, meaning] of Object.entries({ ...REFUSALS, ...ENDINGS })) {
      expect(documentation).toMatch(
        new RegExp(`^\\| \`${reason}[:\`].*${meaning.slice(0, 20)}`, "m"),
      );
    }
  });
});
