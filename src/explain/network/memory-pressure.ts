// memory-pressure: memory for TCP's buffers runs short, the host's or the cgroup's, or orphans are too many. One file for each.
import { cgroupMemory } from "./cgroup-memory.js";
import { orphans } from "./orphans.js";
import type { NetworkRule } from "./step.js";
import { tcpMem } from "./tcp-mem.js";

export const memoryPressure: NetworkRule = (step) => [tcpMem, cgroupMemory, orphans].flatMap((rule) => rule(step));
