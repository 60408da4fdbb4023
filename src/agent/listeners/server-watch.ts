// The one hook in the application's thread: `net.Server.prototype.listen`, once a listen. It learns the backlog that was
// asked for, counts 'drop' events, and sees the servers that were listening before (process._getActiveHandles).
import { Server, type Socket } from "node:net";
import { askedListenBacklog } from "./listen-backlog.js";
import type { KnownServer } from "../messages.js";
import { patchMethod, quiet } from "../patch.js";
import type { ServerSlots } from "./server-slots.js";

export interface ServerWatchEvents {
  readonly listening: (known: KnownServer) => void;
  readonly closed: (fd: number) => void;
  /** Where each connection is to be looked at as it is accepted (`detail: "connections"`). */
  readonly accepted?: ((slot: number, socket: Socket) => void) | undefined;
}

export interface ServerWatch {
  /** Those that listen now. */
  readonly known: () => KnownServer[];
  /** Removes the patch and every listener again. */
  readonly stop: () => void;
}

interface Attachment {
  readonly known: () => KnownServer | undefined;
  readonly detach: () => void;
}

/** Hooks in. For servers that listen already `events.listening` is called before this returns. */
export const watchServers = (slots: ServerSlots, events: ServerWatchEvents): ServerWatch => {
  const attached = new Map<Server, Attachment>();
  /** Those that may not have come to listen: among thousands of servers it is not looked for them. */
  const idle = new Set<Server>();
  const watch = (server: Server, listenBacklog: number | undefined): void => {
    if (attached.has(server)) return;
    dropIdle(attached, idle);
    idle.add(server);
    attached.set(
      server,
      attach(server, listenBacklog, slots, events, () => attached.delete(server)),
    );
  };
  for (const server of listeningServers()) watch(server, undefined);
  const unpatch = patchMethod(Server.prototype, "listen", {
    after: (server, args) => watch(server, askedListenBacklog(args)),
  });
  return {
    known: () => [...attached.values()].flatMap((attachment) => attachment.known() ?? []),
    stop() {
      unpatch();
      for (const { detach } of attached.values()) detach();
      attached.clear();
    },
  };
};

/** A listen that failed tells nobody: of servers that never came to listen only the latest are waited for. */
const idleAtMost = 64;
const dropIdle = (attached: Map<Server, Attachment>, idle: Set<Server>): void => {
  for (const server of idle) if (attached.get(server)?.known() ?? !attached.has(server)) idle.delete(server);
  for (const server of idle) {
    if (idle.size <= idleAtMost) return;
    attached.get(server)?.detach();
    attached.delete(server);
    idle.delete(server);
  }
};

const attach = (
  server: Server,
  listenBacklog: number | undefined,
  slots: ServerSlots,
  events: ServerWatchEvents,
  forget: () => void,
): Attachment => {
  const slot = slots.take();
  let known: KnownServer | undefined;
  const noteLimits = quiet(() => {
    if (slot !== undefined) slots.setLimits(slot, server);
  });
  const onDrop = quiet(() => {
    noteLimits();
    if (slot !== undefined) slots.addRefused(slot);
  });
  const onListening = quiet(() => {
    noteLimits();
    const fd = known ? undefined : descriptorOf(server);
    if (fd === undefined) return;
    tell({ fd, listenBacklog, slot, roundRobin: false, tls: isTls(server) });
    process.nextTick(
      quiet(() => {
        noteLimits();
        if (known && isTaken(server)) tell({ ...known, roundRobin: true });
      }),
    );
  });
  const onConnection = quiet((socket: Socket) => {
    if (slot !== undefined) events.accepted?.(slot, socket);
  });
  const tell = (learnt: KnownServer): void => {
    known = learnt;
    events.listening(learnt);
  };
  const detach = (): void => {
    server.off("drop", onDrop).off("listening", onListening).off("close", onClose);
    server.off("connection", onConnection).off("connection", noteLimits);
    if (slot !== undefined) slots.give(slot);
  };
  const onClose = quiet(() => {
    detach();
    forget();
    if (known) events.closed(known.fd);
  });
  // Before the application's own handlers: a cluster primary takes the handle away in its 'listening'.
  server.on("drop", onDrop).prependListener("listening", onListening).on("close", onClose);
  // Many set their timeouts only after listen() has returned.
  server.once("connection", noteLimits);
  // … and may write to a connection as soon as it has it.
  if (events.accepted) server.prependListener("connection", onConnection);
  // Most listens are complete when the call returns; the event only comes in the next turn, which may be far.
  onListening();
  return { detach, known: () => known };
};

const listeningServers = (): Server[] => {
  const handles: unknown = Reflect.get(process, "_getActiveHandles");
  if (typeof handles !== "function") return [];
  const active: unknown = Reflect.apply(handles, process, []);
  return Array.isArray(active)
    ? active.filter((handle): handle is Server => handle instanceof Server && handle.listening)
    : [];
};

// By what it can do: importing node:tls would load it into applications that do without.
const isTls = (server: Server): boolean => "setSecureContext" in server;

const descriptorOf = (server: Server): number | undefined => {
  const handle: unknown = Reflect.get(server, "_handle");
  const fd: unknown = typeof handle === "object" && handle !== null ? Reflect.get(handle, "fd") : undefined;
  return typeof fd === "number" && fd >= 0 ? fd : undefined;
};

// A cluster primary (SCHED_RR, node lib/internal/cluster/round_robin_handle.js) takes the handle away in 'listening' and
// accepts for itself: the server was not closed and has nothing to listen with.
// Loaded by then: loading it for all others would lengthen their start.
const isTaken = (server: Server): boolean => Reflect.get(server, "_handle") === null && isClusterPrimary();
const isClusterPrimary = (): boolean => {
  const cluster: typeof import("node:cluster").default = require("node:cluster");
  return cluster.isPrimary;
};
