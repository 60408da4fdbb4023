// What a rate came to on the kernel and in the model; the two costs of a CPU from one low and one saturating rate.
import { type NicScenario, simulate } from "../../../src/model/index.js";
import type { Sweep } from "./nic-scenarios.js";

/** What nic-scenario.py answers. */
export interface Seen {
  readonly rate: number;
  readonly polls: number;
  readonly packets: number;
  readonly fullPolls: number;
  readonly emptyPolls: number;
  readonly elsewhere: number;
  readonly wakeSeconds: number | null;
  readonly wakePackets: number | null;
  readonly cycleSeconds: number | null;
  readonly fullPollSeconds: number | null;
}

export interface Costs {
  readonly interruptCost: number;
  readonly packetCost: number;
}

/** Of the polls that found something. */
export interface Figures {
  readonly packetsPerPoll: number;
  readonly fullShare: number;
}

const weight = 64;
/** Taking a packet off the ring is this little beside what it then costs. */
const driverCost = 0.2e-6;
const seconds = 0.25;

export const figuresOf = ({ polls, packets, fullPolls, emptyPolls }: Omit<Seen, "rate">): Figures => ({
  packetsPerPoll: packets / Math.max(1, polls - emptyPolls),
  fullShare: fullPolls / Math.max(1, polls - emptyPolls),
});

const needed = (value: number | null, what: string): number => {
  if (value === null) throw new Error(`the kernel shows no ${what}: packets came too fast or too slow`);
  return value;
};

/** A full poll is 64 packets; from a packet that wakes, or in a round of the timer, it is the interrupt and its poll. */
export const costsOf = ({ model }: Sweep, low: Seen, saturating: Seen): Costs => {
  const packetCost = needed(saturating.fullPollSeconds, "full polls in a row") / weight;
  const pause = (model.nic?.gro_flush_timeout ?? 0) / 1e9;
  const interruptCost =
    pause > 0
      ? needed(low.cycleSeconds, "polls") - pause - (low.packets / low.polls) * packetCost
      : needed(low.wakeSeconds, "packet that woke") - low.wakePackets! * packetCost;
  return { interruptCost: Math.max(0, interruptCost), packetCost };
};

export const modelScenario = ({ model }: Sweep, { interruptCost, packetCost }: Costs, rate: number): NicScenario => ({
  kind: "nic",
  ...model,
  cpu: { interruptCost, packetCost, driverCost },
  arrivals: [{ from: 0, until: seconds, rate, jitter: true }],
  until: seconds,
});

export const modelFigures = (sweep: Sweep, costs: Costs, rate: number): Figures => {
  const { polls, received, fullPolls, emptyPolls } = simulate(modelScenario(sweep, costs, rate));
  return figuresOf({ ...none, polls, packets: received, fullPolls, emptyPolls });
};
const none = { elsewhere: 0, wakeSeconds: null, wakePackets: null, cycleSeconds: null, fullPollSeconds: null };

/** Smaller shares are held against this one: a tenth is the most they may be apart. */
const leastShare = 0.5;

const apart = (model: number, kernel: readonly number[], least: number): number => {
  const distance = Math.max(0, Math.min(...kernel) - model, model - Math.max(...kernel));
  const nearest = model < Math.min(...kernel) ? Math.min(...kernel) : Math.max(...kernel);
  return distance / Math.max(nearest, least);
};

/** How far the model is from what the kernel's runs span, relative. */
export const errorOf = (model: Figures, kernel: readonly Figures[]): number =>
  Math.max(
    apart(
      model.packetsPerPoll,
      kernel.map(({ packetsPerPoll }) => packetsPerPoll),
      1,
    ),
    apart(
      model.fullShare,
      kernel.map(({ fullShare }) => fullShare),
      leastShare,
    ),
  );
