// A fixed set of scenarios of every kind, with the hash of what each gives: the same on every Node.
//   node build-test/test/model/same-everywhere.js   writes the hashes anew, after the model was changed on purpose
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { simulate } from "../../src/model/index.js";
import { packageRoot } from "../package-root.js";

export interface Known {
  readonly title: string;
  readonly scenario: object;
  readonly sha256: string;
}

const file = join(packageRoot, "test/model/fixtures/same-everywhere.json");

export const known = (): readonly Known[] => JSON.parse(readFileSync(file, "utf8")) as Known[];

export const hashOf = ({ scenario }: Known): string =>
  createHash("sha256")
    .update(JSON.stringify(simulate(scenario)))
    .digest("hex");

if (require.main === module)
  writeFileSync(
    file,
    `${JSON.stringify(
      known().map((one) => ({ ...one, sha256: hashOf(one) })),
      null,
      2,
    )}\n`,
  );
