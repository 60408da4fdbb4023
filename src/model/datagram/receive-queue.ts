// A UDP socket's receive queue (net/ipv4/udp.c: __udp_enqueue_schedule_skb, udp_rmem_release): full when the next one's
// memory does not fit, and what was read is given back by quarters of the buffer.
import { headTruesize } from "../transfer/skb-size.js";

/** In front of the payload: the link's header, IP's and UDP's, and what alignment may take (__ip_append_data). */
const headroomBytes = 16 + 28 + 15;

/** Memory that a datagram takes on loopback; those beyond a few pages lie in fragments. */
export const datagramTruesize = (bytes: number): number => headTruesize(bytes + headroomBytes);

export interface DatagramQueue {
  readonly rcvbuf: number;
  length(): number;
  rmem(): number;
  drops(): number;
  push(bytes: number): void;
  /** recvmsg(2): the oldest one's payload; undefined: there is none. */
  shift(): number | undefined;
}

export function createDatagramQueue(rcvbuf: number): DatagramQueue {
  /** Those that arrive, and those that the reader has taken over in one go. */
  let arrived: number[] = [];
  let taken: number[] = [];
  let [rmem, deficit, drops] = [0, 0, 0];
  return {
    rcvbuf,
    length: () => arrived.length + taken.length,
    rmem: () => rmem,
    drops: () => drops,
    push: (bytes) => {
      const size = datagramTruesize(bytes);
      // One fits into an empty queue, however large it is.
      if (rmem > 0 && rmem + size > rcvbuf) {
        drops += 1;
        return;
      }
      rmem += size;
      arrived.push(bytes);
    },
    shift: () => {
      if (taken.length === 0) {
        taken = arrived.reverse();
        arrived = [];
      }
      const bytes = taken.pop();
      if (bytes === undefined) return undefined;
      deficit += datagramTruesize(bytes);
      if (deficit >= rcvbuf >> 2 || taken.length === 0) {
        rmem -= deficit;
        deficit = 0;
      }
      return bytes;
    },
  };
}
