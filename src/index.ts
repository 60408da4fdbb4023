// sockscope: what the kernel does with this process's sockets, and why. The public entry.
export { type Agent, start } from "./agent/agent.js";
export { explain, type Explanation } from "./agent/explain/explain.js";
export type { Status } from "./agent/messages.js";
export type { Logger, StartOptions } from "./agent/options/option-table.js";
export type { AgentEvents } from "./agent/shown/deliver.js";
export type { CallAccount, ConnectionAccount } from "./explain/connections/account.js";
export type { ConnectAccount, ListenerAccount } from "./explain/listener-account.js";
export type { Evidence, Finding, RuledOut, Severity, Subject } from "./explain/finding.js";
export { type Support, support } from "./kernel/support.js";
export type { Target } from "./kernel/target.js";
export type { ListenerReading, LoopReading, Snapshot } from "./snapshot/snapshot.js";
export type { Frame } from "./export/frame/frame.js";
