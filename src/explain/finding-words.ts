// The parts of a finding in words: the same in the terminal, on the page and in the report.
import type { Finding, Subject } from "./finding.js";

/** `accept-queue-overflow, cause event-loop-blocked`. */
export const verdict = (finding: Pick<Finding, "symptom" | "cause">): string =>
  `${finding.symptom}, cause ${finding.cause}`;

/** Where it is: `listener 127.0.0.1:3000 of pid 12`, `interface eth0`, `cpu 1`. */
export const subjectText = (subject: Subject): string => {
  const { address, port, path, pid, kind, cpu } = subject;
  const host = address?.includes(":") ? `[${address}]` : (address ?? "*");
  const place = path ?? (port === undefined ? undefined : `${host}:${port}`);
  const where = [place, subject.interface, cpu].find((name) => name !== undefined);
  return [kind, where, pid === undefined ? undefined : `of pid ${pid}`].filter((part) => part !== undefined).join(" ");
};

/** `longestWaitMs` → `longest wait ms`. */
export const wordsOf = (name: string): string =>
  name.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** `{ drops: 0, longestWaitMs: 3 }` → `drops 0, longest wait 3 ms`. */
export const inWords = (value: unknown): string => {
  if (typeof value !== "object" || value === null) return plainValue(value);
  return Object.entries(value)
    .map(([name, part]) => [wordsOf(name.replace(/Ms$/, "")), inWords(part), ...(name.endsWith("Ms") ? ["ms"] : [])])
    .map((parts) => parts.join(" "))
    .join(", ");
};

/** A figure of a finding, to three places below a hundred. */
export const plainValue = (value: unknown): string => {
  if (typeof value === "number")
    return String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
  return typeof value === "string" ? value : typeof value === "bigint" ? value.toString() : JSON.stringify(value);
};
