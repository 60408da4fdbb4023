// Datagrams for one UDP socket, and the Node process that reads it. Times in seconds, sizes in bytes.
import type { Pattern, Stall } from "../accept/scenario.js";

export interface DatagramScenario {
  /** As the kernel holds it, twice what setsockopt(2) was given. */
  readonly rcvbuf: number;
  /** Payload of each. */
  readonly bytes: number;
  readonly arrivals: readonly Pattern[];
  readonly reader: {
    /** JavaScript that each costs. */
    readonly serviceTime: number;
    readonly stalls?: readonly Stall[] | undefined;
    /** The loop turns, and the socket is not read. */
    readonly pauses?: readonly { readonly from: number; readonly until: number }[] | undefined;
  };
  readonly until: number;
}
