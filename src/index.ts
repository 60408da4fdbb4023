export type { Finding } from "./explain/finding.js";
export type { Snapshot } from "./snapshot/snapshot.js";
