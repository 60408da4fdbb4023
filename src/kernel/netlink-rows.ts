// What the queries over netlink(7) have in common: rows that may be incomplete, and why.
import { errnoName } from "../errors.js";
import { answerRoom, dumpAgain, type Link, type Outcome, type Request } from "./netlink.js";

/** Rows that were told; `partial`: some may be missing, and why. */
export interface Rows<Row> {
  readonly rows: readonly Row[];
  readonly partial: boolean;
  readonly reason?: string | undefined;
}

/** Why an answer is not complete; `undefined`: it is. */
export function reasonOf({ errno, partial }: Outcome, source = "sock_diag"): string | undefined {
  if (errno !== 0) return `${source}: ${errnoName(errno)}`;
  return partial ? `${source}: the answer was interrupted or cut short` : undefined;
}

/** A dump as rows; what `parse` does not understand is left out. */
export function dumpRows<Row>(
  link: Link,
  request: Request,
  source: string,
  parse: (view: DataView, start: number, end: number) => Row | undefined,
): Rows<Row> {
  let rows: Row[] = [];
  const outcome = dumpAgain(link, request, answerRoom, () => {
    rows = [];
    return (view, start, end) => {
      const row = parse(view, start, end);
      if (row !== undefined) rows.push(row);
    };
  });
  const reason = reasonOf(outcome, source);
  return { rows, partial: reason !== undefined, reason };
}
