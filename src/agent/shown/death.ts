// What the main thread says when its observer has died, because nobody else can: a line in the log, what was found and
// is not watched any longer, and a board that shows no more than that.
import { hostname } from "node:os";
import type { Finding } from "../../explain/finding.js";
import { createLogWriter } from "../../export/log.js";
import { version } from "../../export/version.js";
import { writeNow } from "../../kernel/write-now.js";
import type { ObserverData, Report, Status } from "../messages.js";
import { readBoard, writeBoard, writeMetrics } from "./board.js";

const source = "the observer thread died";

/** As addresses were told before: the board holds nothing else. */
const ended = (finding: Finding): Finding => ({
  ...finding,
  state: "resolved",
  summary: `${finding.summary}; the observer died while it lasted`,
  evidence: [...finding.evidence, { name: "watched until", value: finding.lastSeen, unit: "ms", source }],
});

/** Writes the lines (none of them waits) and the boards; returns what the application is told. */
export const tellDeath = (
  status: Status,
  { options, board, metrics }: Pick<ObserverData, "options" | "board" | "metrics">,
): readonly Report[] => {
  const { log: destination, logLevel: level } = options;
  const about = { pid: process.pid, hostname: hostname(), name: "sockscope", version: version() };
  const log = createLogWriter({ destination, level, ...about, writeNow });
  const findings = (readBoard(board)?.findings ?? []).filter(({ state }) => state === "active").map(ended);
  for (const finding of findings) log.finding(finding);
  log.status(status);
  log.close();
  writeBoard(board, { findings });
  writeMetrics(metrics, []);
  return [...findings.map((finding) => ({ type: "finding", finding }) as const), { type: "status", status }];
};
