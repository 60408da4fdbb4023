// Whose SYN queue is full: the counters are the namespace's, so a listener's own half-open connections, or what they have
// become, must show it.
import type { AcceptPath } from "../accept-path.js";
import type { Beside } from "./beside.js";

/** Which listeners had connections since the SYN queue's counters last stood still. */
export interface Participants {
  /** Nothing is going on: what was accepted until now does not count. */
  rest(beside: Beside): void;
  tookPart(path: AcceptPath): boolean;
  /** Connections accepted since. */
  acceptedBy(path: AcceptPath): number;
}

export const createParticipants = (): Participants => {
  /** `undefined`: nobody had counted yet, so that the first count is all of them. */
  let accepted = new Map<bigint, number | undefined>();
  const acceptedBy = ({ watch: { listener } }: AcceptPath): number => {
    const { cookie, owned } = listener;
    if (!owned || !accepted.has(cookie)) return 0;
    const before = accepted.get(cookie);
    return before === undefined ? owned.count : Math.max(0, owned.accepted - before);
  };
  return {
    rest: ({ paths }) => {
      accepted = new Map(
        [...paths].map(([cookie, { watch }]) => [cookie, watch.listener.owned?.accepted ?? accepted.get(cookie)]),
      );
    },
    acceptedBy,
    tookPart: (path) => path.watch.disturbance !== undefined || acceptedBy(path) > 0,
  };
};

/**
 * The listener whose half-open connections fill its SYN queue. Where they were not counted in time, the only one there
 * is, if it took part at all: the counters are the namespace's, and a neighbour's flood is not its own.
 */
export const crowded = (
  { paths }: Beside,
  answered: number,
  { tookPart, acceptedBy }: Participants,
): AcceptPath | undefined => {
  const tcp = [...paths.values()].filter(({ watch }) => watch.listener.transport === "tcp");
  const full = tcp
    .filter(({ watch: { listener } }) => (listener.synRecv ?? 0) >= Math.max(1, listener.limit * 0.75))
    .toSorted((a, b) => (b.watch.listener.synRecv ?? 0) - (a.watch.listener.synRecv ?? 0));
  if (full.length > 0) return full[0];
  // A rush of honest clients is over before half-open connections are counted: it is whose they have become.
  const theirs = answered > 0 ? tcp.filter((path) => acceptedBy(path) >= answered) : [];
  if (theirs.length === 1) return theirs[0];
  return tcp.length === 1 && tcp[0]!.watch.listener.synRecv === undefined && tookPart(tcp[0]!) ? tcp[0] : undefined;
};
