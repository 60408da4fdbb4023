// npm run fidelity: random scenarios on the running kernel and in the model, and how far they are apart.
//   --only NAME   one kind   --count N --from N --seed N   which scenarios
//   --repeat N (2)   times each on the kernel   --lanes N (6)   so many at a time
//   --save FILE   keeps what the kernel did   --replay FILE   compares the model with what was kept
//   --json   everything that was compared   --write   the tables into docs/fidelity.md
import { parseArgs } from "node:util";
import { entries } from "./entries.js";
import { writePage } from "./page.js";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    count: { type: "string" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    repeat: { type: "string", default: "2" },
    lanes: { type: "string", default: "6" },
    save: { type: "string" },
    replay: { type: "string" },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});

const main = async (): Promise<void> => {
  const chosen = entries.filter(({ name }) => values.only === undefined || name === values.only);
  if (chosen.length === 0)
    throw new Error(`--only ${values.only}: ${entries.map(({ name }) => name).join(", ")} are known`);
  if (chosen.length > 1 && (values.save ?? values.replay) !== undefined)
    throw new Error("--save and --replay take one kind: --only NAME");
  for (const entry of chosen) {
    const report = await entry.compare({
      count: Number(values.count ?? entry.count),
      seed: Number(values.seed),
      from: Number(values.from),
      repeat: Number(values.repeat),
      lanes: Number(values.lanes),
      save: values.save,
      replay: values.replay,
    });
    if (!report.isMet) process.exitCode = 1;
    if (values.write) writePage(entry.name, report);
    if (values.json) console.log(JSON.stringify({ kind: entry.name, ...report }));
    else {
      const verdict = report.isMet ? "met" : "NOT met";
      console.log(
        [
          `${entry.name}: ${report.summary}`,
          "",
          ...report.table,
          "",
          ...report.worst,
          "",
          `${report.goal}: ${verdict}`,
        ].join("\n"),
      );
    }
  }
};

void main();
