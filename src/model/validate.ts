// A scenario as it stands in a file: told by its kind, checked, and completed with the host's settings.
import type { Sysctls } from "../snapshot/snapshot.js";
import type { NicSysctls } from "./nic/scenario.js";
import { fail, isObject } from "./checks.js";
import { type Kind, kinds, type Scenario } from "./kinds.js";

/** Returns the scenario with the host's settings and kernel under the given ones where `base` asks for them. */
export function parseScenario(value: unknown, host?: Sysctls & NicSysctls, release?: string): Scenario {
  if (!isObject(value)) return fail("$", value, "an object with kind");
  const { kind } = value;
  if (typeof kind !== "string" || !Object.hasOwn(kinds, kind))
    return fail(
      "$.kind",
      kind,
      Object.keys(kinds)
        .map((name) => JSON.stringify(name))
        .join(" or "),
    );
  kinds[kind as Kind].check(value, "$");
  const scenario = value as unknown as Scenario;
  if (scenario.sysctl?.base !== "host") return scenario;
  if (!host) return fail("$.sysctl.base", "host", '"linux" (this machine\'s settings were not handed over)');
  const known = Object.fromEntries(Object.entries(host).filter(([, setting]) => setting !== undefined));
  const kernel = scenario.kind === "accept" ? { kernel: scenario.kernel ?? release } : {};
  return { ...scenario, ...kernel, sysctl: { ...known, ...scenario.sysctl, base: "linux" } };
}
