// Random accept scenarios: backlogs 0..512 and clamps, several bursts, several ways of accepting, cookies, resets,
// groups, deferred accepts, kernel settings that change retries; on loopback and on a delayed link.
import { createRandom } from "../../../src/model/engine.js";
import type { AcceptScenario, ListenerSpec, ServerSpec } from "../../../src/model/index.js";

type Accepts = AcceptScenario["accepts"];
type Bursts = readonly { readonly at: number; readonly count: number }[];

/** One scenario's dice. */
interface Dice {
  readonly pick: <Value>(...values: readonly Value[]) => Value;
  readonly upTo: (most: number) => number;
  readonly holds: (share: number) => boolean;
}

const diceOf = (seed: number): Dice => {
  const random = createRandom(seed);
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  return { pick: (...values) => values[upTo(values.length - 1)]!, upTo, holds: (share) => random() < share };
};

/** So many are refused at most in one go: their retries have to fit into one bucket of the timer wheel. */
const mostRefused = 350;
/** The wire carries one packet at a time. */
const mostOnWire = 300;

const backlogOf = ({ pick, upTo }: Dice): number => pick(0, 1, 2, 4, 8, upTo(32), upTo(128), upTo(512), 512);

/** Moments keep clear of each other's retries, a whole number of seconds later. */
const burstsOf = ({ upTo, holds }: Dice, backlog: number, limit: number, rtt: number): Bursts => {
  const first = Math.min(1 + upTo(3 * backlog + 6), limit + mostRefused);
  const later = [0.3, 1.4, 2.3, 3.4].filter(() => holds(0.3));
  const counts = [first, ...later.map(() => Math.min(1 + upTo(2 * backlog + 4), mostRefused))];
  return counts.map((count, index) => ({
    at: [0, ...later][index]!,
    count: rtt === 0 ? count : Math.min(count, mostOnWire),
  }));
};

const callsOf = ({ pick, upTo }: Dice, backlog: number): ServerSpec =>
  Array.from({ length: upTo(5) }, () => ({
    at: upTo(4) + pick(0.6, 0.66, 0.88),
    count: pick<number | "all">("all", 1, 2, 5, backlog),
  }));

const acceptsOf = (dice: Dice, backlog: number, members: number): Accepts => {
  const { pick, holds } = dice;
  if (members > 1) return { servers: Array.from({ length: members }, () => callsOf(dice, backlog)) };
  if (holds(0.15)) return [{ from: pick(0.6, 1.66), until: 4.87, rate: pick(2, 5, 20, 40) }];
  if (holds(0.15)) return { workers: pick(1, 1, 2, 4), serviceTime: pick(0.01, 0.07, 0.23, 0.61) };
  return callsOf(dice, backlog);
};

const listenerOf = ({ pick, holds }: Dice, backlog: number, isLoopback: boolean): ListenerSpec => ({
  backlog,
  ...(holds(0.08) ? { deferAccept: pick(1, 2, 3) } : isLoopback && holds(0.08) && { reuseport: pick(2, 3, 4) }),
});

const sysctlOf = ({ pick, upTo }: Dice) => ({
  somaxconn: pick(4096, 4096, 4096, upTo(4), upTo(64), upTo(256)),
  tcp_syncookies: pick(0, 0, 1, 1, 2),
  tcp_abort_on_overflow: pick(0, 1),
  tcp_max_syn_backlog: pick(2048, 2048, 64, 16),
  tcp_syn_linear_timeouts: pick(4, 4, 4, 0),
  tcp_syn_retries: pick(6, 6, 6, 2),
  tcp_synack_retries: pick(5, 5, 5, 1),
});

/** Far apart, so that two seeds have no scenario in common. */
const scenariosPerSeed = 1_000_003;

export const acceptScenarioOf = (seed: number, index: number): AcceptScenario => {
  const dice = diceOf(seed * scenariosPerSeed + index);
  const { pick, holds } = dice;
  const backlog = backlogOf(dice);
  const rtt = pick(0, 0, 0, 0, 0.02, 0.05, 0.1, 0.23);
  const sysctl = sysctlOf(dice);
  const listener = listenerOf(dice, backlog, rtt === 0);
  return {
    kind: "accept",
    listener,
    sysctl,
    rtt,
    arrivals: burstsOf(dice, backlog, Math.min(backlog, sysctl.somaxconn), rtt),
    accepts: acceptsOf(dice, backlog, listener.reuseport ?? 1),
    clients: { speakFirst: holds(0.3), timeout: pick(null, null, null, null, 1.55, 2.7) },
    seed: index,
    until: pick(4.95, 4.95, 4.95, 7.9),
  };
};
