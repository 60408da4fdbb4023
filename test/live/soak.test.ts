// One round of the soak (`npm run soak` runs them for half an hour).
import { onQuietMachine } from "../lab/quiet-machine.js";
import { soak } from "../lab/soak/soak.js";
import { asRoot } from "./needs.js";

asRoot("a round of mixed load and faults: all found, all ended, every count the kernel's (needs root)", async (t) => {
  t.timeout(300_000);
  await onQuietMachine(t, async (attempt) => {
    attempt.timeout(90_000);
    const { summary, failures } = await soak(
      (undo) => attempt.teardown(undo),
      0,
      () => undefined,
    );
    attempt.log(summary.join("\n"));
    attempt.deepEqual(failures, []);
  });
});
