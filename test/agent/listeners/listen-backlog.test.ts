import test from "ava";
import { askedListenBacklog } from "../../../src/agent/listeners/listen-backlog.js";

const callback = (): void => {};

const cases: readonly (readonly [string, readonly unknown[], number])[] = [
  ["nothing", [], 511],
  ["a port", [3000], 511],
  ["a port and a callback", [3000, callback], 511],
  ["a port and a host", [3000, "127.0.0.1"], 511],
  ["a port and a backlog", [3000, 7], 7],
  ["a port, a host and a backlog", [3000, "::", 8, callback], 8],
  ["a path and a backlog", ["/run/app.sock", 9], 9],
  ["options", [{ port: 3000, backlog: 10 }, callback], 10],
  ["options without a backlog", [{ port: 3000 }], 511],
  ["options with the backlog 0, which node takes as none", [{ port: 3000, backlog: 0 }], 511],
  ["a backlog as text", [3000, "::", "12"], 12],
  ["a negative backlog, which node does not take", [3000, "::", -1], 511],
];

for (const [what, args, asked] of cases)
  test(`listen with ${what} asks for ${asked}`, (t) => {
    t.is(askedListenBacklog(args), asked);
  });
