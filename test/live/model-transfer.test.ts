// The model's transfers against the running kernel: a part of what `npm run fidelity` does.
import { judge, largest, observe, farOff, story } from "../lab/fidelity/transfer-runs.js";
import { asRoot } from "./needs.js";

/** Six of each device; the rest of the first 32 is in docs/fidelity.md, with what is known about it. */
const left = [9, 11, 18, 24, 25, 30, 26, 31];
const chosen = Array.from({ length: 32 }, (_, index) => index).filter((index) => !left.includes(index));
const options = { seed: 1, repeat: 1, lanes: 6 };
/** On a busy machine a link or a reader is late once in a while: what differs is run again. */
const attempts = 3;

asRoot(
  "24 transfers on four devices leave the same bytes in every queue of the kernel and of the model (needs root)",
  async (t) => {
    let open = chosen;
    let told: readonly string[] = [];
    for (let attempt = 0; attempt < attempts && open.length > 0; attempt += 1) {
      const far = (await observe(open, options)).map(judge).filter((one) => largest(one) > farOff);
      open = far.map(({ index }) => index);
      told = far.map(story);
    }
    t.deepEqual(told, []);
  },
);
