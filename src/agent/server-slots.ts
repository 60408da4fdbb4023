// What only the main thread can know of a listener, in memory that the observer reads while the main thread is blocked:
// `server.maxConnections` and how many connections net.Server closed because of it.

/** Servers that are counted at the same time; further ones are observed without these two figures. */
const capacity = 256;
/** maxConnections + 1 (0: not set), refused. */
const width = 2;

export const createSlotMemory = (): SharedArrayBuffer => new SharedArrayBuffer(capacity * width * 4);

/** The main thread's side: one slot a server, given back when it closes. */
export interface ServerSlots {
  take(): number | undefined;
  give(slot: number): void;
  setMaxConnections(slot: number, maxConnections: number | undefined): void;
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
    setMaxConnections(slot, maxConnections) {
      const limit = Number.isInteger(maxConnections) ? Math.min(Number(maxConnections), 0x7fffffff) : -1;
      Atomics.store(words, slot * width, Math.max(limit, -1) + 1);
    },
    addRefused: (slot) => {
      Atomics.add(words, slot * width + 1, 1);
    },
  };
};

export interface SlotReading {
  readonly maxConnections?: number | undefined;
  readonly refused?: number | undefined;
}

/** The observer's side. `refused` is absent until the first connection was refused or a limit is set. */
export const readSlot = (memory: SharedArrayBuffer, slot: number): SlotReading => {
  const words = new Uint32Array(memory, slot * width * 4, width);
  const limit = Atomics.load(words, 0);
  const refused = Atomics.load(words, 1);
  if (limit === 0 && refused === 0) return {};
  return { maxConnections: limit === 0 ? undefined : limit - 1, refused };
};
