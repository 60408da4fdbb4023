// What connect(2) returns to the application, from Node's own 'error' and 'connect' events: `net.Socket.prototype.connect`
// is patched while somebody asks, and put back afterwards. The kernel counts refusals only for the whole network namespace
// (AttemptFails) and a lack of ports nowhere, and a refused socket is gone before anybody can look at it: so this is the one
// thing about connections that has to be heard in the application's thread. It is asked for when the observer sees connects
// fail in the namespace, or with `detail: "connections"`, and costs nothing otherwise.
import { type EventEmitter, errorMonitor } from "node:events";
import { isIP, Socket } from "node:net";
import { performance } from "node:perf_hooks";
import timers from "node:timers";
import type { ConnectFailureReading, ConnectTimeReading } from "../../snapshot/connection.js";
import { patchMethod, quiet } from "../patch.js";
import { type ConnectFailure, createConnectAccount, failureOf, placeOf } from "./connect-account.js";

/** As in thread.ts: not those of a test's fake clock. */
const { setTimeout, clearTimeout } = timers;

/** What has been heard so far; cumulative. */
export interface ConnectsHeard {
  readonly failures: readonly ConnectFailureReading[];
  readonly times?: readonly ConnectTimeReading[] | undefined;
}

export interface ConnectWatch {
  /** Listens from now on for so long; longer requests win. `Infinity`: until it is stopped. */
  listen(forMs: number): void;
  stop(): void;
}

export interface ConnectWatchOptions {
  /** How long connects take is counted as well. */
  readonly times: boolean;
  /** Called soon after something was heard, for many events at once. */
  readonly tell: (heard: ConnectsHeard) => void;
}

/** A failure is told after this time, with those that came meanwhile; times can wait for a reporting interval's length. */
const failureDelayMs = 100;
const timesDelayMs = 1000;
/** Who gives up sooner has not waited for the first repeat of the SYN. */
const abandonedMs = 1000;

export const createConnectWatch = ({ times, tell }: ConnectWatchOptions): ConnectWatch => {
  const account = createConnectAccount();
  let until = Number.NEGATIVE_INFINITY;
  let unpatch: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Number.POSITIVE_INFINITY;

  const flush = (): void => {
    timer = undefined;
    dueAt = Number.POSITIVE_INFINITY;
    tell({ failures: account.failures, times: times ? account.times : undefined });
  };
  const tellWithin = (ms: number): void => {
    const at = performance.now() + ms;
    if (at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(flush, ms).unref();
  };
  const hear = (socket: Socket, args: readonly unknown[]): void => {
    const events: EventEmitter = socket;
    let began = performance.now();
    const onLookup = (_: unknown, address: unknown): void => {
      began = performance.now();
      if (typeof address === "string" && place?.port !== undefined) place = { address, port: place.port };
    };
    let place = placeOf(args);
    const fail = (failure: ConnectFailure): void => {
      account.failed(failure.code, failure.place);
      tellWithin(failureDelayMs);
    };
    /** The application's own time limit: with an error of its own, or without any. */
    const giveUp = (): void => {
      // Without an address it was a name that was waited for.
      const isCalled = isIP(place?.address ?? "") !== 0;
      if (place && isCalled && performance.now() - began >= abandonedMs) fail({ code: "ABANDONED", place });
    };
    const onError = quiet((error: unknown) => {
      forget();
      const failure = failureOf(error);
      if (failure) fail(failure);
      else giveUp();
    });
    const onClose = quiet(() => {
      forget();
      giveUp();
    });
    const onConnect = quiet(() => {
      forget();
      const { remoteAddress: address, remotePort: port } = socket;
      if (!times || address === undefined) return;
      account.opened({ address, port }, performance.now() - began);
      tellWithin(timesDelayMs);
    });
    const forget = (): void =>
      void events.off("connect", onConnect).off(errorMonitor, onError).off("close", onClose).off("lookup", onLookup);
    events.once(errorMonitor, onError).once("connect", onConnect).once("close", onClose);
    // The time that a name takes is not the connection's.
    events.on("lookup", onLookup);
  };
  const stop = (): void => {
    unpatch?.();
    unpatch = undefined;
  };
  return {
    listen(forMs) {
      until = Math.max(until, performance.now() + forMs);
      unpatch ??= patchMethod(Socket.prototype, "connect", {
        before: (socket, args) => (performance.now() > until ? stop() : hear(socket, args)),
      });
    },
    stop() {
      stop();
      clearTimeout(timer);
    },
  };
};
