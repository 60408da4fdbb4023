// The hosts and programs of one scenario, and their end.
import { setTimeout as delay } from "node:timers/promises";
import { launch, type Program } from "../child.js";
import type { Defer } from "../command.js";
import { eventually } from "../eventually.js";
import { createLog, type Log } from "../log.js";
import { compiled, register } from "../root.js";
import { layPath } from "./path.js";
import type { App, Scenario, Site } from "./scenario.js";

/** `sample`: at that level the observer says when it runs, and that it still does. */
const agentEnv = (log: Log): Record<string, string> => ({ SOCKSCOPE_LOG: log.path, SOCKSCOPE_LOG_LEVEL: "sample" });

const commandLine = ({ script, spec, agent }: App): readonly string[] => [
  process.execPath,
  ...(agent ? ["--import", register] : []),
  compiled(`transfer/apps/${script}`),
  JSON.stringify(spec ?? null),
];

export interface OpenSite {
  readonly site: Site;
  /** Epoch ms; `undefined`: not yet. */
  readonly faultAt: () => number | undefined;
  /** Processes that loaded the agent, but those that the scenario has ended. */
  readonly watched: () => readonly number[];
}

/** Makes the hosts of a scenario; everything is undone by `defer`. */
export const openSite = async (defer: Defer, scenario: Scenario): Promise<OpenSite> => {
  const log = createLog(defer);
  const path = await layPath(defer, scenario);
  const over = new AbortController();
  defer(() => over.abort());
  const watched = new Set<number>();
  let faultAt: number | undefined;
  const site: Site = {
    ...path,
    log,
    defer,
    over: over.signal,
    start: async (host, app) => {
      const env = { ...(app.agent ? agentEnv(log) : {}), ...app.env };
      const program = launch(defer, host.ns, { argv: commandLine(app), env });
      await program.hear("ready");
      if (app.agent) {
        watched.add(program.pid);
        await eventually("the observer's first line", () => log.lines().some(({ pid }) => pid === program.pid));
      }
      const end: Program["end"] = async (signal) => {
        watched.delete(program.pid);
        await program.end(signal);
      };
      return { ...program, end };
    },
    faultBegins: () => {
      faultAt ??= Date.now();
    },
    eventually,
    lasts: (ms) => delay(ms, undefined, { signal: over.signal }),
  };
  return { site, faultAt: () => faultAt, watched: () => [...watched] };
};
