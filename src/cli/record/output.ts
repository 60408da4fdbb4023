// The file that `record` and `report` write: chosen by the end of its name, written whole or not at all.
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { errorCode } from "../../errors.js";
import { jsonOf } from "../../export/json.js";
import type { FlightRecord } from "../../export/record/record.js";
import { UsageError } from "../command.js";
import { reportOf } from "./report-file.js";

export interface Output {
  readonly path: string;
  readonly kind: "html" | "ndjson";
}

/** Throws `UsageError`, before anything is watched for minutes. */
export const outputOf = (given: string | undefined, kinds: readonly Output["kind"][]): Output => {
  const accepted = kinds.map((kind) => `FILE.${kind}`).join(" or ");
  if (given === undefined) throw new UsageError(`-o is missing: where to write, ${accepted}`);
  const kind = kinds.find((one) => given.toLowerCase().endsWith(`.${one}`));
  if (kind === undefined) throw new UsageError(`-o: "${given}" is not accepted; ${accepted} is`);
  const path = resolve(given);
  if (!existsSync(dirname(path))) throw new UsageError(`-o: there is no folder ${dirname(path)}`);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`-o: ${path} is a folder`);
  return { path, kind };
};

/** Only its owner may read it: it shows addresses and settings. Throws `UsageError`. */
export const writeOutput = ({ path, kind }: Output, record: FlightRecord): void => {
  const text =
    kind === "html" ? reportOf(record) : [record.header, ...record.frames].map((line) => `${jsonOf(line)}\n`).join("");
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { mode: 0o600, flag: "wx" });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new UsageError(`${path} cannot be written (${errorCode(error)})`);
  }
};
