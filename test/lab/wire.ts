// The wire between two namespaces (link.py): laid with its settings, changed while it carries.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Defer } from "./command.js";
import type { Namespace } from "./netns.js";
import { script } from "./root.js";

/** What link.py does with a packet, in both directions or in one. */
export interface WireSettings {
  /** One way. */
  readonly delayMs?: number | undefined;
  /** Every packet later by up to so much more, at random; they may overtake each other. */
  readonly spreadMs?: number | undefined;
  /** Share of the packets that are lost. */
  readonly loss?: number | undefined;
  /** Share of the packets that come `reorderMs` later, overtaken by those behind. */
  readonly reorder?: number | undefined;
  readonly reorderMs?: number | undefined;
  readonly bitsPerSecond?: number | undefined;
  /** What waits before a link with a rate; what is more is lost. */
  readonly queueBytes?: number | undefined;
  readonly dead?: boolean | undefined;
  /** Packets of more bytes are lost. */
  readonly loseAbove?: number | undefined;
  /** So many packets with data are lost, then none. */
  readonly loseNext?: number | undefined;
  /** The next segment with data is lost, and each repeat of it. */
  readonly loseOne?: boolean | undefined;
  /** The next segment with data is kept, its repeats are lost; `false` hands it over. Not with `jumbo`. */
  readonly keepOne?: boolean | undefined;
}

export interface Wire extends WireSettings {
  /** Packets of up to 64 KB are handed over whole, for high rates; one of them is one packet to `loss`. */
  readonly jumbo?: boolean | undefined;
}

/** `ab`: from the first namespace to the second. */
export type Direction = "ab" | "ba" | "both";

export interface LaidWire {
  set(change: WireSettings & { readonly direction?: Direction | undefined }): Promise<void>;
}

/** Joins two namespaces: the first is 10.99.0.1, the second 10.99.0.2. */
export const layWire = async (defer: Defer, a: Namespace, b: Namespace, wire: Wire): Promise<LaidWire> => {
  const argv = [script("link.py"), a.name, b.name, JSON.stringify(wire)];
  const child = spawn("python3", argv, { stdio: ["pipe", "pipe", "inherit"] });
  const left = once(child, "exit");
  child.stdin.on("error", () => {});
  defer(async () => {
    child.stdin.end();
    await left;
  });
  const heard: ((line: string) => void)[] = [];
  const answer = (): Promise<string> =>
    Promise.race([
      new Promise<string>((resolve) => heard.push(resolve)),
      left.then(([code]: unknown[]) => Promise.reject(new Error(`link.py ended with ${String(code)}`))),
    ]);
  createInterface({ input: child.stdout }).on("line", (line) => heard.shift()?.(line));
  const ask = (line: object): Promise<string> => {
    child.stdin.write(`${JSON.stringify(line)}\n`);
    return answer();
  };
  await answer();
  return { set: async (change) => void (await ask(change)) };
};
