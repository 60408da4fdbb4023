// A snapshot as it is handed out: remote addresses as the options say, and so many rows of connections as the main thread
// can be given at an interval.
import type { Redactor } from "../../export/redact.js";
import { redactConnections } from "../../export/redact-connections.js";
import type { Snapshot } from "../../snapshot/snapshot.js";

/** Some 1.5 KB each; the explanation has seen all of them. */
const rowsAtMost = 100;

export const toldSnapshot = (snapshot: Snapshot, redact: Redactor): Snapshot => {
  const { connections } = snapshot;
  if (!connections) return snapshot;
  return redactedSnapshot(
    { ...snapshot, connections: { ...connections, rows: connections.rows.slice(0, rowsAtMost) } },
    redact,
  );
};

/** With all its rows. */
export const redactedSnapshot = (snapshot: Snapshot, redact: Redactor): Snapshot => {
  const { connections } = snapshot;
  if (!connections || redact.isOff) return snapshot;
  return { ...snapshot, connections: redactConnections(connections, redact.address) };
};
