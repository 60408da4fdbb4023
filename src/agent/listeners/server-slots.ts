// What only the main thread can know of a listener, in memory that the observer reads while the main thread is blocked:
// `server.maxConnections`, how many connections net.Server closed because of it, and `server.keepAliveTimeout`.

/** Servers that are counted at the same time; further ones are observed without these figures. */
const capacity = 256;
/** maxConnections + 1 (0: not set), refused, keepAliveTimeout + 1 (0: not an HTTP server). */
const width = 3;

/** 0: not set. */
const encode = (setting: unknown): number =>
  typeof setting === "number" && setting >= 0 ? Math.min(Math.round(setting), 0x7fffffff) + 1 : 0;
const decode = (word: number): number | undefined => (word === 0 ? undefined : word - 1);

export const createSlotMemory = (): SharedArrayBuffer => new SharedArrayBuffer(capacity * width * 4);

/** What is read of a server; a `net.Server` has no `keepAliveTimeout`. */
export interface ServerLimits {
  readonly maxConnections?: unknown;
  readonly keepAliveTimeout?: unknown;
}

/** The main thread's side: one slot a server, given back when it closes. */
export interface ServerSlots {
  take(): number | undefined;
  give(slot: number): void;
  setLimits(slot: number, server: ServerLimits): void;
  addRefused(slot: number): void;
}

export const createServerSlots = (memory: SharedArrayBuffer): ServerSlots => {
  const words = new Uint32Array(memory);
  const free = Array.from({ length: capacity }, (_, index) => capacity - 1 - index);
  return {
    take: () => free.pop(),
    give(slot) {
      words.fill(0, slot * width, (slot + 1) * width);
      free.push(slot);
    },
    setLimits(slot, { maxConnections, keepAliveTimeout }) {
      Atomics.store(words, slot * width, encode(maxConnections));
      Atomics.store(words, slot * width + 2, encode(keepAliveTimeout));
    },
    addRefused: (slot) => {
      Atomics.add(words, slot * width + 1, 1);
    },
  };
};

export interface SlotReading {
  readonly maxConnections?: number | undefined;
  readonly refused?: number | undefined;
  readonly keepAliveTimeoutMs?: number | undefined;
}

/** The observer's side. `refused` is absent until the first connection was refused or a limit is set. */
export const readSlot = (memory: SharedArrayBuffer, slot: number): SlotReading => {
  const words = new Uint32Array(memory, slot * width * 4, width);
  const limit = Atomics.load(words, 0);
  const refused = Atomics.load(words, 1);
  const keepAliveTimeoutMs = decode(Atomics.load(words, 2));
  if (limit === 0 && refused === 0) return { keepAliveTimeoutMs };
  return { maxConnections: decode(limit), refused, keepAliveTimeoutMs };
};
