// Findings about routers and their rules: WB05xx. To add one, take the next free code and annotate `message`'s parameter.

import { entry } from "../entry.ts";

export const routersCatalog = {
  otherwiseNotLast: entry({
    code: "WB0501",
    severity: "error",
    message: () => "rules after otherwise are never reached",
    help: () => "move otherwise to the end of the router",
    explanation: `
The first rule that matches wins, and otherwise matches everything. What stands after it can never be used.`,
  }),
} as const;
