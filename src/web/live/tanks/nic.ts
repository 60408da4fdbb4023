// The NIC: what /sys/class/net/*/statistics and the ring say of one network namespace's interfaces.
import type { Figure } from "../../parts/figure.js";
import type { FrameNic } from "../../../export/frame/frame.js";
import { orAbsent, perSecond, sizeRate, tally } from "../../parts/units.js";
import { sumOf, type Tank } from "./tank.js";

/** The busiest first; the loopback only where it is alone or all the traffic. */
const busiest = (nics: readonly FrameNic[]): FrameNic | undefined => {
  const rate = ({ rxPacketRate = 0, txPacketRate = 0 }: FrameNic): number => rxPacketRate + txPacketRate;
  return [...nics].sort((a, b) => rate(b) - rate(a) || Number(a.isLoopback) - Number(b.isLoopback))[0];
};

const lostBy = (nic: FrameNic): number | undefined =>
  sumOf([nic.rxMissed, nic.rxDropped, nic.txDropped, nic.qdiscDropped]);

export const nic: Tank = {
  id: "nic",
  title: "NIC",
  meaning: [
    "The network card writes arriving packets into a ring of buffers in memory and raises an interrupt; when the ring is full, further packets are lost before Linux has seen them.",
    "On the way out packets wait in the interface's queueing discipline (qdisc) until the card takes them.",
  ],
  symptoms: ["packets-dropped"],
  counters: ["RetransSegs"],
  read({ network }) {
    const nics = network?.nics ?? [];
    const shown = busiest(nics);
    return {
      value: shown?.name ?? "–",
      lines: [`in ${orAbsent(shown?.rxPacketRate, packets)}`, `out ${orAbsent(shown?.txPacketRate, packets)}`],
      dropped: sumOf(nics.map(lostBy)),
      figures: nics.flatMap(figuresOf),
    };
  },
};

const packets = (rate: number): string => `${tally(rate)} pkt/s`;

const figuresOf = (one: FrameNic): readonly Figure[] => [
  { name: `${one.name} in`, value: orAbsent(one.rxPacketRate, packets), kernel: "rx_packets" },
  { name: `${one.name} in`, value: orAbsent(one.rxByteRate, sizeRate), kernel: "rx_bytes" },
  { name: `${one.name} out`, value: orAbsent(one.txPacketRate, packets), kernel: "tx_packets" },
  { name: `${one.name} out`, value: orAbsent(one.txByteRate, sizeRate), kernel: "tx_bytes" },
  ...optional(`${one.name} lost in the ring`, one.rxMissed, "rx_missed_errors, driver"),
  ...optional(`${one.name} lost above the driver`, one.rxDropped, "rx_dropped"),
  ...optional(`${one.name} lost on the way out`, one.txDropped, "tx_dropped"),
  ...optional(`${one.name} lost in the qdisc`, one.qdiscDropped, "TCA_STATS2 drops"),
  ...optional(`${one.name} waits in the qdisc`, one.qdiscQueuedPackets, "TCA_STATS2 qlen"),
  ...optional(`${one.name} receive ring`, one.ringRx, "ETHTOOL_GRINGPARAM"),
  ...(one.packetsPerInterrupt === undefined
    ? []
    : [
        {
          name: `${one.name} packets per interrupt`,
          value: `${perSecond(one.packetsPerInterrupt).replace("/s", "")}, ${one.mode}`,
        },
      ]),
];

const optional = (name: string, value: number | undefined, kernel: string): readonly Figure[] =>
  value === undefined ? [] : [{ name, value: tally(value), kernel }];
