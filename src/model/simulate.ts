// Runs a scenario and says what came of it. The same scenario gives the same result, byte for byte.
import type { Sysctls } from "../snapshot/snapshot.js";
import type { NicSysctls } from "./nic/scenario.js";
import { type Result, type ResultOf, runScenario, type Scenario } from "./kinds.js";
import { parseScenario } from "./validate.js";

export interface SimulateOptions {
  /** This machine's settings, for `"sysctl": { "base": "host" }`: `readSysctls()` of `sockscope/kernel`, net.core.netdev_*. */
  readonly host?: (Sysctls & NicSysctls) | undefined;
  /** … and its kernel: `release()` of `node:os`. */
  readonly release?: string | undefined;
}

/**
 * Runs a scenario as it stands in a file (contract: `sockscope simulate`).
 * @throws ScenarioError with the JSON path, what stood there and what is accepted.
 */
export function simulate<Given extends Scenario>(scenario: Given, options?: SimulateOptions): ResultOf<Given>;
export function simulate(scenario: unknown, options?: SimulateOptions): Result;
export function simulate(scenario: unknown, options: SimulateOptions = {}): Result {
  return runScenario(parseScenario(scenario, options.host, options.release));
}
