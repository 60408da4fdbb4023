// A program of bench/raw/ that answers each line it is given with one line.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { program } from "./raw.mjs";

export const startAsked = (name, args = []) => {
  const child = spawn(program(name), args.map(String), { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout });
  return {
    /** Resolves with the number it answers. */
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const ended = exited.then(([code]) => Promise.reject(new Error(`${name} ended with status ${code}`)));
      const [answer] = await Promise.race([once(lines, "line"), ended]);
      return Number(answer);
    },
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
};
