// A terminal of its own for a program: a tmux(1) server with one pane, which is typed into, resized and looked at.
import { execFileSync, spawnSync } from "node:child_process";

export const hasTmux: boolean = spawnSync("tmux", ["-V"]).status === 0;

export interface Pane {
  /** What is on the screen, without the spaces at the ends of lines. */
  screen(): string;
  /** A variable of tmux: `alternate_on`, `cursor_flag`, `wrap_flag`. */
  state(name: string): string;
  /** Keys by tmux's names: `Enter`, `C-c`, `Tab`, or characters. */
  type(...keys: readonly string[]): void;
  resize(columns: number, rows: number): void;
  close(): void;
}

let panes = 0;

/** `command`: for a shell. */
export const openPane = (command: string, columns: number, rows: number): Pane => {
  panes += 1;
  const socket = `sockscope-${process.pid}-${panes}`;
  const tmux = (...args: readonly string[]): string =>
    execFileSync("tmux", ["-L", socket, "-f", "/dev/null", ...args], { encoding: "utf8" });
  tmux("new-session", "-d", "-x", String(columns), "-y", String(rows), command);
  return {
    screen: () =>
      tmux("capture-pane", "-p")
        .split("\n")
        .map((line) => line.trimEnd())
        .join("\n")
        .replace(/\n$/, ""),
    state: (name) => tmux("display-message", "-p", `#{${name}}`).trim(),
    type: (...keys) => void tmux("send-keys", ...keys),
    resize: (width, height) => void tmux("resize-window", "-x", String(width), "-y", String(height)),
    close: () => void spawnSync("tmux", ["-L", socket, "kill-server"]),
  };
};
