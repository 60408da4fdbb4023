import { stripVTControlCharacters } from "node:util";
import test from "ava";
import { harmless } from "../../../src/cli/view/harmless.js";
import { screenLines } from "../../../src/cli/top/render.js";
import { firstState, type TopState, withFrame } from "../../../src/cli/top/state.js";
import { coloured, plain } from "../../../src/cli/view/paint.js";
import { busy, busyView } from "./busy.js";
import { busy200x50, busy80x24 } from "./screens.js";

const linesOf = (columns: number, rows: number, state: TopState = busyView): readonly string[] =>
  screenLines(state, { columns, rows }, plain).map((line) => line.trimEnd());
const screen = (columns: number, rows: number, state?: TopState): string => linesOf(columns, rows, state).join("\n");

test("80 columns and 24 rows are right to the character", (t) => {
  t.is(screen(80, 24), busy80x24);
});

test("200 columns and 50 rows are right to the character", (t) => {
  t.is(screen(200, 50), busy200x50);
});

test("40 columns and 12 rows show what matters most", (t) => {
  t.deepEqual(linesOf(40, 12), [
    "sockscope  pid 4242  node ser…  12:30:05",
    "CPU ███████·  87 %   loop idle 4.1 %",
    "▸ Listeners by trouble ─────────────────",
    "    listener        queue    new  oldest",
    "▸ ▲ …0.0.0:3000   412/512    +35   3.2 s",
    "    …orker.sock     3/128      –       –",
    "    [::1]:9229      0/512      0       –",
    "─ Findings ─────────────────────────────",
    "  ▲ 0.0.0.0:3000 dropped 197 connection…",
    "  △ 203.0.113.9:51514 could not be sent…",
    "  ✓ 12 connections stayed open that the…",
    "q quit  ↑↓ choose  ⏎ explain  tab panel",
  ]);
});

test("a screen of a few rows has the worst listener and the keys", (t) => {
  t.deepEqual(linesOf(30, 3), [
    "sockscope  pid 4242…  12:30:05",
    "▸ ▲ …0.0:3000   412/512    +35",
    "q quit  ↑↓ choose  ⏎ explain",
  ]);
});

test("every size has exactly its rows, and no line is wider than the screen", (t) => {
  const states = [
    busyView,
    firstState("port 1", 1000),
    withFrame(firstState("this machine", 1000), {
      v: 1,
      time: 0,
      at: 0,
      source: "outside",
      loops: [],
      listeners: [],
      stalls: [],
      findings: [],
    }),
    { ...busyView, overlay: { kind: "help" } as const },
    { ...busyView, overlay: { kind: "details", panel: "findings", id: "f-1" } as const },
    { ...busyView, isTyping: true, filter: "a filter that is longer than the screen is wide, by far" },
  ];
  for (const state of states)
    for (const columns of [1, 2, 7, 20, 39, 61, 80, 99, 100, 133, 300])
      for (const rows of [1, 2, 3, 4, 5, 9, 17, 24, 60]) {
        const lines = linesOf(columns, rows, state);
        t.is(lines.length, rows, `${columns}x${rows}`);
        t.true(
          lines.every((line) => line.length <= columns),
          `${columns}x${rows}: ${lines.find((line) => line.length > columns)}`,
        );
      }
});

test("colours change nothing but colours", (t) => {
  const painted = screenLines(busyView, { columns: 80, rows: 24 }, coloured).join("\n");
  t.true(painted.includes("\u001b["));
  const bare = stripVTControlCharacters(painted);
  t.is(
    bare
      .split("\n")
      .map((line) => line.trimEnd())
      .join("\n"),
    busy80x24,
  );
});

test("what a peer, a file or a function is called cannot move the cursor or the columns", (t) => {
  const [overflow, ...rest] = busy.findings;
  const evil = "\u001b[2J\u009b31m/tmp/\u202eевро\u4f60\u597d\u0007\u200bé";
  const frame = harmless({
    ...busy,
    listeners: busy.listeners.map((row) => (row.transport === "unix" ? { ...row, id: evil, path: evil } : row)),
    findings: [{ ...overflow!, summary: evil, stack: [evil] }, ...rest],
  });
  const lines = linesOf(120, 40, withFrame(firstState("pid 1", 1000), frame));
  t.true(
    lines.some((line) => line.includes("?[2J?31m/tmp/?евро????é")),
    lines.join("\n"),
  );
  t.notRegex(lines.join(""), /[\p{Cc}\p{Cf}\p{Script=Han}]/u);
});

test("what is not known is a dash, what is nothing is 0", (t) => {
  const row = linesOf(80, 24).find((line) => line.includes("worker.sock"));
  t.is(row, "    /run/app/worker.sock ▏······     3/128      4      –      –        –       –");
});

test("before the first frame it says so", (t) => {
  t.deepEqual(linesOf(40, 4, firstState("port 80", 1000)), [
    "sockscope  port 80           every 1 s",
    "",
    "",
    "q quit  ↑↓ choose  ⏎ explain  tab panel",
  ]);
});
