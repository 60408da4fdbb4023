// `sockscope/model`: the in-process model of the kernel's queues, in virtual time.
export { simulate, type SimulateOptions } from "./simulate.js";
export { observeModel, type SourceOptions } from "./source.js";
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
