import test from "ava";
import { createViewers } from "../../../src/agent/shown/viewers.js";
import { createRedactor } from "../../../src/export/redact.js";
import type { Snapshot } from "../../../src/snapshot/snapshot.js";

const snapshotAt = (at: number): Snapshot => ({ time: at, at, source: "process", loops: [], listeners: [] });

test("a viewer that waits for being wanted is shown frames from the end of the first interval at which it is", (t) => {
  const viewers = createViewers(createRedactor("off", undefined), t.fail);
  const shown: number[] = [];
  let isWanted = false;
  const leave = viewers.add({ frame: ({ at }) => void shown.push(at) }, () => isWanted);
  const pass = (at: number): void => {
    viewers.look(snapshotAt(at));
    viewers.interval(snapshotAt(at), []);
  };
  pass(1000);
  isWanted = true;
  pass(2000);
  isWanted = false;
  pass(3000);
  leave();
  pass(4000);
  t.deepEqual(shown, [2000, 3000]);
});
