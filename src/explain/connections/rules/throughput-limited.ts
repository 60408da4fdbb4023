// throughput-limited: bytes move, there is more to send, and one limit dominates. A transfer at the path's own speed is
// information at most.
import type { SocketRule } from "../rule.js";
import { isUnanswered } from "../send-still.js";
import { ownWindow } from "./own-window.js";
import { congestionWindow, packetLoss, shapedLink } from "./path-limits.js";
import { peerWindow } from "./peer-window.js";
import { isCountedAsFull, sendBuffer } from "./send-buffer.js";

/** The shortest window over which a rate means something. */
const leastWindowMs = 900;

export const throughputLimited: SocketRule = (view) => {
  const { reading, stretch, window } = view;
  if (reading.transport !== "tcp" || window.ms < leastWindowMs || stretch.looks < 2) return undefined;
  const sends = (window.ackedBytes ?? 0) > 0 && !isUnanswered(view);
  if (!sends) return ownWindow(view);
  // More to send at every look; a send buffer that holds everything back leaves nothing unsent.
  if (stretch.wanting < stretch.looks) return sendBuffer(view) ?? ownWindow(view);
  const full = isCountedAsFull(view) ? sendBuffer(view) : undefined;
  return full ?? peerWindow(view) ?? shapedLink(view) ?? packetLoss(view) ?? congestionWindow(view);
};
