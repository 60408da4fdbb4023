// One look at everything, as a Snapshot, and the signs that set the pace of the next one.
import type { Diag } from "../kernel/diag.js";
import type { StillRest } from "../kernel/quiet-watch.js";
import { createReadAhead } from "../kernel/read-ahead.js";
import type { ConnectionsReading } from "../snapshot/connection.js";
import type { Seen } from "../export/frame/frames.js";
import type { ListenerReading, Missing, Snapshot } from "../snapshot/snapshot.js";
import { createWaitReader, withWaits } from "./listeners/accept-waits.js";
import { type ConnectionLookRequest, createConnectionLooks } from "./connections/looks.js";
import { createOwnSockets } from "./connections/own-sockets.js";
import { createDiscovery } from "./listeners/discovery.js";
import { type Glance, glanceSnapshot } from "./glance.js";
import type { Look, LookRequest } from "./look-request.js";
import { createLoopWatch, type LoopWatch } from "./loop-watch.js";
import type { KnownServer, NodeAnswer, ObserverOptions } from "./messages.js";
import type { OurSockets } from "./shown/our-sockets.js";
import { openNetworkWatch } from "./network-watch.js";
import type { ConnectsHeard } from "./outgoing/connect-watch.js";
import { createOutgoing } from "./outgoing/outgoing.js";
import { createOwnListeners } from "./listeners/own-listeners.js";
import { heldMs, isHurried, longFrom, type PaceSigns } from "./pace.js";
import { createRest, type RestRequest } from "./rest.js";
import { createStillWatch } from "./stillness.js";
import { createQueueLooks } from "./listeners/queue-looks.js";
import { openSurroundings } from "./surroundings.js";

export interface Looker {
  look(request: LookRequest): Look;
  /** Only the queues and whether the loops turn, for a tenth of the price; `undefined`: something has to be looked at. */
  glance(at: number): PaceSigns | undefined;
  /**
   * Glances without JavaScript from now on, until `wake` is called; false: `glance` has to. `longer`: beyond the interval
   * while all stands still (stillness.ts).
   */
  rest(request: RestRequest, longer: Omit<StillRest, "files"> | undefined): boolean;
  /** Ends that. What was glanced at meanwhile: as if `glance` had been called each time. */
  rested(): readonly Glance[];
  listening(server: KnownServer): void;
  closed(fd: number): void;
  /** What the main thread said of sockets that it was asked about. */
  answered(answers: readonly NodeAnswer[], tookMs: number): void;
  /** The descriptor of a connection; `undefined`: it has gone. */
  fdOf(cookie: bigint): number | undefined;
  /** What the main thread heard of connect(2). */
  connectsHeard(heard: ConnectsHeard): void;
  /** After a look of the interval: how long the main thread should listen to connect(2) from now on, if at all. */
  wantsConnects(snapshot: Snapshot): number | undefined;
  /** The snapshot of a look that took until `at`: what stood still meanwhile did so before its readings are judged. */
  late(snapshot: Snapshot, at: number, lateMs: number): Snapshot;
  readonly loops: LoopWatch;
  /** What the last look or glance saw. */
  readonly seen: Seen | undefined;
  close(): void;
}

export interface LookerOptions {
  readonly slots: SharedArrayBuffer;
  readonly waits?: SharedArrayBuffer | undefined;
  readonly servers: readonly KnownServer[];
  readonly intervalMs: number;
  /** The observer's own thread. */
  readonly tid: number | undefined;
  readonly diag: Diag | undefined;
  /** Sockets of the agent's own, which are left out. */
  readonly ours: OurSockets;
  readonly detail: ObserverOptions["detail"];
  /** In the application's thread: listeners and counters only. */
  readonly slow: boolean;
  readonly missing: readonly Missing[];
  readonly now: () => number;
  /** Called when a rest has to end. */
  readonly wake: () => void;
}

/** While something is wrong, connections newly held are counted this often; the walk's own budget may stretch it. */
const ownedCloseMs = 100;

const isEmpty = ({ length }: ListenerReading): boolean => length === 0;

