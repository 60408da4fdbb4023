// NAPI: the softirq that carries packets from the ring to the sockets (/proc/net/softnet_stat, /proc/stat).
import type { FrameCpu } from "../../../export/frame/frame.js";
import { orAbsent, perSecond, share, tally } from "../../parts/units.js";
import { sumOf, type Tank } from "./tank.js";

export const napi: Tank = {
  id: "napi",
  title: "NAPI",
  meaning: [
    "A softirq polls the ring and carries packets up to the sockets. It may take a budget of packets and some milliseconds at a time; when it had to stop with work left, that is a squeeze.",
    "The level is the share of its CPU that softirqs take. A CPU at its limit makes the ring overflow.",
  ],
  symptoms: ["softirq-squeezed", "packets-dropped"],
  counters: [],
  read({ network }) {
    const cpus = network?.cpus ?? [];
    const squeezed = sumOf(cpus.map((cpu) => cpu.squeezed));
    const shares = cpus.map(({ softirqShare }) => softirqShare).filter((part) => part !== undefined);
    const level = shares.length === 0 ? undefined : Math.max(...shares);
    return {
      value: orAbsent(sumOf(cpus.map(({ processedRate }) => processedRate)), perSecond),
      level,
      lines: ["packets", `softirq ${orAbsent(level, share)}`, ...(squeezed ? [`squeezed ${tally(squeezed)} ×`] : [])],
      dropped: sumOf(cpus.map(({ dropped }) => dropped)),
      figures: cpus
        .filter(isAtWork)
        .map((cpu) => ({ name: `CPU ${cpu.cpu}`, value: cpuText(cpu), kernel: "softnet_stat" })),
    };
  },
};

/** Hosts have many CPUs; those that carry nothing say nothing. */
const isAtWork = ({ processedRate = 0, dropped = 0, softirqShare = 0 }: FrameCpu): boolean =>
  processedRate > 0 || dropped > 0 || softirqShare >= 0.01;

const cpuText = ({ processedRate, dropped, squeezed, backlogLength, softirqShare }: FrameCpu): string =>
  [
    `${orAbsent(processedRate, perSecond)} processed`,
    `softirq ${orAbsent(softirqShare, share)}`,
    squeezed ? `${tally(squeezed)} squeezed` : undefined,
    dropped ? `${tally(dropped)} dropped` : undefined,
    backlogLength ? `${tally(backlogLength)} in its backlog` : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(", ");
