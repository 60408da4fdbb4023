// What a key does to the state. The keys' names are those of node:readline.
import { printable } from "../view/printable.js";
import { idOf, orders, shownRows } from "./orders.js";
import { lastTop } from "./overlay.js";
import type { Size } from "./size.js";
import { panels, type PerPanel, type TopState } from "./state.js";

export interface Key {
  readonly name?: string | undefined;
  /** The characters that the terminal sent. */
  readonly sequence: string;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
  readonly shift?: boolean | undefined;
}

type Change = (state: TopState, size: Size) => TopState;

const set = <Value>(values: PerPanel<Value>, { focus }: TopState, value: Value): PerPanel<Value> => ({
  ...values,
  [focus]: value,
});

const move =
  (by: number | "page" | "-page" | "first" | "last"): Change =>
  (state, size) => {
    const pageRows = Math.max(1, Math.floor(size.rows / 2));
    const step =
      by === "page" ? pageRows : by === "-page" ? -pageRows : by === "first" ? -1e6 : by === "last" ? 1e6 : by;
    if (state.overlay)
      return { ...state, overlayTop: Math.max(0, Math.min(lastTop(state, size), state.overlayTop + step)) };
    const last = Math.max(0, shownRows(state)[state.focus].length - 1);
    const from = Math.min(state.selected[state.focus], last);
    return { ...state, selected: set(state.selected, state, Math.max(0, Math.min(last, from + step))) };
  };

const panel =
  (by: number): Change =>
  (state) =>
    state.overlay
      ? state
      : { ...state, focus: panels[(panels.indexOf(state.focus) + by + panels.length) % panels.length]! };

const nextOrder: Change = (state) => {
  const next = (state.sort[state.focus] + 1) % orders[state.focus].length;
  return { ...state, sort: set(state.sort, state, next), selected: set(state.selected, state, 0) };
};

const reverse: Change = (state) => ({
  ...state,
  isReversed: set(state.isReversed, state, !state.isReversed[state.focus]),
  selected: set(state.selected, state, 0),
});

const pause: Change = (state) =>
  state.isPaused
    ? { ...state, isPaused: false, frame: state.latest ?? state.frame, latest: undefined }
    : { ...state, isPaused: true };

const help: Change = (state) => ({
  ...state,
  overlay: state.overlay?.kind === "help" ? undefined : { kind: "help" },
  overlayTop: 0,
});

const details: Change = (state) => {
  if (state.overlay) return { ...state, overlay: undefined };
  const rows = shownRows(state)[state.focus];
  const row = rows[Math.min(state.selected[state.focus], rows.length - 1)];
  if (!row) return state;
  return { ...state, overlay: { kind: "details", panel: state.focus, id: idOf(row) }, overlayTop: 0 };
};

const back: Change = (state) => (state.overlay ? { ...state, overlay: undefined } : { ...state, filter: "" });

const beginFilter: Change = (state) => (state.overlay ? state : { ...state, isTyping: true });

const changes: Readonly<Record<string, Change>> = {
  up: move(-1),
  k: move(-1),
  down: move(1),
  j: move(1),
  pageup: move("-page"),
  pagedown: move("page"),
  home: move("first"),
  end: move("last"),
  tab: panel(1),
  right: panel(1),
  left: panel(-1),
  s: nextOrder,
  r: reverse,
  p: pause,
  space: pause,
  f: beginFilter,
  "/": beginFilter,
  "?": help,
  h: help,
  return: details,
  enter: details,
  escape: back,
};

const editing: Readonly<Record<string, Change>> = {
  return: (state) => ({ ...state, isTyping: false }),
  enter: (state) => ({ ...state, isTyping: false }),
  escape: (state) => ({ ...state, isTyping: false, filter: "" }),
  backspace: (state) => ({ ...state, filter: state.filter.slice(0, -1) }),
  "ctrl-u": (state) => ({ ...state, filter: "" }),
};

const mostFilter = 60;

const typed: (key: Key) => Change =
  ({ sequence }) =>
  (state) => {
    const isText = /^[^\p{Cc}]+$/u.test(sequence);
    return isText ? { ...state, filter: (state.filter + printable(sequence)).slice(0, mostFilter) } : state;
  };

const nameOf = ({ name, sequence, ctrl, shift }: Key): string => {
  const known = name ?? sequence;
  return `${ctrl ? "ctrl-" : ""}${shift && known === "tab" ? "left" : known}`;
};

/** The state after a key; a key that means nothing changes nothing. */
export const withKey = (state: TopState, key: Key, size: Size): TopState => {
  const name = nameOf(key);
  if (state.isTyping) return (editing[name] ?? typed(key))(state, size);
  // Upper case and Alt are keys of their own.
  if (key.meta && name !== "escape") return state;
  const change = Object.hasOwn(changes, name) ? changes[name] : undefined;
  return change ? change(state, size) : state;
};

/** `q` and Ctrl-C end the view. */
export const isQuit = ({ isTyping }: TopState, key: Key): boolean => !isTyping && key.name === "q" && !key.ctrl;
export const isInterrupt = ({ name, ctrl }: Key): boolean => ctrl === true && name === "c";
export const isSuspend = ({ name, ctrl }: Key): boolean => ctrl === true && name === "z";
