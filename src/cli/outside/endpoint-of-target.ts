// Of `--pid` or `--port`: the endpoint of the process that is meant.
import { type Endpoint, endpointOf } from "./endpoint.js";
import { holdersOfAll } from "./holders.js";
import { findListeners } from "./listener-finder.js";
import { openPlace, type OutsideTarget } from "./outside.js";

/** `undefined`: it has none, or no process is named. */
export const endpointOfTarget = ({ pid, port }: OutsideTarget): Endpoint | undefined => {
  if (pid !== undefined) return endpointOf(pid);
  return port === undefined ? undefined : holdersOf(port).flatMap((holder) => endpointOf(holder) ?? [])[0];
};

/** Throws `UsageError` where sock_diag cannot be opened. */
const holdersOf = (port: number): readonly number[] => {
  const { diag } = openPlace(undefined);
  try {
    const rows = findListeners(diag, holdersOfAll(), (row) => row.port === port).read();
    return rows.flatMap((row) => row.pid ?? []);
  } finally {
    diag.close();
  }
};
