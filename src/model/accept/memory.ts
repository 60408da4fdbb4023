// Kernel memory of connections that nobody has accepted yet: the sockets and requests by their slab sizes, data by its
// truesize (x86_64, 6.18: /proc/slabinfo, SK_MEMINFO_RMEM_ALLOC).

/** struct tcp_sock; a queued connection keeps its request sock too, which is its place in the queue. */
const socketBytes = 2368;
const requestBytes = 320;
/** An sk_buff with its head: what a small segment takes besides its data. */
const segmentOverheadBytes = 832;

export const queuedBytes = (dataBytes: number): number =>
  socketBytes + requestBytes + (dataBytes > 0 ? segmentOverheadBytes + dataBytes : 0);
export const halfOpenBytes: number = requestBytes;

export interface Ledger {
  add(bytes: number): void;
  /** The most it has been. */
  peak(): number;
}

export function createLedger(): Ledger {
  let held = 0;
  let peak = 0;
  return {
    add: (bytes) => {
      held += bytes;
      peak = Math.max(peak, held);
    },
    peak: () => peak,
  };
}
