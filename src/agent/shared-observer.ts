// The one observer of this process, found by every copy of this package in it: two versions that dependencies brought, a
// test runner that loads modules anew for each file, in a context of its own. It hangs on `net.Server`, which all of
// them share.
import { Server } from "node:net";
import type { Redactor } from "../export/redact.js";
import type { Report, Wanted } from "./messages.js";
import type { ObserverHost } from "./observer-host.js";

/** The observer and those who hold it. */
export interface Shared {
  readonly host: ObserverHost;
  /** Absent: addresses are shown as they are. */
  readonly redact: Redactor | undefined;
  readonly held: Set<(report: Report) => void>;
  /** Gives up the signal that asks for a flight record. */
  readonly leaveSignal: () => void;
  readonly wanted: Map<object, Readonly<Record<Wanted, boolean>>>;
  /** Samples are log lines, too. */
  readonly logsSamples: boolean;
}

interface Held {
  /** Copies with the same number can hold each other's observer: changes with `Shared` and what it leads to. */
  readonly shape: 1;
  /** Where the copy lies that started it. */
  readonly at: string;
  readonly shared: Shared;
}

const key = Symbol.for("sockscope.observer");
const shape = 1;

const held = (): Held | undefined => Reflect.get(Server, key);

/** `undefined`: none runs, or it is another version's. */
export const sharedObserver = (): Shared | undefined => {
  const found = held();
  return found?.shape === shape ? found.shared : undefined;
};

/** The folder of another version whose observer runs in this process. */
export const strangerAt = (): string | undefined => {
  const found = held();
  return found === undefined || found.shape === shape ? undefined : found.at;
};

export const shareObserver = (shared: Shared | undefined): void => {
  const value: Held | undefined = shared && { shape, at: __dirname, shared };
  Object.defineProperty(Server, key, { value, configurable: true });
};
