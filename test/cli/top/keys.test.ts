import test from "ava";
import { isInterrupt, isQuit, isSuspend, type Key, withKey } from "../../../src/cli/top/keys.js";
import { screenLines } from "../../../src/cli/top/render.js";
import { type TopState, withFrame } from "../../../src/cli/top/state.js";
import { plain } from "../../../src/cli/view/paint.js";
import { busy, busyView } from "./busy.js";

const size = { columns: 80, rows: 24 };
const key = (name: string): Key =>
  name.length === 1 && !/[a-z]/.test(name)
    ? { sequence: name }
    : { name, sequence: name.length === 1 ? name : "\u001b" };
const after = (names: readonly string[], state: TopState = busyView): TopState =>
  names.reduce((before, name) => withKey(before, key(name), size), state);
const lines = (state: TopState, columns = 80, rows = 24): readonly string[] =>
  screenLines(state, { columns, rows }, plain).map((line) => line.trimEnd());
const chosen = (state: TopState): string | undefined => lines(state).find((line) => /^▸ .*\d/.test(line));

test("the arrows choose a row and stop at the ends", (t) => {
  t.regex(chosen(busyView)!, /0\.0\.0\.0:3000/);
  t.regex(chosen(after(["down"]))!, /worker\.sock/);
  t.regex(chosen(after(["down", "down", "down", "down"]))!, /\[::1\]:9229/);
  t.regex(chosen(after(["end", "up"]))!, /worker\.sock/);
  t.regex(chosen(after(["pagedown", "home"]))!, /0\.0\.0\.0:3000/);
});

test("tab goes through the panels, shift-tab back", (t) => {
  t.deepEqual(
    [1, 2, 3, 4].map((n) => after(Array.from({ length: n }, () => "tab")).focus),
    ["findings", "connections", "network", "listeners"],
  );
  t.is(withKey(busyView, { name: "tab", sequence: "\u001b[Z", shift: true }, size).focus, "network");
});

test("s sorts by the next column and marks it, r turns the order round", (t) => {
  const byPeak = after(["s", "s"]);
  t.true(lines(byPeak).some((line) => line.startsWith("▸ Listeners by peak ─")));
  t.true(lines(byPeak).some((line) => line.includes(" peak▾ ")));
  const reversed = after(["r"], byPeak);
  t.true(lines(reversed).some((line) => line.startsWith("▸ Listeners by peak, reversed ─")));
  t.regex(chosen(reversed)!, /\[::1\]:9229/);
});

test("rows of which the sorted figure is not known come last, in either order", (t) => {
  const byDrops = after(["s", "s", "s"]);
  const last = (state: TopState): string | undefined =>
    lines(state).findLast((line) => /3000|worker|9229/.test(line) && /\d\/\d/.test(line));
  t.regex(last(byDrops)!, /worker/);
  t.regex(last(after(["r"], byDrops))!, /worker/);
});

test("a filter leaves only what contains it, in every panel; Esc shows all again", (t) => {
  const typed = after(["/", "5", "1", "5", "1", "4"]);
  t.is(lines(typed).at(-1), "filter: 51514▏");
  const filtered = after(["return"], typed);
  t.is(lines(filtered).at(-1), 'filter "51514" (esc: all)  q quit  ↑↓ choose  ⏎ explain  tab panel  s sort');
  t.true(lines(filtered).some((line) => line.includes("▸ Listeners none that the filter lets through")));
  t.deepEqual(
    lines(filtered).flatMap((line) => /(\d+\.\d+\.\d+\.\d+:\d+) +ESTAB/.exec(line)?.[1] ?? []),
    ["203.0.113.9:51514"],
  );
  t.is(after(["escape"], filtered).filter, "");
});

test("while a filter is typed, letters are letters", (t) => {
  const typed = after(["f", "q", "p", "backspace", "s"]);
  t.deepEqual([typed.filter, typed.isPaused, typed.isTyping], ["qs", false, true]);
  t.false(isQuit(typed, key("q")));
});

test("a pause keeps what is shown; going on shows the newest", (t) => {
  const paused = withFrame(after(["p"]), { ...busy, time: busy.time + 5000 });
  t.true(lines(paused)[0]!.endsWith("PAUSED at 12:30:05"));
  t.true(lines(after(["p"], paused))[0]!.endsWith("every 1 s  12:30:10"));
});

test("Enter explains the chosen finding whole, Esc goes back", (t) => {
  const explained = after(["tab", "return"]);
  const text = lines(explained, 120, 40).join("\n");
  for (const words of [
    "listener drops: 197 segments (SO_MEMINFO[8])",
    "cpu-throttled: nr_throttled did not move",
    "1. Move the",
  ])
    t.true(text.includes(words), text);
  t.is(after(["escape"], explained).overlay, undefined);
});

test("Enter on a connection tells what is known of it, with its findings", (t) => {
  const text = lines(after(["tab", "tab", "return"]), 100, 40).join("\n");
  for (const words of [
    "10.0.0.5:3000 - 203.0.113.9:51514",
    "peer's window       0 bytes",
    "write-stalled, cause peer-not-reading",
  ])
    t.true(text.includes(words), text);
});

test("a row that has gone says so", (t) => {
  const gone = withFrame(after(["return"]), { ...busy, listeners: [] });
  t.is(lines(gone)[2], "It is not there any more.");
});

test("? shows the keys, scrolls where they do not fit, and goes with ? or Esc", (t) => {
  const help = after(["?"]);
  t.is(lines(help)[2], "Keys");
  t.regex(lines(help).at(-2)!, /^… \d+ more lines \(↓\)$/);
  const scrolled = after(["end"], help);
  t.true(lines(scrolled).some((line) => line.includes("never the same as 0")));
  t.not(lines(after(["up"], scrolled)).join("\n"), lines(scrolled).join("\n"));
  t.is(after(["?"], help).overlay, undefined);
});

test("Ctrl-C interrupts and Ctrl-Z suspends, also while a filter is typed", (t) => {
  t.true(isInterrupt({ name: "c", sequence: "\u0003", ctrl: true }));
  t.true(isSuspend({ name: "z", sequence: "\u001a", ctrl: true }));
  t.false(isInterrupt({ name: "c", sequence: "c" }));
});

test("a key that means nothing changes nothing", (t) => {
  for (const name of ["x", "f5", "__proto__", "constructor"])
    t.is(withKey(busyView, { name, sequence: "" }, size), busyView);
});
