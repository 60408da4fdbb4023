// docs/denied.md, written from the conditions.
import type { Condition, Works } from "./condition.js";
import { conditions } from "./conditions.js";

const findings: Readonly<Record<Works["finding"], string>> = {
  "while blocked": "yes, at once",
  afterwards: "yes, when the loop turns again",
  no: "no",
};

const cells = ({ name, how, works }: Condition): readonly string[] => {
  const { finding, symptom, stack, missing = [], told } = works;
  return [
    name,
    how,
    `${findings[finding]}${symptom === undefined ? "" : `, as \`${symptom}\``}`,
    stack ? "yes" : "no",
    missing.length === 0 ? "–" : missing.map((reading) => `\`${reading}\``).join(" "),
    told ? "a line, once" : missing.length > 0 ? "`support()`" : "–",
  ];
};

const row = (texts: readonly string[]): string => `| ${texts.join(" | ")} |`;

const heads = ["condition", "how", "overflow found", "JavaScript named", "readings missing", "said in"];

export const renderTable = (): readonly string[] => [
  row(heads),
  row(heads.map(() => "---")),
  ...conditions.map((condition) => row(cells(condition))),
];

/** The whole page. */
export const renderPage = (): string =>
  `${[
    "# Whatever is denied",
    "",
    "What still works where the kernel, the container, Node or the machine denies something. Each row is a test: a small",
    "server runs with the agent under that condition, its loop is blocked while more clients come than its queue takes, and",
    "it is told to end. In every row all requests are answered, the server ends by itself with its own exit code, and nothing",
    "but the agent's own lines is on stderr. What of the others' sockets the process could see reaches no line.",
    "",
    "`npm test -- live/denied` runs them and prints the table. Rows with namespaces, mounts and other users need root.",
    "",
    ...renderTable(),
    "",
    "What is missing is said in `support()`, with the reason. Where an overflow, or its cause, cannot be told any more, a",
    "`status` line says so once, when the agent starts. A refusal of netlink is remembered: it is asked for once, on a thread",
    "of its own, so that a filter which answers by ending the asking thread does not end the application's.",
    "",
    "Written from `test/live/denied/conditions.ts`; a test holds the two together.",
  ].join("\n")}\n`;
