// The cells whose cause holds for a while: every fault of faults.ts with every load of loads.ts.
import type { ExecutionContext } from "ava";
import { isLive } from "./cells.js";
import type { Defer } from "./command.js";
import { eventually } from "./eventually.js";
import { expectFinding, expectNothingElse, labTest, titleOf, withinMs } from "./experiment.js";
import { faults, type HeldCause } from "./faults.js";
import { type Grounds, prepareGrounds } from "./grounds.js";
import type { Expected } from "./judge.js";
import { type HeldLoad, type HeldSymptom, heldLoads, heldSymptoms } from "./loads.js";
import { type Load, prepareLoad, type Site, startSite } from "./site.js";

const openSite = (
  defer: Defer,
  { servers, host }: Grounds,
  cause: HeldCause,
  { backlog, costMs = 5 }: HeldLoad,
): Promise<Site> =>
  cause === "not-accepting"
    ? startSite(defer, servers, { listeners: [], inherited: { host, backlog } })
    : startSite(defer, servers, { listeners: [{ kind: "tcp", host, backlog, costMs }] });

/** Sends the loads off, each when the last is connected. */
export const sendLoads = async (loads: readonly { readonly load: Load; readonly count: number }[]): Promise<void> => {
  for (const [index, { load, count }] of loads.entries()) {
    await load.go();
    if (index + 1 < loads.length)
      await eventually("all connected", async () => (await load.tally()).connected === count);
  }
};

const runCell = async (t: ExecutionContext, defer: Defer, symptom: HeldSymptom, cause: HeldCause): Promise<void> => {
  const { clients, holdMs, evidentMs, beside, wire, settings } = heldLoads[symptom];
  const fault = faults[cause];
  const grounds = await prepareGrounds(defer, { wire, settings });
  const { program, log } = await openSite(defer, grounds, cause, heldLoads[symptom]);
  const loads = await Promise.all(
    clients.map(async (spec) => ({
      load: await prepareLoad(defer, grounds.clients, { ...spec, host: grounds.host }),
      count: spec.count,
    })),
  );
  const expected: Expected = { symptom, cause, at: 3000, beside };
  const end = await fault.begin(defer, program, holdMs);
  await sendLoads(loads);
  const evidentAt = Date.now() + evidentMs;
  if (fault.live) await expectFinding(t, log, expected, evidentAt + withinMs);
  await eventually("the end of the hold", () => Date.now() >= evidentAt - evidentMs + holdMs, 10_000);
  await end();
  if (!fault.live) await expectFinding(t, log, expected, Date.now() + withinMs);
  await expectNothingElse(t, log, expected);
};

/** Registers one test for every live cell of this cause. */
export const testHeldCells = (cause: HeldCause, how: string): void => {
  for (const symptom of heldSymptoms)
    if (isLive(symptom, cause)) labTest(titleOf(symptom, cause, how), (t, defer) => runCell(t, defer, symptom, cause));
};
