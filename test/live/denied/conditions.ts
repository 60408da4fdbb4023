// Whatever is denied: each condition under which the agent may find itself, and what still works there.
import type { Condition } from "./condition.js";
import { confined } from "./conditions-kernel.js";
import { loaded } from "./conditions-loaded.js";
import { remembering } from "./conditions-memory.js";
import { nodes } from "./conditions-node.js";
import { runners } from "./conditions-runners.js";
import { surroundings } from "./conditions-process.js";

export const conditions: readonly Condition[] = [
  ...confined,
  ...nodes,
  ...surroundings,
  ...remembering,
  ...loaded,
  ...runners,
];
