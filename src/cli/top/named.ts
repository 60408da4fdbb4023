// What is watched, in words: the process's command line, the port, or this machine.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { OutsideTarget } from "../outside/outside.js";
import { printable } from "../view/printable.js";

const mostCharacters = 60;

/** `node server.js`: /proc/PID/cmdline (proc(5)) without the folder of the program. */
export const commandOf = (pid: number): string | undefined => {
  try {
    const [program = "", ...rest] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    if (program === "") return undefined;
    const words = [basename(program), ...rest.filter((word) => word !== "")].join(" ");
    return printable(words.length > mostCharacters ? `${words.slice(0, mostCharacters)}…` : words);
  } catch {
    return undefined;
  }
};

export const nameOf = ({ pid, port }: OutsideTarget): string => {
  if (port !== undefined) return `port ${port}`;
  if (pid === undefined) return "this machine";
  const command = commandOf(pid);
  return command === undefined ? `pid ${pid}` : `pid ${pid}  ${command}`;
};
