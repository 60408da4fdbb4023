// The kinds that are held against the kernel.
import type { Entry } from "./entry.js";
import { accept } from "./accept.js";
import { nic } from "./nic.js";
import { transfer } from "./transfer.js";

export const entries: readonly Entry[] = [accept, transfer, nic];
