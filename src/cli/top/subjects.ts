// What findings say about the rows of the panels.
import { type Finding, gravity } from "../../explain/finding.js";
import type { Frame, FrameConnection, FrameListener } from "../../export/frame/frame.js";

/** The graver, the higher; 0: it has ended. */
export const rankOf = (finding: Finding): number => (finding.state === "resolved" ? 0 : gravity[finding.severity]);

const byRank = (a: Finding, b: Finding): number => rankOf(b) - rankOf(a);

const concerns = ({ subject }: Finding, { port, path, address }: FrameListener): boolean =>
  subject.kind === "listener" &&
  (path === undefined ? subject.port === port && (subject.address ?? address) === address : subject.path === path);

/** Active findings about a listener, the gravest first. */
export const findingsOfListener = (listener: FrameListener, { findings }: Frame): readonly Finding[] =>
  findings.filter((one) => one.state === "active" && concerns(one, listener)).toSorted(byRank);

/** Active findings that name a connection, the gravest first. */
export const findingsOfConnection = ({ findings: ids }: FrameConnection, { findings }: Frame): readonly Finding[] =>
  findings.filter(({ id }) => ids.includes(id)).toSorted(byRank);

/** Connections that fit into its accept queue: each socket holds one more than its limit. */
export const placesIn = ({ limit, members = 1 }: FrameListener): number => limit + members;

/** Why a connection is in trouble: symptom and cause, the cause alone where there is no room for both. */
export const whyOf = (
  connection: FrameConnection,
  frame: Frame,
  width: number = Number.POSITIVE_INFINITY,
): string | undefined => {
  const [gravest] = findingsOfConnection(connection, frame);
  if (gravest) {
    const both = `${gravest.symptom}: ${gravest.cause}`;
    return both.length <= width ? both : gravest.cause;
  }
  return connection.isPaused ? "reading is paused" : undefined;
};
