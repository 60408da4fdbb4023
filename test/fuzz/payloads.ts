// The messages of a recorded answer, each without its header: what the parsers of rows are given.
import { readFrames } from "../../src/kernel/netlink.js";
import { viewOf } from "../kernel/recorded.js";

/** Rows only; the closing NLMSG_DONE is none. */
export const payloadsOf = (answer: Uint8Array): readonly Uint8Array[] => {
  const view = viewOf(answer);
  const found: Uint8Array[] = [];
  const frames = { untilDone: true, done: false, errno: 0, partial: false, interrupted: false };
  readFrames(view, answer.length, view.getUint32(8, true), view.getUint32(12, true), frames, (_view, start, end) =>
    found.push(answer.slice(start, end)),
  );
  return found;
};
