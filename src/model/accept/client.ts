// Clients: SYN retries on the kernel's grid, data on TLP and RTO, give-up (net/ipv4/tcp_timer.c, tcp_output.c).
import type { Connection } from "./accept-queue.js";
import { type Engine, priority, toNanos, toSeconds } from "../engine.js";
import type { Link } from "./link.js";
import type { Listener } from "./listener.js";
import type { LocalPorts } from "./local-ports.js";
import type { Request } from "./syn-queue.js";
import type { ModelSysctls } from "../sysctl.js";
import { type Timer, type TimerWheel, ticksPerSecond } from "../timer-wheel.js";

/** `closed`: it gave up waiting for an answer. `accepted` and what follows does not change any more. */
export type ClientState = "syn-sent" | "established" | "accepted" | "reset" | "timed-out" | "closed" | "no-port";

/** One client socket, with what the server's kernel keeps about it (`request`, `connection`). Times in ns. */
export interface Client {
  readonly host: ClientHost;
  /** The listener that its segments reach. */
  readonly listener: Listener;
  readonly startedAt: number;
  /** It sends a request then, or as soon as it is connected; infinitely late: never. */
  readonly speaksAt: number;
  /** A forged SYN: nobody answers the SYN-ACK. */
  readonly spoofed: boolean;
  state: ClientState;
  synAttempts: number;
  /** When it sent its last SYN. */
  synSentAt: number;
  connectedAt?: number | undefined;
  acceptedAt?: number | undefined;
  timer?: Timer | undefined;
  request?: Request | undefined;
  connection?: Connection | undefined;
  /** The minute in which its cookie was made. */
  cookieMinute?: number | undefined;
}

/** What reaches a client: segments from the listener, and the news that it was accepted. */
export interface ClientHost {
  synAck(client: Client): void;
  acked(client: Client): void;
  reset(client: Client): void;
  accepted(client: Client): void;
}

export interface ClientOptions {
  /** connect() is given up after so many seconds; `undefined`: when the kernel does. */
  readonly timeout?: number | undefined;
  /** Whoever was not accepted so many seconds after its start closes; `undefined`: nobody does. */
  readonly patience?: number | undefined;
  /** Sends a request as soon as it is connected. */
  readonly speakFirst: boolean;
  /** When each client does, in the order in which they come, s; null: never. */
  readonly spokenAt: readonly (number | null)[];
}

export interface ClientEvents {
  /** Its first SYN went unanswered. */
  readonly onRetry: (client: Client) => void;
  readonly onConnected: (client: Client) => void;
  /** It is accepted, reset, timed out or closed: nothing will change any more. */
  readonly onEnd: (client: Client) => void;
}

interface World {
  readonly engine: Engine;
  readonly wheel: TimerWheel;
  readonly link: Link;
  /** The listener for the next client. */
  readonly nextListener: () => Listener;
  readonly sysctl: ModelSysctls;
  readonly options: ClientOptions;
  readonly localPorts: LocalPorts;
  readonly events: ClientEvents;
}

const initialRto = 1;
const maxRto = 120;
const minRto = 0.2;
/** What tcp_retries2 = 15 comes to. */
const dataGiveUp = 924.6;
const requestBytes = 100;

const end = ({ wheel, events, localPorts }: World, client: Client, state: ClientState): void => {
  localPorts.release(state === "accepted" || state === "closed");
  if (client.timer) wheel.cancel(client.timer);
  client.timer = undefined;
  client.state = state;
  events.onEnd(client);
};

const sendSyn = (world: World, client: Client, rto: number): void => {
  client.synAttempts += 1;
  client.synSentAt = world.engine.now();
  if (client.synAttempts === 2) world.events.onRetry(client);
  world.link.toListener(() => client.listener.syn(client));
  if (!client.spoofed) client.timer = world.wheel.arm(rto, () => onSynTimer(world, client, rto));
};

/** tcp_write_timeout and tcp_retransmit_timer of a socket in SYN_SENT. */
const onSynTimer = (world: World, client: Client, rto: number): void => {
  const { tcp_syn_retries: retries, tcp_syn_linear_timeouts: linear } = world.sysctl;
  const retransmits = client.synAttempts - 1;
  const isOutOfTime = world.engine.now() - client.startedAt >= toNanos(2 ** (retries + 1) - 1);
  if (retransmits >= retries + linear || (retransmits > 0 && isOutOfTime)) end(world, client, "timed-out");
  else sendSyn(world, client, retransmits + 1 > linear ? Math.min(2 * rto, maxRto) : rto);
};

