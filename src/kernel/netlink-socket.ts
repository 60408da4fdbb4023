// Netlink sockets of the own or another process's network namespace: netlink(7), setns(2).
import { binding, bindingError, type NetlinkSocket } from "../binding.js";
import { KernelError } from "../errors.js";
import { sharesNetns } from "./proc-root.js";

/** include/uapi/linux/netlink.h */
export const NETLINK_ROUTE = 0;
export const NETLINK_SOCK_DIAG = 4;
export const NETLINK_GENERIC = 16;

/** Opened, or why not. `pid`: its network namespace, which takes CAP_SYS_ADMIN unless it is the own; default: the own. */
export function openNetlink(protocol: number, pid?: number): NetlinkSocket | Error {
  if (!binding) return new Error(bindingError);
  const socket = new binding.NetlinkSocket();
  const [errno, syscall] = socket.open(pid === undefined || sharesNetns({ pid }) === true ? 0 : pid, protocol);
  return errno === 0 ? socket : new KernelError(errno, syscall);
}
