// The tanks of the path, in the order in which a packet meets them.
import { acceptQueue } from "./accept-queue.js";
import { eventLoop } from "./loop.js";
import { napi } from "./napi.js";
import { nic } from "./nic.js";
import { receiveQueue } from "./receive-queue.js";
import { sendQueue } from "./send-queue.js";
import { synQueue } from "./syn-queue.js";
import type { Tank } from "./tank.js";

export const tanks: readonly Tank[] = [nic, napi, synQueue, acceptQueue, receiveQueue, eventLoop, sendQueue];
