// Where a connection belongs: a server's if its local port is one of the process's listeners, and to the loop that
// accepts there. Where several loops come into question nobody knows: then none is named.
import type { ListenerReading, LoopReading } from "../../snapshot/snapshot.js";
import type { OwnSocket } from "./own-sockets.js";
import type { Place } from "./reading.js";

const onlyOne = (loops: ReadonlySet<number | undefined>): number | undefined =>
  loops.size === 1 ? [...loops][0] : undefined;

export const placesOf = (
  listeners: readonly Pick<ListenerReading, "port" | "loop">[],
  loops: readonly Pick<LoopReading, "id">[],
): ((socket: Pick<OwnSocket, "localPort">) => Place) => {
  const only = onlyOne(new Set(loops.map(({ id }) => id)));
  const byPort = new Map<number | undefined, Set<number | undefined>>();
  for (const { port, loop } of listeners) {
    const accepting = byPort.get(port);
    if (accepting) accepting.add(loop);
    else byPort.set(port, new Set([loop]));
  }
  const servers = new Map(
    [...byPort].map(([port, at]): [number | undefined, Place] => {
      return [port, { role: "server", loop: onlyOne(at) ?? only }];
    }),
  );
  const client: Place = { role: "client", loop: only };
  return ({ localPort }) => servers.get(localPort) ?? client;
};
