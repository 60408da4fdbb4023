// Every parser of the product, as the table has it: total, nothing from outside its input, nothing invented, and of a
// truncated input a part of what the whole one tells.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import { packageRoot } from "../package-root.js";
import { rounds } from "../rounds.js";
import { inventedIn, tellingAmidst, tellingOf } from "./check.js";
import { hexOf, readCorpus } from "./corpus.js";
import { fuzz } from "./fuzz.js";
import { mutated, randomFrom } from "./mutate.js";
import { isWithin, seedBytes, type Target } from "./target.js";
import { targets } from "./targets/index.js";

const inputOf = (target: Target): fc.Arbitrary<Uint8Array> => {
  const seeds = seedBytes(target);
  const changed = fc.integer().map((seed) => mutated(seeds, randomFrom(seed), target.kind === "text").slice());
  const words = [...new Set(seeds.flatMap((seed) => Buffer.from(seed).toString("latin1").split(/(\W)/)))];
  const text = fc.array(fc.oneof(fc.constantFrom(...words, " ", "\n"), fc.string({ maxLength: 4 })), { maxLength: 30 });
  const drawn =
    target.kind === "bytes"
      ? fc.uint8Array({ maxLength: 400 })
      : text.map((parts) => Buffer.from(parts.join(""), "latin1"));
  return fc.oneof(changed, drawn);
};

for (const target of targets) {
  test(`${target.name}: any input is answered, with nothing that does not stand in it`, (t) => {
    fc.assert(
      fc.property(inputOf(target), (input) => {
        const reading = tellingAmidst(target, input);
        const isProse = target.kind === "text" && target.isProse;
        const invented = isProse ? [] : inventedIn(target, input, reading);
        if (invented.length > 0) throw new Error(`invented: ${invented.join(", ")}`);
      }),
      { numRuns: rounds(200) },
    );
    t.pass();
  });

  test(`${target.name}: changed recordings and what was kept of earlier runs break no promise`, (t) => {
    const { findings } = fuzz(target, { runs: rounds(2000), seed: 7, corpus: readCorpus(target.name) });
    t.deepEqual(
      findings.map(({ input, error }) => `${hexOf(input)} ${String(error)}`),
      [],
    );
  });
}

/** Where a text may be cut: a number cut in two would be another one. */
const cutsOf = (target: Target, seed: Uint8Array): readonly number[] => {
  const all = Array.from(seed, (_, at) => at);
  return target.kind === "bytes" ? all : all.filter((at) => /\s/.test(String.fromCharCode(seed[at]!)));
};

const canBeCut = (target: Target): boolean => target.kind === "bytes" || !(target.isProse || target.isTally);

for (const target of targets.filter(canBeCut))
  test(`${target.name}: a recording cut anywhere tells a part of what the whole one tells`, (t) => {
    for (const seed of seedBytes(target)) {
      const whole = tellingOf(target, seed);
      for (const cut of cutsOf(target, seed)) {
        const part = tellingOf(target, seed.subarray(0, cut));
        if (!isWithin(part, whole)) t.fail(`${cut} of ${seed.length} bytes tell ${JSON.stringify(part)}`);
      }
    }
    t.pass();
  });

test("every parser is in the table, and the table names nothing else", (t) => {
  const exported = readdirSync(join(packageRoot, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => {
      const text = readFileSync(join(packageRoot, "src", file), "utf8");
      return Array.from(text.matchAll(/^export (?:function|const|class) (\w+)/gm), ([, name]) => `src/${file} ${name}`);
    });
  const covered = targets.flatMap(({ covers }) => covers);
  t.deepEqual(
    exported.filter((name) => / parse[A-Z]\w*$/.test(name) && !covered.includes(name)),
    [],
  );
  t.deepEqual(
    covered.filter((name) => !exported.includes(name)),
    [],
  );
});

test("no two targets have one name", (t) => {
  t.is(new Set(targets.map(({ name }) => name)).size, targets.length);
});
