// Which characters of the product's source have run: V8's block coverage (Profiler.takePreciseCoverage).
import { type Profiler, Session } from "node:inspector";

export interface Coverage {
  /** What ran since the last call, by script: one byte a character. */
  readonly take: () => ReadonlyMap<string, Uint8Array>;
  readonly close: () => void;
}

/** Counts blocks from now on, of scripts whose URL has `part`. Answers come before `post` returns: it is our own thread. */
export const openCoverage = (part: string): Coverage => {
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return {
    take: () => {
      let scripts: readonly Profiler.ScriptCoverage[] = [];
      session.post("Profiler.takePreciseCoverage", (_error, { result }) => {
        scripts = result;
      });
      return new Map(
        scripts.filter(({ url }) => url.includes(part)).map(({ url, functions }) => [url, painted(functions)]),
      );
    },
    close: () => session.disconnect(),
  };
};

/** Inner blocks come after the ones that hold them. */
const painted = (functions: readonly Profiler.FunctionCoverage[]): Uint8Array => {
  const ranges = functions.flatMap((one) => one.ranges);
  const ran = new Uint8Array(Math.max(0, ...ranges.map(({ endOffset }) => endOffset)));
  for (const { startOffset, endOffset, count } of ranges) ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return ran;
};

/** What has ever run. */
export class Seen {
  readonly #scripts = new Map<string, Uint8Array>();
  /** Characters. */
  size = 0;

  /** Whether something ran that never had. */
  isNew(taken: ReadonlyMap<string, Uint8Array>): boolean {
    return [...taken].some(([url, ran]) => {
      const known = this.#scripts.get(url);
      return ran.some((mark, at) => mark === 1 && known?.[at] !== 1);
    });
  }

  add(taken: ReadonlyMap<string, Uint8Array>): void {
    for (const [url, ran] of taken) {
      const known = this.#scripts.get(url) ?? new Uint8Array(0);
      const all = new Uint8Array(Math.max(known.length, ran.length));
      all.set(known);
      ran.forEach((mark, at) => {
        if (mark === 1 && all[at] === 0) {
          all[at] = 1;
          this.size += 1;
        }
      });
      this.#scripts.set(url, all);
    }
  }
}
