// How much runs through each pipe. No DOM.
import { rateOf } from "../../parts/units.js";
import { sumOf, type View } from "../tanks/tank.js";
import type { PipeId } from "./layout.js";

/** A full Ethernet frame's payload: turns bytes into something like packets. */
const segmentBytes = 1448;

const accepted = ({ listener, frame }: View): number | undefined => rateOf(listener?.accepted, frame.intervalMs);
const segments = (bytes: number | undefined): number | undefined =>
  bytes === undefined ? undefined : bytes / segmentBytes;
const received = ({ connections }: View): number | undefined =>
  segments(sumOf((connections?.rows ?? []).map(({ receiveRate }) => receiveRate)));
const sent = ({ connections }: View): number | undefined =>
  segments(sumOf((connections?.rows ?? []).map(({ sendRate }) => sendRate)));
const nic = (read: "rxPacketRate" | "txPacketRate", { network }: View): number | undefined =>
  sumOf((network?.nics ?? []).map((one) => one[read]));

/** Packets, connections or segments a second. */
export const flows: Readonly<Record<PipeId, (view: View) => number | undefined>> = {
  "nic-napi": (view) => nic("rxPacketRate", view),
  "napi-syn": accepted,
  "napi-receive": received,
  "syn-accept": accepted,
  "accept-loop": accepted,
  "receive-loop": received,
  "loop-send": sent,
  "send-nic": (view) => nic("txPacketRate", view),
};

/** 0: nothing runs; 1 to 3: a trickle, a stream, a flood. */
export const paceOf = (rate: number | undefined): 0 | 1 | 2 | 3 => {
  if (rate === undefined || rate <= 0) return 0;
  if (rate < 20) return 1;
  return rate < 1000 ? 2 : 3;
};
