// lock_sock and release_sock (net/core/sock.c): what arrives during a system call waits for its end.
import { sendAck } from "./ack-policy.js";
import { pushPending } from "./output.js";
import { process } from "./receive.js";
import type { Tcp } from "./tcp.js";

/** What has arrived meanwhile, and what arrives while that is worked off (__release_sock). */
function workOff(tcp: Tcp): void {
  while (tcp.backlog.length > 0) for (const skb of tcp.backlog.splice(0)) process(tcp, skb);
  tcp.backlogTruesize = 0;
}

/** A long call lets in what has arrived; false: nothing had (sk_flush_backlog). */
export function flushBacklog(tcp: Tcp): boolean {
  if (tcp.backlog.length === 0) return false;
  workOff(tcp);
  tcp.world.softirq.hold(() => finishDeferred(tcp));
  return true;
}

/** What the backlog's work and the softirqs left to do (tcp_release_cb). */
function finishDeferred(tcp: Tcp): void {
  if (tcp.isPushDeferred) {
    tcp.isPushDeferred = false;
    pushPending(tcp);
  }
  if (!tcp.ack.isDeferred) return;
  tcp.ack.isDeferred = false;
  if (tcp.ack.isScheduled) sendAck(tcp);
}

/** Runs a system call's body as the socket's owner. */
export function owning<Result>(tcp: Tcp, call: () => Result): Result {
  tcp.isOwned = true;
  const result = call();
  workOff(tcp);
  tcp.world.softirq.hold(() => {
    finishDeferred(tcp);
    tcp.isOwned = false;
  });
  return result;
}
