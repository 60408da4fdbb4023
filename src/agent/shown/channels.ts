// `sockscope:finding` and `sockscope:sample` of Node's diagnostics_channel, for those who build on top. Whether somebody
// subscribes is only to be seen on this thread, and nothing here may look periodically: so the two channels say so
// themselves, by methods of their own before those that they inherit (which Node changes with the first subscriber).
import { type Channel, type ChannelListener, channel } from "node:diagnostics_channel";
import type { Report, Wanted } from "../messages.js";
import { sayOnStderr } from "./stderr.js";

type Key = "subscribe" | "unsubscribe";
type Method = (subscriber: ChannelListener) => unknown;

/** As a listener of the agent: Node would make an uncaught exception of what it throws, and end the application. */
const guards = new WeakMap<ChannelListener, ChannelListener>();
const told = new Set<string | symbol>();

const guardOf = (subscriber: ChannelListener): ChannelListener => {
  const known = guards.get(subscriber);
  if (known || typeof subscriber !== "function") return known ?? subscriber;
  const guard: ChannelListener = (message, name) => {
    try {
      subscriber(message, name);
    } catch (error) {
      if (told.has(name)) return;
      told.add(name);
      sayOnStderr(`sockscope: a subscriber of '${String(name)}' threw: ${String(error)}`);
    }
  };
  guards.set(subscriber, guard);
  // A channel without subscribers becomes an active one and calls itself again, with the guard.
  guards.set(guard, guard);
  return guard;
};

let changed = (): void => undefined;

const ours = (name: string): Channel => {
  const own = channel(name);
  const inherited = (key: Key, subscriber: ChannelListener): unknown => {
    const method: Method = Reflect.get(Reflect.getPrototypeOf(own) ?? own, key);
    const result = Reflect.apply(method, own, [subscriber]);
    changed();
    return result;
  };
  return Object.assign(own, {
    subscribe: (subscriber: ChannelListener) => inherited("subscribe", guardOf(subscriber)),
    // Whoever subscribed before this file was loaded is there without a guard.
    unsubscribe: (subscriber: ChannelListener) =>
      inherited("unsubscribe", guardOf(subscriber)) || inherited("unsubscribe", subscriber),
  });
};

const findings = ours("sockscope:finding");
const samples = ours("sockscope:sample");

/** Who subscribes now. */
export const subscribed = (): Readonly<Record<Wanted, boolean>> => ({
  findings: findings.hasSubscribers,
  samples: samples.hasSubscribers,
  sampleLines: false,
  boards: false,
});

/** `tell` is called whenever somebody subscribes or leaves. */
export const onSubscription = (tell: () => void): void => {
  changed = tell;
};

/** The message is what `on('finding')` and `on('sample')` hand over: a Finding, a Snapshot. */
export const publish = (report: Report): void => {
  if (report.type === "finding") findings.publish(report.finding);
  if (report.type === "sample") samples.publish(report.snapshot);
};