export const createLooker = (options: LookerOptions): Looker => {
  const { diag, intervalMs, missing, now } = options;
  const own = createOwnListeners(options.slots, options.servers, options.ours);
  const sockets = createOwnSockets(options.ours);
  const discovery = createDiscovery(own, diag, now, sockets);
  const connections = options.slow ? undefined : createConnectionLooks(sockets, diag, intervalMs);
  const outgoing = options.slow ? undefined : createOutgoing({ diag, always: options.detail === "connections" });
  const queues = diag && !options.slow ? createQueueLooks(diag) : undefined;
  const ahead = createReadAhead();
  const still = createStillWatch(ahead);
  const loops = createLoopWatch(ahead);
  const surroundings = openSurroundings(options.tid, ahead);
  const network = options.slow ? undefined : openNetworkWatch({ ahead });
  const rest = options.slow ? undefined : createRest(loops, now, options.wake);
  const takeWaits = options.waits && createWaitReader(options.waits);
  /** As they were at the last look, or at the last glance that saw nothing. */
  let before = new Map<bigint, ListenerReading>();
  let lastLook: Snapshot | undefined;
  let lastGlance: Glance | undefined;
  let seen: Seen | undefined;
  let answersMs = 0;

  const read = ({ at, interval, close, synRecv }: LookRequest): readonly ListenerReading[] => {
    const ownedMs = options.slow ? Number.POSITIVE_INFINITY : close ? ownedCloseMs : intervalMs;
    const owned = discovery.discover(at, ownedMs, interval);
    const queued = own.read(diag);
    const plain = takeWaits ? withWaits(queued, takeWaits(), own.slotOf) : queued;
    const listeners = owned ? plain.map((listener) => ({ ...listener, owned: owned.get(listener.cookie) })) : plain;
    return queues?.look(at, listeners, close || synRecv) ?? listeners;
  };
  const datagrams = (): number => connections?.datagramSockets ?? 0;
  /** The loops that accept for them, and the main one (`undefined`) where it is not known which, or datagrams may come. */
  const waitedFor = (listeners: readonly ListenerReading[]): ReadonlySet<number | undefined> =>
    new Set([...listeners.map(({ loop }) => loop), ...(datagrams() > 0 ? [undefined] : [])]);
  const signsOf = (at: number, listeners: readonly ListenerReading[]): PaceSigns => {
    const late = (loop: number | undefined): number => loops.lateMs(loop, at);
    const queueGrows = listeners.some((listener) => {
      const { cookie, length, limit, loop, drops } = listener;
      const earlier = before.get(cookie) ?? listener;
      const fills = length > earlier.length && late(loop) > 0;
      return fills || drops !== earlier.drops || length >= longFrom(limit);
    });
    const loopLateMs = Math.max(0, ...[...waitedFor(listeners)].map(late));
    return { at, listeners: listeners.length + datagrams(), queueGrows, loopLateMs };
  };

  const lookAtConnections = (request: ConnectionLookRequest, all: boolean): ConnectionsReading | undefined => {
    if (!all) return connections?.follow(request);
    const reading = connections?.look(request);
    return reading && { ...reading, ...outgoing?.read(request.at) };
  };
  const keep = (glance: Glance): void => {
    lastGlance = glance;
    seen = glance;
    remember(glance.listeners);
  };
  const remember = (listeners: readonly ListenerReading[]): void => {
    before = new Map(listeners.map((listener) => [listener.cookie, listener]));
  };

  return {
    loops,
    get seen() {
      return seen;
    },
    glance(at) {
      if (discovery.demanded) return undefined;
      const listeners = own.reread(diag);
      const glance = { at, time: Date.now(), listeners, loops: loops.read(at, () => false) };
      const signs = signsOf(at, listeners);
      if (discovery.demanded || isHurried(signs)) return undefined;
      keep(glance);
      return signs;
    },
    rest(request, longer) {
      const listeners = discovery.demanded ? undefined : own.plain;
      if (!listeners || !rest) return false;
      const files = longer && still.files;
      return rest.begin(files ? { ...request, still: { ...longer, files } } : request, listeners, waitedFor(listeners));
    },
    rested() {
      const glances = rest?.end() ?? [];
      for (const { at, loops: seenLoops } of glances) loops.note(at, seenLoops);
      const last = glances.at(-1);
      if (last) keep(last);
      return glances;
    },
    look(request) {
      const { at, interval, close, counters, synRecv, lateMs, stalls, followed, follow } = request;
      const listeners = read(request);
      // After the queues, whose drops mean something only beside the counters.
      if (interval) ahead.read();
      const accepting = new Set(listeners.map(({ loop }) => loop));
      // At every look: a stall whose first steps have no figures is judged without them. Glances have none.
      const readings = loops.read(at, (loop, main) => !options.slow && (main || accepting.has(loop)));
      const dropped = listeners.some(({ cookie, drops }) => before.has(cookie) && before.get(cookie)?.drops !== drops);
      // Ends of connections, drops and what is lost below the sockets: each means something only beside its counters.
      const counted = interval || dropped;
      const around = surroundings.read(at, interval || close || counters, counted, Math.max(0, lateMs));
      const near = { at, listeners, loops: readings, counters: around.counters, followed };
      const snapshot: Snapshot = {
        time: Date.now(),
        at,
        source: "process",
        ...around,
        loops: readings,
        listeners,
        alone: interval ? discovery.alone : undefined,
        connections: interval || follow ? lookAtConnections(near, interval) : undefined,
        self: interval && connections ? { ...connections.cost, answersMs } : undefined,
        network: interval ? network?.read(at, close, around.counters) : undefined,
        stalls: stalls.length > 0 ? stalls : undefined,
        missing: missing.length > 0 ? missing : undefined,
      };
      if (interval && connections)
        still.look(snapshot, { at, walkedAt: discovery.walkedAt, counted: connections.counted });
      ahead.forget();
      const signs = signsOf(at, listeners);
      const calm = !isHurried(signs) && !counters && !synRecv && lateMs < heldMs && listeners.every(isEmpty);
      const earlier = calm ? undefined : lastGlance && lastLook && glanceSnapshot(lastGlance, lastLook, snapshot);
      lastGlance = undefined;
      lastLook = snapshot;
      seen = snapshot;
      remember(listeners);
      return { before: earlier, snapshot, signs };
    },
    late(snapshot, at, lateMs) {
      const { fds } = snapshot.process ?? {};
      lastLook = { ...snapshot, at, time: Date.now(), process: { ...surroundings.process(lateMs), fds } };
      return lastLook;
    },
    listening(server) {
      own.listening(server);
      discovery.demand();
    },
    closed(fd) {
      own.closed(fd);
      discovery.demand();
    },
    fdOf: (cookie) => sockets.get(cookie)?.fd,
    answered(answers, tookMs) {
      answersMs += tookMs;
      connections?.answered(answers, now());
    },
    connectsHeard: (heard) => outgoing?.heard(heard),
    wantsConnects: (snapshot) => outgoing?.wants(snapshot),
    close() {
      rest?.end();
      loops.close();
      outgoing?.close();
      connections?.close();
      surroundings.close();
      network?.close();
    },
  };
};
