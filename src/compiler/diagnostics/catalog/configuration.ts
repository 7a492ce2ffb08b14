// Findings about waybill.yaml: WB09xx. To add one, take the next free code and annotate `message`'s parameter.

import { entry } from "../entry.ts";

export const configurationCatalog = {
  yamlSyntax: entry({
    code: "WB0901",
    severity: "error",
    message: (args: { reason: string }) => `this is not YAML: ${args.reason}`,
    help: () => "check the indentation and the quotes",
    explanation: `
The configuration could not be read as YAML. Indentation is by spaces, and texts with : or # stand between quotes.`,
  }),
} as const;
