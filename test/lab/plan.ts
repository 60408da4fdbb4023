// An experiment as data: a server, what is done to it, what arrives, and what the agent must say about it.
import type { ExecutionContext } from "ava";
import type { Finding } from "../../src/explain/finding.js";
import type { ClientSpec } from "./client.js";
import type { Defer } from "./command.js";
import { eventually } from "./eventually.js";
import { expectFinding, expectNothingElse, withinMs } from "./experiment.js";
import { type Grounds, prepareGrounds } from "./grounds.js";
import type { Expected } from "./judge.js";
import type { ListenerSpec } from "./server.js";
import { type Load, prepareLoad, type Site, type SiteOptions, startSite } from "./site.js";
import type { Wire } from "./wire.js";

export interface Step extends ClientSpec {
  /** Begins so long after the step before it. */
  readonly afterMs?: number | undefined;
}

export interface Plan {
  readonly expected: Expected;
  readonly listeners: readonly ListenerSpec[];
  readonly site?: Partial<SiteOptions> | undefined;
  readonly wire?: Wire | undefined;
  readonly settings?: Readonly<Record<string, number>> | undefined;
  /** Done when the server is up and the clients stand ready. */
  readonly before?: ((site: Site, grounds: Grounds, defer: Defer) => Promise<void>) | undefined;
  readonly clients: readonly Step[];
  /** After the last step began: when the symptom and its cause are there to be seen. */
  readonly evidentMs: number;
}

export interface Outcome {
  readonly finding: Finding;
  readonly site: Site;
  readonly grounds: Grounds;
  readonly loads: readonly Load[];
}

/** Carries the plan out; the finding must be in time and alone. */
export const carryOut = async (t: ExecutionContext, defer: Defer, plan: Plan): Promise<Outcome> => {
  const grounds = await prepareGrounds(defer, plan);
  const listeners = plan.listeners.map((spec) => ({ ...spec, host: grounds.host }));
  const site = await startSite(defer, grounds.servers, { listeners, ...plan.site });
  const ready = plan.clients.map((spec) => prepareLoad(defer, grounds.clients, { ...spec, host: grounds.host }));
  const loads = await Promise.all(ready);
  await plan.before?.(site, grounds, defer);
  let begunAt = Date.now();
  for (const [index, load] of loads.entries()) {
    const dueAt = begunAt + (plan.clients[index]?.afterMs ?? 0);
    await eventually("the step's time", () => Date.now() >= dueAt);
    await load.go();
    begunAt = Date.now();
  }
  const { finding } = await expectFinding(t, site.log, plan.expected, begunAt + plan.evidentMs + withinMs);
  await expectNothingElse(t, site.log, plan.expected);
  return { finding, site, grounds, loads };
};
