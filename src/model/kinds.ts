// The kinds of scenario: how each is checked and run.
import { runAccept } from "./accept/run.js";
import type { AcceptResult, AcceptScenario } from "./accept/scenario.js";
import { checkAccept } from "./accept/validate.js";
import type { Check } from "./checks.js";
import { runNic } from "./nic/run.js";
import type { NicResult, NicScenario } from "./nic/scenario.js";
import { checkNic } from "./nic/validate.js";
import { runTransfer } from "./transfer/run.js";
import type { TransferResult, TransferScenario } from "./transfer/scenario.js";
import { checkTransfer } from "./transfer/validate.js";

interface Scenarios {
  readonly accept: AcceptScenario;
  readonly transfer: TransferScenario;
  readonly nic: NicScenario;
}
interface Results {
  readonly accept: AcceptResult;
  readonly transfer: TransferResult;
  readonly nic: NicResult;
}

export type Kind = keyof Scenarios;
export type Scenario = Scenarios[Kind];
export type Result = Results[Kind];
export type ResultOf<Given extends Scenario> = Results[Given["kind"]];

interface KindOf<Name extends Kind> {
  /** Throws ScenarioError. */
  readonly check: Check;
  /** Runs a scenario that is known to be well formed. */
  run(scenario: Scenarios[Name]): Results[Name];
}

export const kinds: { readonly [Name in Kind]: KindOf<Name> } = {
  accept: { check: checkAccept, run: runAccept },
  nic: { check: checkNic, run: runNic },
  transfer: { check: checkTransfer, run: runTransfer },
};

/** Runs a scenario that is known to be well formed. */
export const runScenario = (scenario: Scenario): Result =>
  (kinds[scenario.kind] as unknown as KindOf<Kind>).run(scenario);
