// Which sockets should be looked at between two intervals, and of which Node's side is wanted: few, the worst first.
import type { SocketWatch } from "./socket-watch.js";
import type { Verdict } from "./rule.js";

export interface Noticed {
  watch: SocketWatch;
  /** What the rules said at the last look, also what is too young to be told. */
  verdicts: readonly Verdict[];
  isServer: boolean;
}

export interface SocketsWanted {
  /** Cookies of sockets to be followed closely. */
  readonly sockets: readonly bigint[];
  /** Cookies of sockets of which Node should be asked. */
  readonly ask: readonly bigint[];
}

export const nothingWanted: SocketsWanted = { sockets: [], ask: [] };

const followedAtMost = 32;
const askedAtMost = 20;
/** So many at most of those in trouble: some are left to find out who is. */
const urgentAtMost = 12;
/** Node's word is good for three seconds: it is asked again before. */
const urgentEveryMs = 900;
const elseEveryMs = 1900;
/** Bytes unread for this long are on their way to being a finding, which Node's side makes a better one. */
const unreadMs = 500;

const worst = ({ verdicts }: Noticed): number => verdicts.reduce((most, { weight }) => Math.max(most, weight), 0);

/** A unix socket's queue that looks the same again stands, or is filled as fast as it is emptied: Node's word, heard
 * with one of the looks that follow, tells. Waiting for a verdict first would date the stall a second late. */
const mayStand = ({ watch: { last, sendStillAt, unreadAt } }: Noticed, at: number): boolean =>
  last.transport === "unix" && at > Math.min(sendStillAt ?? at, unreadAt ?? at);

/** What Node holds or does bears on it. */
const isUrgent = (noticed: Noticed, at: number): boolean => {
  const { watch, verdicts } = noticed;
  const isUnread = at - (watch.unreadAt ?? at) >= unreadMs;
  return verdicts.length > 0 || watch.swelling !== undefined || isUnread || mayStand(noticed, at);
};

const isFollowed = (noticed: Noticed, at: number): boolean =>
  (noticed.verdicts.length > 0 && noticed.watch.last.transport !== "udp") || mayStand(noticed, at);

/** The kernel's buffer has been full: Node may hold more and more behind it. */
const wasFull = ({ watch }: Noticed): boolean => watch.older.bufferFull > 1;

const silentMs = ({ watch }: Noticed, at: number): number => at - (watch.heard?.at ?? Number.NEGATIVE_INFINITY);

const cookieOf = ({ watch }: Noticed): bigint => watch.last.cookie;

/** `before`: those followed until now, which go on while they are in trouble: a window needs looks at the same socket. */
export const wantedOf = (noticed: readonly Noticed[], before: ReadonlySet<bigint>, at: number): SocketsWanted => {
  const byWorst = noticed.toSorted((a, b) => worst(b) - worst(a));
  const troubled = byWorst.filter((one) => isFollowed(one, at));
  const [old, fresh] = [true, false].map((was) => troubled.filter((one) => before.has(cookieOf(one)) === was));
  const urgent = byWorst.filter((one) => isUrgent(one, at));
  const others = noticed
    .filter((one) => !isUrgent(one, at) && wasFull(one) && silentMs(one, at) >= elseEveryMs)
    .toSorted((a, b) => silentMs(b, at) - silentMs(a, at));
  const due = urgent.slice(0, urgentAtMost).filter((one) => silentMs(one, at) >= urgentEveryMs);
  return {
    sockets: [...old!, ...fresh!].slice(0, followedAtMost).map(cookieOf),
    ask: [...due, ...others].slice(0, askedAtMost).map(cookieOf),
  };
};
