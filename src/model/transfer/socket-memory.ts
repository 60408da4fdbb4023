// Memory of a host's sockets, and who may have more (net/core/sock.c: __sk_mem_raise_allocated; tcp(7): tcp_mem). Counted is
// what receive queues take, by pages.
import { count, type Tcp } from "./tcp.js";

export const pageBytes = 4096;
/** tcp_rmem[0]: so much a socket has of its own, however short memory is. */
const guaranteedBytes = 4096;

/** Of one host: all its sockets' pages, the limits of all of them, and that of the cgroup they belong to. */
export interface SocketMemory {
  pages: number;
  /** tcp_memory_pressure: from above the second number of tcp_mem down to the first. */
  isShort: boolean;
  readonly limits: readonly [low: number, pressure: number, high: number] | undefined;
  /** memory.kmem.tcp.limit_in_bytes, in pages. */
  readonly cgroupPages: number;
  sockets: number;
}

export const createMemory = (
  limits: SocketMemory["limits"],
  cgroupBytes: number = Number.POSITIVE_INFINITY,
): SocketMemory => ({
  pages: 0,
  isShort: false,
  limits,
  cgroupPages: Math.floor(cgroupBytes / pageBytes),
  sockets: 0,
});

/** tcp_under_memory_pressure. */
export const isPressed = ({ memory }: Tcp): boolean => memory.isShort || memory.pages >= memory.cgroupPages;

const pagesOf = (bytes: number): number => Math.ceil(bytes / pageBytes);

/** Whether a socket may have pages beyond those that are given to all. */
function isAllowed(tcp: Tcp, pages: number): boolean {
  const { memory } = tcp;
  const wanted = memory.pages + pages;
  if (wanted > memory.cgroupPages) return false;
  if (!memory.limits) return true;
  const [low, pressure, high] = memory.limits;
  if (wanted <= low) {
    memory.isShort = false;
    return true;
  }
  if (wanted > pressure && !memory.isShort) {
    memory.isShort = true;
    count(tcp, "TCPMemoryPressures");
  }
  if (wanted > high) return false;
  if (tcp.rmemAlloc < guaranteedBytes || !memory.isShort) return true;
  return high > memory.sockets * pagesOf(tcp.rmemAlloc + tcp.forwardAlloc + pages * pageBytes);
}

/** Takes memory for so many bytes (sk_rmem_schedule); false: there is none. `isForced`: it is taken all the same. */
export function take(tcp: Tcp, bytes: number, isForced = false): boolean {
  const lacking = bytes - tcp.forwardAlloc;
  if (lacking <= 0) return true;
  const pages = pagesOf(lacking);
  if (!isForced && !isAllowed(tcp, pages)) return false;
  tcp.memory.pages += pages;
  tcp.forwardAlloc += pages * pageBytes;
  return true;
}

/** Whole pages that nobody uses go back (sk_mem_uncharge). */
export function giveBack(tcp: Tcp): void {
  const pages = Math.floor(tcp.forwardAlloc / pageBytes);
  if (pages <= 0) return;
  tcp.forwardAlloc -= pages * pageBytes;
  tcp.memory.pages -= pages;
  if (tcp.memory.limits && tcp.memory.pages < tcp.memory.limits[0]) tcp.memory.isShort = false;
}
