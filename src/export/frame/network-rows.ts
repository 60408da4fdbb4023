// What lies below the sockets, in a frame: differences between two looks, which are some seconds apart.
import { ringLossOf } from "../../explain/network/ring.js";
import { cpuStepsOf, type NetworkWindow, type NicStep, nicStepsOf } from "../../explain/network/step.js";
import { delta, deltaU32 } from "../../explain/delta.js";
import type { NetworkInterface, NetworkReading, Qdisc } from "../../snapshot/network.js";
import { packetsPerInterrupt } from "../../snapshot/packets-per-interrupt.js";
import type { FrameCpu, FrameNetwork, FrameNic } from "./frame.js";
import { perSecond, shareOf } from "./rates.js";

const nicsAtMost = 16;
const cpusAtMost = 64;

const statistic = (nic: NetworkInterface, name: string): number | undefined => {
  const value = nic.statistics[name];
  return value === undefined ? undefined : Number(value);
};

const moved = ({ earlier, now }: NicStep, name: string): number | undefined =>
  delta(statistic(earlier, name), statistic(now, name));

/** A parent counts what its children count; what an ingress qdisc drops is a rule's will. */
const roots = ({ qdiscs }: NetworkInterface): readonly Qdisc[] | undefined =>
  qdiscs?.filter(({ parent }) => parent === "root");

const qdiscDrops = ({ earlier, now }: NicStep): number | undefined =>
  roots(now)?.reduce((all, { handle, kind, drops }) => {
    const before = roots(earlier)?.find((one) => one.handle === handle && one.kind === kind);
    return all + (deltaU32(before?.drops, drops) ?? 0);
  }, 0);

const standing = ({ name, loopback, driver, ring, ...nic }: NetworkInterface): FrameNic => ({
  name,
  isLoopback: loopback === true,
  driver,
  qdiscQueuedPackets: roots({ name, ...nic })?.reduce((all, { queuedPackets = 0 }) => all + queuedPackets, 0),
  ringRx: ring?.rx,
  mode: "unknown",
});

const nicOf = (step: NicStep, { before, after }: NetworkWindow, ms: number): FrameNic => {
  const { mode, figure } = packetsPerInterrupt(before, after, step.now.name);
  return {
    ...standing(step.now),
    rxPacketRate: perSecond(moved(step, "rx_packets"), ms),
    rxByteRate: perSecond(moved(step, "rx_bytes"), ms),
    txPacketRate: perSecond(moved(step, "tx_packets"), ms),
    txByteRate: perSecond(moved(step, "tx_bytes"), ms),
    rxMissed: ringLossOf(step)?.packets ?? 0,
    rxDropped: moved(step, "rx_dropped"),
    txDropped: moved(step, "tx_dropped"),
    qdiscDropped: qdiscDrops(step),
    packetsPerInterrupt: figure && Math.round(figure * 10) / 10,
    mode,
  };
};

const cpusOf = (window: NetworkWindow, ms: number): readonly FrameCpu[] =>
  cpuStepsOf(window)
    .toSorted((one, other) => other.dropped - one.dropped || other.processed - one.processed)
    .slice(0, cpusAtMost)
    .toSorted((one, other) => one.cpu - other.cpu)
    .map(({ cpu, processed, dropped, squeezes, shares }) => ({
      cpu,
      processedRate: perSecond(processed, ms),
      dropped,
      squeezed: squeezes,
      backlogLength: window.after.cpus.find((one) => one.cpu === cpu)?.softnet?.softnetBacklogLength,
      softirqShare: shareOf(shares?.softirq, 1),
    }));

const busy = ({ rxPacketRate = 0, txPacketRate = 0, rxMissed = 0, rxDropped = 0 }: FrameNic): number =>
  rxPacketRate + txPacketRate + 1e6 * (rxMissed + rxDropped);

/** Remembers one look for the next; `undefined` where this snapshot has none. */
export const createNetworkRows = (): ((
  at: number,
  reading: NetworkReading | undefined,
) => FrameNetwork | undefined) => {
  let last: { readonly at: number; readonly reading: NetworkReading } | undefined;
  return (at, after) => {
    if (!after) return undefined;
    const before = last;
    last = { at, reading: after };
    if (!before) return { nics: after.nics.slice(0, nicsAtMost).map(standing), cpus: [] };
    const window = { before: before.reading, after };
    const ms = at - before.at;
    const moving = new Map(nicStepsOf(window).map((step) => [step.now.name, nicOf(step, window, ms)]));
    const nics = after.nics.map((nic) => moving.get(nic.name) ?? standing(nic));
    return {
      nics: nics.length > nicsAtMost ? nics.toSorted((a, b) => busy(b) - busy(a)).slice(0, nicsAtMost) : nics,
      cpus: cpusOf(window, ms),
    };
  };
};