/** A round trip is never 0, so that a fraction of a tick is left and rounded up (usecs_to_jiffies). */
const ticksFor = (seconds: number): number => Math.floor(seconds * ticksPerSecond) + 1;

/** First the loss probe, then a whole RTO, then the RTO doubles (tcp_schedule_loss_probe, tcp_retransmit_timer). */
const dataWait = (rtt: number, sent: number): number => {
  const rto = ticksFor(rtt + Math.max(minRto, 2 * rtt));
  return sent === 0
    ? Math.min(ticksFor(2 * rtt + minRto), rto)
    : Math.min(rto * 2 ** (sent - 1), maxRto * ticksPerSecond);
};

const sendData = (world: World, client: Client, sent: number): void => {
  const { engine, wheel, link } = world;
  link.toListener(() => client.listener.ack(client, requestBytes));
  const rtt = toSeconds(client.connectedAt! - client.synSentAt);
  client.timer = wheel.armTicks(dataWait(rtt, sent), () => {
    if (engine.now() - client.connectedAt! >= toNanos(dataGiveUp)) end(world, client, "timed-out");
    else sendData(world, client, sent + 1);
  });
};

const establish = (world: World, client: Client): void => {
  const { engine, wheel, options } = world;
  if (client.timer) wheel.cancel(client.timer);
  client.timer = undefined;
  client.state = "established";
  client.connectedAt = engine.now();
  world.events.onConnected(client);
  if (!options.speakFirst || client.speaksAt === Number.POSITIVE_INFINITY) return;
  engine.at(client.speaksAt, priority.request, () => {
    if (client.state === "established") sendData(world, client, 0);
    else if (client.state === "accepted") world.link.toListener(() => client.listener.ack(client, requestBytes));
  });
};

/** A connected client answers a repeated SYN-ACK with another ACK; one that has given up, with RST. */
const onSynAck = (world: World, client: Client): void => {
  const { listener } = client;
  const isAlive = client.state === "syn-sent" || client.state === "established";
  if (client.spoofed || client.state === "accepted") return;
  world.link.toListener(() => (isAlive ? listener.ack(client, 0) : listener.reset(client)));
  if (client.state === "syn-sent") establish(world, client);
};

/** connect(2)'s own timeout, and the patience of a client that waits for an answer. */
const limitsOfPatience = (world: World): ((client: Client) => void) => {
  const { engine, link, options } = world;
  const after = (seconds: number | undefined, run: (client: Client) => void): ((client: Client) => void) => {
    if (seconds === undefined) return () => undefined;
    const inOrder = engine.lane(priority.client, run);
    return (client) => inOrder(client.startedAt + toNanos(seconds), client);
  };
  const timeOut = after(options.timeout, (client) => {
    if (client.state === "syn-sent") end(world, client, "timed-out");
  });
  const loseIt = after(options.patience, (client) => {
    if (client.state === "syn-sent") end(world, client, "timed-out");
    if (client.state !== "established") return;
    end(world, client, "closed");
    link.toListener(() => client.listener.fin(client));
  });
  return (client) => {
    timeOut(client);
    loseIt(client);
  };
};

/** Returns connect(): each call starts one client at the engine's time. */
export function createClients(world: World): (spoofed: boolean) => Client {
  const { spokenAt } = world.options;
  const limitPatience = limitsOfPatience(world);
  let started = 0;
  const isWaiting = ({ state }: Client): boolean => state === "syn-sent" || state === "established";
  const host: ClientHost = {
    synAck: (client) => onSynAck(world, client),
    acked: (client) => {
      if (client.timer) world.wheel.cancel(client.timer);
      client.timer = undefined;
    },
    reset: (client) => {
      if (isWaiting(client)) end(world, client, "reset");
    },
    accepted: (client) => {
      client.acceptedAt = world.engine.now();
      if (isWaiting(client)) end(world, client, "accepted");
    },
  };
  return (spoofed) => {
    const told = spokenAt[started];
    started += 1;
    const client: Client = {
      host,
      listener: world.nextListener(),
      startedAt: world.engine.now(),
      speaksAt: told === null ? Number.POSITIVE_INFINITY : toNanos(told ?? 0),
      spoofed,
      state: "syn-sent",
      synAttempts: 0,
      synSentAt: 0,
    };
    if (!spoofed && !world.localPorts.take()) {
      client.state = "no-port";
      return client;
    }
    sendSyn(world, client, initialRto);
    if (!spoofed) limitPatience(client);
    return client;
  };
}
