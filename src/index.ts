// sockscope: what the kernel does with this process's sockets, and why. The public entry.
export { type Agent, type AgentEvents, start } from "./agent/agent.js";
export type { Status } from "./agent/messages.js";
export type { Logger, StartOptions } from "./agent/option-table.js";
export type { Evidence, Finding, RuledOut, Severity, Subject } from "./explain/finding.js";
export { type Support, support } from "./kernel/support.js";
export type { ListenerReading, LoopReading, Snapshot } from "./snapshot/snapshot.js";
