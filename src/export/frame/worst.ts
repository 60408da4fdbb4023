// Which connections a person should see first. The one definition, for every view.
import { type Finding, gravity } from "../../explain/finding.js";
import type { FrameConnection } from "./frame.js";

/** What of a connection tells how bad it is. */
export type Comparable = Pick<
  FrameConnection,
  "findings" | "recvQBytes" | "sendQBytes" | "writableLength" | "retransmitted" | "rttMs"
>;

/** Bytes that wait somewhere: in Node, in the send queue, in the receive queue. */
export const stuckBytes = ({ recvQBytes = 0, sendQBytes = 0, writableLength = 0 }: Comparable): number =>
  recvQBytes + sendQBytes + writableLength;

/** What is compared, the most important first: named by a finding (the graver one), bytes that wait, segments sent again, round trip. */
const rankOf = (row: Comparable, weightOf: (finding: string) => number): readonly number[] => [
  row.findings.reduce((most, id) => Math.max(most, weightOf(id)), 0),
  stuckBytes(row),
  row.retransmitted ?? 0,
  row.rttMs ?? 0,
];

/** The worst first. `findings`: those whose ids the rows name. */
export const worstFirst = <Row extends Comparable>(
  rows: readonly Row[],
  findings: readonly Finding[],
): readonly Row[] => {
  const graveness = new Map(findings.map(({ id, severity }) => [id, gravity[severity]]));
  const weightOf = (id: string): number => graveness.get(id) ?? 0;
  return rows
    .map((row) => ({ row, rank: rankOf(row, weightOf) }))
    .toSorted((one, other) => compare(other.rank, one.rank))
    .map(({ row }) => row);
};

const compare = (one: readonly number[], other: readonly number[]): number => {
  const at = one.findIndex((value, i) => value !== other[i]);
  return at < 0 ? 0 : one[at]! - other[at]!;
};
