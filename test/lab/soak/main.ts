// npm run soak: a real server with the agent under mixed load, faults and churn; what it cost and whether all was told.
//   --minutes N (30)   exits 1 when a fault was missed, a count differs, or something grew
import { parseArgs } from "node:util";
import { soak } from "./soak.js";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "30" } } });
const minutes = Number(values.minutes);

const main = async (): Promise<void> => {
  if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes}: a number above 0 is accepted`);
  const undo: (() => void | Promise<void>)[] = [];
  const began = performance.now();
  process.once("SIGINT", () => {
    void end(undo).then(() => process.exit(130));
  });
  try {
    const { summary, failures } = await soak((each) => undo.push(each), minutes * 60_000, console.error);
    const took = ((performance.now() - began) / 60_000).toFixed(1);
    console.log([`soak of ${took} minutes, Node ${process.version}`, ...summary].join("\n"));
    console.log(failures.length === 0 ? "all is well" : ["NOT well:", ...failures].join("\n  "));
    process.exitCode = failures.length === 0 ? 0 : 1;
  } finally {
    await end(undo);
  }
};

const end = async (undo: readonly (() => void | Promise<void>)[]): Promise<void> => {
  for (const each of undo.toReversed()) await each();
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
