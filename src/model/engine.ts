// The event engine: a heap of (time, priority, serial) in virtual nanoseconds. No I/O, no clock, no global state;
// the same seed gives the same run.

/**
 * Of events at the same instant the lower priority runs first: a tick's timers, then what they sent, then programs.
 * Clients that come at once all connect before the first of them says anything.
 */
export const priority = { timer: 0, segment: 1, client: 2, request: 3, server: 4 } as const;

export const nanosPerSecond = 1e9;
export const nanosPerMs = 1e6;

export const toNanos = (seconds: number): number => Math.round(seconds * nanosPerSecond);
/** Virtual nanoseconds as seconds, exact to the microsecond. */
export const toSeconds = (nanos: number): number => Math.round(nanos / 1000) / 1e6;

interface Event {
  readonly time: number;
  readonly priority: number;
  readonly serial: number;
  readonly run: () => void;
}

export interface Engine {
  /** Virtual time, ns. It has already moved when a callback runs. */
  now(): number;
  /** Runs `run` at `time` (ns; never before now). */
  at(time: number, priority: number, run: () => void): void;
  /**
   * For events whose times never go back, as those after a fixed delay: only the first of them is in the heap, which stays small
   * however many wait. Returns what has `run` called with `item` at `time`.
   */
  lane<Item>(priority: number, run: (item: Item) => void): (time: number, item: Item) => void;
  /** Runs everything up to and including `until` (ns) and leaves the clock there; `onStep` after each event. */
  runUntil(until: number, onStep?: () => void): void;
  /** Uniform in [0, 1), from the seed. */
  random(): number;
  /** Events that wait: bounded by what is going on, not by what has been. */
  pending(): number;
}

const isBefore = (a: Event, b: Event): boolean => {
  if (a.time !== b.time) return a.time < b.time;
  if (a.priority !== b.priority) return a.priority < b.priority;
  return a.serial < b.serial;
};

const push = (heap: Event[], event: Event): void => {
  let hole = heap.length;
  heap.push(event);
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    if (!isBefore(event, heap[parent]!)) break;
    heap[hole] = heap[parent]!;
    hole = parent;
  }
  heap[hole] = event;
};

const pop = (heap: Event[]): Event => {
  const first = heap[0]!;
  const last = heap.pop()!;
  if (heap.length === 0) return first;
  let hole = 0;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
    if (!isBefore(heap[child]!, last)) break;
    heap[hole] = heap[child]!;
    hole = child;
  }
  heap[hole] = last;
  return first;
};

/** mulberry32: 32 bits of state, the same sequence on every platform. */
export const createRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Taken entries are cut off once they are as many as the rest, so that taking one costs the same however many wait. */
const fewestCut = 64;

export function createEngine(seed: number): Engine {
  const heap: Event[] = [];
  let clock = 0;
  let serial = 0;
  /** Events in lanes that are not in the heap. */
  let behind = 0;
  return {
    now: () => clock,
    at: (time, eventPriority, run) => {
      serial += 1;
      push(heap, { time: Math.max(time, clock), priority: eventPriority, serial, run });
    },
    lane: (lanePriority, run) => {
      let waiting: { readonly time: number; readonly serial: number; readonly item: Parameters<typeof run>[0] }[] = [];
      let head = 0;
      const lead = (): void => {
        const { time, serial: number } = waiting[head]!;
        push(heap, { time, priority: lanePriority, serial: number, run: step });
      };
      const step = (): void => {
        const { item } = waiting[head]!;
        head += 1;
        if (head === waiting.length || (head >= fewestCut && 2 * head >= waiting.length)) {
          waiting = waiting.slice(head);
          head = 0;
        }
        if (waiting.length > 0) {
          behind -= 1;
          lead();
        }
        run(item);
      };
      return (time, item) => {
        serial += 1;
        waiting.push({ time: Math.max(time, clock), serial, item });
        if (waiting.length - head === 1) lead();
        else behind += 1;
      };
    },
    runUntil: (until, onStep) => {
      while (heap.length > 0 && heap[0]!.time <= until) {
        const event = pop(heap);
        clock = event.time;
        event.run();
        onStep?.();
      }
      clock = Math.max(clock, until);
    },
    random: createRandom(seed),
    pending: () => heap.length + behind,
  };
}
