// From the text of waybill.yaml to the configuration, or to everything that is wrong with it. Opens nothing
// that the file names.

import { type Collector, hasErrors, type SourceFile } from "../../compiler/index.ts";
import { checkShape } from "./check-shape.ts";
import { type Configuration, toConfiguration } from "./configuration.ts";
import { crossCheck, type MachineAddresses } from "./cross-check.ts";
import { reportUnsupported } from "./unsupported.ts";
import { parseYaml, type YamlValue } from "./yaml-tree.ts";

/** A configuration whose own text is right; what it names is not looked at yet. */
export interface LoadedConfiguration {
  readonly configuration: Configuration;
  /** For the places of what later checks find. */
  readonly root: YamlValue;
}

/** @returns `undefined` where the collector has an error */
export function loadConfiguration(
  source: SourceFile,
  machine: MachineAddresses,
  collector: Collector,
): LoadedConfiguration | undefined {
  const root = parseYaml(source.text, source.number, collector);
  if (root === undefined || hasErrors(collector)) return undefined;
  const file = checkShape(root, collector);
  if (file === undefined) return undefined;
  reportUnsupported(file, root, collector);
  const configuration = toConfiguration(file, source.path);
  crossCheck(configuration, root, machine, collector);
  return hasErrors(collector) ? undefined : { configuration, root };
}
