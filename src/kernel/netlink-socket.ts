// Netlink sockets of the own or another process's network namespace: netlink(7), setns(2).
import { binding, bindingError, type NetlinkSocket } from "../binding.js";
import { KernelError } from "../errors.js";
import { sharesNetns } from "./proc-root.js";

/** include/uapi/linux/netlink.h */
export const NETLINK_ROUTE = 0;
export const NETLINK_SOCK_DIAG = 4;
export const NETLINK_GENERIC = 16;

/** What a filter, a security module or the kernel itself answers, and always will. */
const finalAnswers: ReadonlySet<string> = new Set(["EPERM", "EACCES", "EAFNOSUPPORT", "EPROTONOSUPPORT", "ENOSYS"]);
/** By protocol, of the own namespace. Asked once: under seccomp each question may be logged, or worse. */
const refusals = new Map<number, KernelError>();

/** Opened, or why not. `pid`: its network namespace, which takes CAP_SYS_ADMIN unless it is the own; default: the own. */
export function openNetlink(protocol: number, pid?: number): NetlinkSocket | Error {
  if (!binding) return new Error(bindingError);
  const isOwn = pid === undefined || sharesNetns({ pid }) === true;
  const refused = isOwn ? refusals.get(protocol) : undefined;
  if (refused) return refused;
  const socket = new binding.NetlinkSocket();
  const [errno, syscall] = socket.open(isOwn ? 0 : pid, protocol);
  if (errno === 0) return socket;
  const error = new KernelError(errno, syscall);
  if (isOwn && finalAnswers.has(error.code)) refusals.set(protocol, error);
  return error;
}
