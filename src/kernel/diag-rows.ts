// What the queries of sock_diag(7) have in common: rows that may be incomplete, and why.
import { errnoName } from "../errors.js";
import type { Outcome } from "./netlink.js";

/** Rows that were told; `partial`: some may be missing, and why. */
export interface Rows<Row> {
  readonly rows: readonly Row[];
  readonly partial: boolean;
  readonly reason?: string | undefined;
}

/** Why an answer is not complete; `undefined`: it is. */
export function reasonOf({ errno, partial }: Outcome): string | undefined {
  if (errno !== 0) return `sock_diag: ${errnoName(errno)}`;
  return partial ? "sock_diag: the answer was interrupted or cut short" : undefined;
}
