// Runs one target on many changed copies of what is known of it; with coverage, an input that reaches new code is kept
// and changed further.
import { BrokenPromise, tellingOf } from "./check.js";
import { type Coverage, Seen } from "./coverage.js";
import { longestBytes, mutated, randomFrom } from "./mutate.js";
import { seedBytes, type Target } from "./target.js";

export interface Finding {
  readonly input: Uint8Array;
  readonly error: unknown;
}

export interface Summary {
  readonly runs: number;
  readonly seconds: number;
  /** Inputs that reached new code, beside those it began with. */
  readonly found: readonly Uint8Array[];
  /** Characters of source that ran; 0 without coverage. */
  readonly covered: number;
  readonly findings: readonly Finding[];
}

export interface Plan {
  readonly runs: number;
  readonly seed: number;
  /** Inputs of earlier runs. */
  readonly corpus?: readonly Uint8Array[] | undefined;
  readonly openCoverage?: (() => Coverage) | undefined;
}

const batchSize = 8192;
/** Of one input; a busy machine may take longer once, not three times. */
const slowMs = 250;
const mostFindings = 10;

const timed = (target: Target, input: Uint8Array): number => {
  const start = performance.now();
  tellingOf(target, input);
  return performance.now() - start;
};

const tryOne = (target: Target, input: Uint8Array): Finding | undefined => {
  try {
    const isSlow = (): boolean => timed(target, input) > slowMs;
    if (isSlow() && isSlow() && isSlow()) throw new BrokenPromise(`takes ${slowMs} ms for ${input.length} bytes`);
    return undefined;
  } catch (error) {
    return { input: input.slice(), error };
  }
};

/** Those of `inputs` that reach code which none before has reached. */
const newcomers = (target: Target, inputs: readonly Uint8Array[], coverage: Coverage, seen: Seen): Uint8Array[] => {
  coverage.take();
  for (const input of inputs) tryOne(target, input);
  const taken = coverage.take();
  if (!seen.isNew(taken)) return [];
  if (inputs.length === 1) {
    seen.add(taken);
    return [...inputs];
  }
  const middle = inputs.length >> 1;
  return [inputs.slice(0, middle), inputs.slice(middle)].flatMap((half) => newcomers(target, half, coverage, seen));
};

/** Inputs that reach new code are looked for in this many; then it goes faster without coverage. */
const explored = 200_000;

/** The same plan gives the same inputs. */
export const fuzz = (target: Target, { runs, seed, corpus = [], openCoverage }: Plan): Summary => {
  const random = randomFrom(seed);
  const isText = target.kind === "text";
  const pool: Uint8Array[] = [...seedBytes(target), ...corpus].map((input) => input.slice(0, longestBytes));
  const known = pool.length;
  const findings = pool.flatMap((input) => tryOne(target, input) ?? []);
  const seen = new Seen();
  const start = performance.now();
  let done = known;
  const coverage = openCoverage?.();
  if (coverage) {
    newcomers(target, pool, coverage, seen);
    for (; done < Math.min(runs, explored); done += batchSize) {
      const inputs = Array.from({ length: batchSize }, () => mutated(pool, random, isText).slice());
      findings.push(...inputs.flatMap((input) => tryOne(target, input) ?? []));
      pool.push(...newcomers(target, inputs, coverage, seen));
    }
    coverage.close();
  }
  for (; done < runs && findings.length < mostFindings; done += 1) {
    const finding = tryOne(target, mutated(pool, random, isText));
    if (finding) findings.push(finding);
  }
  const seconds = (performance.now() - start) / 1000;
  return { runs: done, seconds, found: pool.slice(known), covered: seen.size, findings };
};
