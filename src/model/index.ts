// `sockscope/model`: the in-process model of the kernel's queues, in virtual time.
export { simulate, type SimulateOptions } from "./simulate.js";
export { observeModel, type SourceOptions } from "./accept/source.js";
export { type ClientSourceOptions, observeClients } from "./accept/client-source.js";
export { type ArrivalStep, newArrivals } from "./accept/new-arrivals.js";
export {
  type Answer,
  answerOfListener,
  createDemux,
  type Demux,
  type Endpoint,
  type Found,
  type Packet,
  type Protocol,
} from "./demux.js";
export {
  type Measured,
  type Predicted,
  type Remedy,
  type Served,
  type Span,
  type WhatIf,
  whatIf,
} from "./accept/what-if.js";
export type { DatagramScenario } from "./datagram/scenario.js";
export { type DatagramSourceOptions, observeDatagrams } from "./datagram/source.js";
export { type NicSourceOptions, observeNic } from "./nic/source.js";
export { observeTransfer, type TransferSourceOptions } from "./transfer/source.js";
export { ScenarioError } from "./checks.js";
export type { Kind, Result, ResultOf, Scenario } from "./kinds.js";
export { parseScenario } from "./validate.js";
export type {
  AcceptCall,
  AcceptResult,
  AcceptScenario,
  Arrival,
  BlockingServerSpec,
  ConnectRecord,
  Cost,
  EventLoopSpec,
  HandOutSpec,
  ListenerSpec,
  MemberResult,
  Outcome,
  Pattern,
  Pause,
  Quantiles,
  ServerSpec,
  Stall,
  TimelineEntry,
} from "./accept/scenario.js";
export type {
  NicCpuResult,
  NicCpuSpec,
  NicEvent,
  NicQueueResult,
  NicResult,
  NicScenario,
  NicSpec,
  NicSysctls,
  NicTimelineEntry,
  PacketArrival,
  SoftnetRow,
} from "./nic/scenario.js";
export type {
  CallOutcome,
  CallRecord,
  EndpointSpec,
  NodeFigures,
  NodeSpec,
  PathSpec,
  ReadSpec,
  Side,
  TransferEvent,
  TransferFinal,
  TransferResult,
  TransferScenario,
  TransferTimelineEntry,
  WriteSpec,
} from "./transfer/scenario.js";
// Programs of one's own on a connection: docs/simulate.md.
export { type Connection, createConnection } from "./transfer/connection.js";
export { type Process, sleep, spawn } from "./process.js";
export { createEpoll, type Epoll, type EpollEvent } from "./transfer/programs/epoll.js";
export { type NodeLoop, runNode } from "./transfer/programs/node-loop.js";
export { createNodeSocket, type NodeSocket, type NodeSocketOptions } from "./transfer/programs/node-socket.js";
export { poll, select } from "./transfer/programs/poll.js";
export { read } from "./transfer/programs/read.js";
export { write } from "./transfer/programs/write.js";
export { errno, type StreamSocket } from "./transfer/stream-socket.js";
export { poll as pollEvents } from "./transfer/wait-queue.js";
