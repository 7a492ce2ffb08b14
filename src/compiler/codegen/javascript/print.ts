// Statements as documents, and whole modules as text. Biome's formatter leaves the text as it is.

import { assertNever } from "../../../base/assert.ts";
import { type Document, group, hardLine, indent, joined, layOut } from "./document.ts";
import {
  assignedDocument,
  expressionDocument,
  returnedDocument,
  testDocument,
} from "./print-expression.ts";
import type { Statement, SwitchCase } from "./tree.ts";

/** The module's text; ends with a new line. */
export function printModule(statements: readonly Statement[]): string {
  return layOut([statementsDocument(statements), hardLine]);
}

function statementsDocument(statements: readonly Statement[]): Document {
  return joined(statements.map(statementDocument), hardLine);
}

function statementDocument(statement: Statement): Document {
  switch (statement.kind) {
    case "comment":
      return commentDocument(statement.text);
    case "blank":
      return "";
    case "verbatim":
      return joined(statement.text.trim().split("\n"), hardLine);
    case "declare":
    case "assign":
    case "update":
    case "run":
      return [simpleDocument(statement), ";"];
    case "if":
      return ifDocument(statement);
    case "for":
      return forDocument(statement);
    case "while":
      return ["while ", testDocument(statement.test), " ", blockDocument(statement.body)];
    case "switch":
      return [
        "switch ",
        testDocument(statement.on),
        " {",
        indent([hardLine, joined(statement.cases.map(caseDocument), hardLine)]),
        hardLine,
        "}",
      ];
    case "return":
      return group(["return ", returnedDocument(statement.value), ";"]);
    case "break":
    case "continue":
      return statement.label === null
        ? `${statement.kind};`
        : `${statement.kind} ${statement.label};`;
    case "function":
      return functionDocument(statement);
    default:
      return assertNever(statement);
  }
}

/** What may stand in the head of a `for`, without its semicolon. */
function simpleDocument(statement: Statement): Document {
  switch (statement.kind) {
    case "declare":
      return group([
        statement.isExported === true ? "export " : "",
        `${statement.how} ${statement.name} =`,
        assignedDocument(statement.value),
      ]);
    case "assign":
      return group([
        expressionDocument(statement.target),
        ` ${statement.operator}`,
        assignedDocument(statement.value),
      ]);
    case "update":
      return [expressionDocument(statement.target), statement.operator];
    case "run":
      return expressionDocument(statement.expression);
    default:
      return statementDocument(statement);
  }
}

function ifDocument(statement: Extract<Statement, { kind: "if" }>): Document {
  const head: Document = ["if ", testDocument(statement.test), " "];
  const [only] = statement.body;
  if (
    statement.otherwise.length === 0 &&
    statement.body.length === 1 &&
    only !== undefined &&
    isLeave(only)
  ) {
    return shortIf(head, only);
  }
  const body: Document = [head, blockDocument(statement.body)];
  if (statement.otherwise.length === 0) return body;
  const [otherwise] = statement.otherwise;
  const isChain = statement.otherwise.length === 1 && otherwise?.kind === "if";
  const rest = isChain ? ifDocument(otherwise) : blockDocument(statement.otherwise);
  return [body, " else ", rest];
}

/** `if (…) return …;` on one line where it fits, else with a block. */
function shortIf(head: Document, leave: Statement): Document {
  const flat = layOut([head, statementDocument(leave)]);
  return flat.includes("\n") || flat.length > SHORT_IF_MAX
    ? [head, blockDocument([leave])]
    : [head, statementDocument(leave)];
}

/** Longest `if (…) return …;` kept on one line, without its indentation. */
const SHORT_IF_MAX = 84;

function isLeave(statement: Statement): boolean {
  return statement.kind === "return" || statement.kind === "break" || statement.kind === "continue";
}

function forDocument(statement: Extract<Statement, { kind: "for" }>): Document {
  const { init, test, update } = statement;
  const label = statement.label === null ? "" : `${statement.label}: `;
  const head: Document =
    init === null && test === null && update === null
      ? "(;;)"
      : [
          "(",
          init === null ? "" : simpleDocument(init),
          test === null ? "; " : ["; ", expressionDocument(test)],
          update === null ? ";" : ["; ", simpleDocument(update)],
          ")",
        ];
  return [label, "for ", head, " ", blockDocument(statement.body)];
}

function caseDocument(arm: SwitchCase): Document {
  const heads: Document[] = arm.tests.map((test) => ["case ", expressionDocument(test), ":"]);
  if (heads.length === 0) heads.push("default:");
  return [joined(heads, hardLine), " ", blockDocument(arm.body)];
}

function blockDocument(statements: readonly Statement[]): Document {
  if (statements.length === 0) return "{}";
  return ["{", indent([hardLine, statementsDocument(statements)]), hardLine, "}"];
}

function functionDocument(statement: Extract<Statement, { kind: "function" }>): Document {
  const above =
    statement.documentation === ""
      ? []
      : [documentationDocument(statement.documentation), hardLine];
  const head = `${statement.isExported ? "export " : ""}function ${statement.name}(${statement.parameters.join(", ")}) `;
  return [...above, head, blockDocument(statement.body)];
}

function documentationDocument(text: string): Document {
  const lines = text.replace(/\*\//g, "*∕").split("\n");
  if (lines.length === 1) return `/** ${lines[0]} */`;
  return joined(["/**", ...lines.map((each) => ` * ${each}`), " */"], hardLine);
}

function commentDocument(text: string): Document {
  const lines = text.split(/[\r\n\u2028\u2029]/);
  return joined(
    lines.map((each) => (each === "" ? "//" : `// ${each}`)),
    hardLine,
  );
}
