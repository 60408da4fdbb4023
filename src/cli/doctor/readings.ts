// What `sockscope doctor` has read: the set-up that advice is given on, and what the report shows besides.
import type { SetUp } from "../../explain/advice/readings.js";
import type { Availability, Nic } from "../../kernel/index.js";
import type { Missing } from "../../snapshot/snapshot.js";
import type { Below } from "./below.js";
import type { Inventory } from "./inventory.js";

export interface DoctorReadings extends SetUp {
  readonly node: string;
  readonly kernel: string;
  readonly cpus?: number | undefined;
  /** Source → can it be read here, and why not. */
  readonly support: Readonly<Record<string, Availability>>;
  readonly interfaces: readonly Nic[];
  /** Below the sockets: interfaces down to rings, interrupts and queues; receive work and memory of the host. */
  readonly below?: Below | undefined;
  readonly inventory?: Inventory | undefined;
  readonly missing: readonly Missing[];
}
