// What the kernel and the model say of an accept scenario, held against each other.
import { type AcceptResult, type AcceptScenario, simulate } from "../../../src/model/index.js";
import { quantile } from "./statistics.js";

export const figures = [
  "overflows",
  "drops",
  "listenerDrops",
  "resets",
  "ghosts",
  "peakAcceptQueue",
  "accepted",
] as const;
const toleranceSeconds = 0.06;

/** What accept-scenario.py tells of a run. */
export interface Observed extends Pick<AcceptResult, (typeof figures)[number] | "counters"> {
  readonly connects: readonly {
    readonly at: number;
    readonly connectedAt: number | null;
    readonly acceptedAt: number | null;
    readonly spokenAt: number | null;
  }[];
  /** The kernel's tick count at the start. */
  readonly tick: number;
  /** The latest that a step was, or the wire with a packet, ms. */
  readonly lateMs: number;
  /** Packets that the CPU's backlog had no room for. */
  readonly lost: number;
  readonly attempts: number;
  /** The member of the group that each client's SYN reached, as far as it showed. */
  readonly members: readonly (number | null)[];
  /** When what was on the wire arrived. */
  readonly trains: AcceptScenario["trains"] | null;
  readonly calls: readonly { readonly at: number; readonly count: number | "all"; readonly member: number }[];
}

/** A client that was answered at once connected within so much more than the round trip. */
const answeredWithinSeconds = 0.05;

/** What the wire's round trip was, a program's work included: the median over those whose first SYN was answered. */
const roundTrip = ({ rtt = 0 }: AcceptScenario, { connects }: Observed): number => {
  if (rtt === 0) return 0;
  const times = connects.map(({ at, connectedAt }) => (connectedAt ?? Number.POSITIVE_INFINITY) - at);
  return (
    quantile(
      times.filter((time) => time < rtt + answeredWithinSeconds),
      0.5,
    ) ?? rtt
  );
};

/** What only a run shows: the tick count, the round trip, whom the hash gave to which listener. */
const withKernelsDice = (scenario: AcceptScenario, observed: Observed): AcceptScenario => ({
  ...scenario,
  tick: observed.tick,
  rtt: roundTrip(scenario, observed),
  listener: { ...scenario.listener, hashed: observed.members.map((member) => member ?? 0) },
});

/** The scenario as it was carried out: every connect, request and accept at its own time, and so the link's packets. */
export const asCarriedOut = (scenario: AcceptScenario, observed: Observed): AcceptScenario => {
  const given = { ...withKernelsDice(scenario, observed), trains: observed.trains ?? undefined };
  const arrivals = observed.connects.map(({ at }) => ({ at, count: 1 }));
  const clients = { ...scenario.clients, spokenAt: observed.connects.map(({ spokenAt }) => spokenAt) };
  if (observed.calls.length === 0) return { ...given, arrivals, clients };
  const members = Array.from({ length: scenario.listener.reuseport ?? 1 }, (_, index) => index);
  const servers = members.map((index) =>
    observed.calls.filter(({ member }) => member === index).map(({ at, count }) => ({ at, count })),
  );
  return { ...given, arrivals, clients, accepts: { servers } };
};

type Moments = Pick<Observed["connects"][number], "at" | "connectedAt">;

/** How long connect() took is compared, not when: a burst takes some milliseconds. */
const isNear = (a: Moments, b: Moments): boolean =>
  a.connectedAt === null || b.connectedAt === null
    ? a.connectedAt === b.connectedAt
    : Math.abs(a.connectedAt - a.at - (b.connectedAt - b.at)) <= toleranceSeconds;

/** What differs, in words; nothing where kernel and model agree. */
export const differences = (model: AcceptResult, kernel: Observed): readonly string[] => {
  const counts = figures
    .filter((name) => model[name] !== kernel[name])
    .map((name) => `${name} ${model[name]} instead of ${kernel[name]}`);
  const apart = model.connects.filter((connect, index) => !isNear(connect, kernel.connects[index]!)).length;
  return apart === 0 ? counts : [...counts, `${apart} of ${kernel.connects.length} connect times`];
};

/** For accept-scenario.py: calls name the member whose they are. */
export const forKernel = (scenario: AcceptScenario): object => {
  const { accepts } = scenario;
  if (!accepts || !("servers" in accepts)) return scenario;
  const calls = accepts.servers.flatMap((server, member) =>
    Array.isArray(server) ? server.map((call: object) => ({ ...call, member })) : [],
  );
  return { ...scenario, accepts: calls };
};

export const modelOf = (scenario: AcceptScenario, observed: Observed): AcceptResult =>
  simulate(asCarriedOut(scenario, observed));
