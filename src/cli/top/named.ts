// What is watched, in words: the process's program, the port, or this machine.
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { OutsideTarget } from "../outside/outside.js";
import { printable } from "../view/printable.js";

const mostCharacters = 60;

/** Options of Node whose value, the next word, is a file as well. */
const takesFile = /^(?:-r|--(?:require|import|loader|experimental-loader))$/;

/** The first word that is a file there: no value of an option, no code, no secret. */
const scriptOf = (pid: number, words: readonly string[]): string | undefined => {
  try {
    const cwd = readlinkSync(`/proc/${pid}/cwd`);
    const file = words.find(
      (word, at) =>
        !word.startsWith("-") &&
        !takesFile.test(words[at - 1] ?? "") &&
        existsSync(`/proc/${pid}/root${resolve(cwd, word)}`),
    );
    return file === undefined ? undefined : basename(file);
  } catch {
    // Another user's process.
    return undefined;
  }
};

/** `node server.js`: of /proc/PID/cmdline (proc(5)) the program and its script. Other arguments may be secrets. */
export const commandOf = (pid: number): string | undefined => {
  try {
    const [program = "", ...rest] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean);
    // A process that has set its title has a single word, which may repeat its options.
    const title = program.split(" -", 1)[0]!;
    const words = [basename(title), scriptOf(pid, rest)].filter(Boolean).join(" ");
    if (words === "") return undefined;
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
