// Netlink sockets of the own or another process's network namespace: netlink(7), setns(2).
import { binding, bindingError, type NetlinkSocket } from "../binding.js";
import { KernelError } from "../errors.js";

/** include/uapi/linux/netlink.h */
export const NETLINK_ROUTE = 0;
export const NETLINK_SOCK_DIAG = 4;
export const NETLINK_GENERIC = 16;

/** Opened, or why not. `pid`: its network namespace (needs CAP_SYS_ADMIN there); default: the own. */
export function openNetlink(protocol: number, pid = 0): NetlinkSocket | Error {
  if (!binding) return new Error(bindingError);
  const socket = new binding.NetlinkSocket();
  const [errno, syscall] = socket.open(pid, protocol);
  return errno === 0 ? socket : new KernelError(errno, syscall);
}
