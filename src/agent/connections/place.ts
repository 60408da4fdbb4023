// Where a connection belongs: a server's if its local port or its path is one of the process's listeners, and to the loop that
// accepts there. Where several loops come into question nobody knows: then none is named.
import type { ConnectionReading } from "../../snapshot/connection.js";
import type { ListenerReading, LoopReading } from "../../snapshot/snapshot.js";
import type { Place } from "./reading.js";

const onlyOne = (loops: ReadonlySet<number | undefined>): number | undefined =>
  loops.size === 1 ? [...loops][0] : undefined;

/** What is known of a socket by which it finds its listener. */
type Door = Pick<ListenerReading, "port" | "path">;
const doorOf = ({ port, path }: Door): number | string | undefined => path ?? port;

export const placesOf = (
  listeners: readonly (Door & Pick<ListenerReading, "loop">)[],
  loops: readonly Pick<LoopReading, "id">[],
): ((socket: Pick<ConnectionReading, "localPort" | "path">) => Place) => {
  const only = onlyOne(new Set(loops.map(({ id }) => id)));
  const byDoor = new Map<number | string | undefined, Set<number | undefined>>();
  for (const listener of listeners) {
    const accepting = byDoor.get(doorOf(listener));
    if (accepting) accepting.add(listener.loop);
    else byDoor.set(doorOf(listener), new Set([listener.loop]));
  }
  const servers = new Map(
    [...byDoor].map(([door, at]): [number | string | undefined, Place] => {
      return [door, { role: "server", loop: onlyOne(at) ?? only }];
    }),
  );
  const client: Place = { role: "client", loop: only };
  return ({ localPort, path }) => servers.get(doorOf({ port: localPort, path })) ?? client;
};
