// Whom a finding is about.
import type { ListenerReading } from "../snapshot/snapshot.js";
import type { Subject } from "./finding.js";

/** A listener, with what is known of its place and holder. */
export const subjectOf = ({ address, port, path, pid, fd }: ListenerReading): Subject => ({
  kind: "listener",
  ...(address === undefined ? {} : { address }),
  ...(port === undefined ? {} : { port }),
  ...(path === undefined ? {} : { path }),
  ...(pid === undefined ? {} : { pid }),
  ...(fd === undefined ? {} : { fd }),
});
