// Every parser of the product.
import type { Target } from "../target.js";
import { givenTargets } from "./given.js";
import { netlinkTargets } from "./netlink.js";
import { procTargets } from "./proc.js";
import { socketTargets } from "./sockets.js";

export const targets: readonly Target[] = [...socketTargets, ...netlinkTargets, ...procTargets, ...givenTargets];
