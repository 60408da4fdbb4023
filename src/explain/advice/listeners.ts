// Advice on listeners: how full their accept queues are and how much fits (include/net/sock.h sk_acceptq_is_full).
import { placeOf } from "../format.js";
import type { Advice } from "./adviser.js";
import type { SetUp } from "./readings.js";

/** What `server.listen()` of Node asks for when nothing is said. */
export const nodeListenBacklog = 511;
/** A listener that holds so few loses clients to a burst that any page load makes. */
const smallLimit = 16;

/** Queues that are full at this moment, and listeners with hardly any room. */
export function adviseOnListeners({ listeners, settings }: SetUp): readonly Advice[] {
  return (listeners ?? []).flatMap((listener): readonly Advice[] => {
    const { length, limit, transport } = listener;
    const subject = `listener ${placeOf(listener)}`;
    const source = transport === "tcp" ? "sock_diag LISTEN" : "unix_diag";
    const queue = `accept queue ${length} of ${limit + 1}`;
    const look = "sockscope diagnose names the cause while it lasts";
    if (length > limit)
      return [{ severity: "warning", subject, because: `${queue}: full at this moment`, remedy: look, source }];
    if (length >= (limit + 1) * 0.75 && length > 1)
      return [{ severity: "info", subject, because: `${queue}: nearly full at this moment`, remedy: look, source }];
    if (transport !== "tcp" || limit >= smallLimit) return [];
    const ghosts =
      settings.tcp_syncookies === 0 ? "" : "; with SYN cookies the surplus may even believe to be connected";
    return [
      {
        severity: "info",
        subject,
        because: `room for ${limit + 1} waiting connections only: what exceeds it in one burst is dropped and tries again after 1 s${ghosts}`,
        remedy: `listen with a backlog of ${nodeListenBacklog} unless this is meant`,
        source,
      },
    ];
  });
}
