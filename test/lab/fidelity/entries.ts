// The kinds that are held against the kernel.
import type { Entry } from "./entry.js";
import { transfer } from "./transfer.js";

export const entries: readonly Entry[] = [transfer];
