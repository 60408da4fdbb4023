// `sockscope/model`: the in-process model of the kernel's queues, in virtual time.
export { simulate, type SimulateOptions } from "./simulate.js";
export { observeModel, type SourceOptions } from "./source.js";
export { type ArrivalStep, newArrivals } from "./new-arrivals.js";
export { type Measured, type Predicted, type Remedy, type WhatIf, whatIf } from "./what-if.js";
export { parseScenario, ScenarioError } from "./validate.js";
export type {
  AcceptCall,
  AcceptResult,
  AcceptScenario,
  Arrival,
  BlockingServerSpec,
  ConnectRecord,
  EventLoopSpec,
  Outcome,
  Pattern,
  Pause,
  Stall,
  TimelineEntry,
} from "./scenario.js";
