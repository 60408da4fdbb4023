// SYN cookies: what a listener that remembers nothing still knows of a client (net/ipv4/syncookies.c; tcp.h,
// tcp_synq_no_recent_overflow).
import { type Engine, toNanos } from "../engine.js";
import type { Client } from "./client.js";

export interface Cookies {
  /** A SYN-ACK with a cookie goes to this client. */
  send(client: Client): void;
  /** A segment of a client that nobody knows: `unchecked` long after the last cookie, or where there are none. */
  check(client: Client): "valid" | "failed" | "unchecked";
}

/** A cookie's clock counts minutes; two of them make it too old (MAX_SYNCOOKIE_AGE). */
const oldestMinutes = 2;
const minute = toNanos(60);

export function createCookies(engine: Engine, isOn: boolean): Cookies {
  const phase = engine.random() * minute;
  const clock = (): number => Math.floor((engine.now() + phase) / minute);
  let lastAt = Number.NEGATIVE_INFINITY;
  return {
    send: (client) => {
      client.cookieMinute = clock();
      lastAt = engine.now();
    },
    check: ({ cookieMinute = Number.NEGATIVE_INFINITY }) => {
      if (!isOn || engine.now() - lastAt >= oldestMinutes * minute) return "unchecked";
      return clock() - cookieMinute < oldestMinutes ? "valid" : "failed";
    },
  };
}
