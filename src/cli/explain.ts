// `sockscope explain LOCAL [PEER]`: watches one connection or listener for a moment, and says in plain words what holds it.
import { setTimeout as wait } from "node:timers/promises";
import { jsonOf } from "../export/json.js";
import { readSysctl } from "../kernel/index.js";
import type { Missing } from "../snapshot/snapshot.js";
import { type Arguments, type Command, flag, type Io, text, UsageError } from "./command.js";
import { choose, type Explanation } from "./explain/choose.js";
import { createFollower, type Story } from "./explain/follow.js";
import { createNamedLook, findConnections, type Name } from "./explain/named-look.js";
import { parsePlace, type Place, servesAs } from "./explain/place.js";
import { requireReadings } from "./here.js";
import { holdersOfAll, holdersOfProcess } from "./outside/holders.js";
import { findListeners, listenersOf } from "./outside/listener-finder.js";
import { openPlace, type Outside, watchFrom } from "./outside/outside.js";
import { duringThis } from "./progress.js";
import { redactedExplanation, redactorHere } from "./redaction.js";
import { parseDurationMs, parseWhole } from "./values.js";
import { harmless } from "./view/harmless.js";
import { explanationLines, subjectOf } from "./view/explanation.js";

const tickMs = 100;

export const explain: Command = {
  name: "explain",
  summary: "one connection or listener in plain words: what holds it, why, what to do",
  usage: "LOCAL [PEER] [--pid N] [--duration 2s] [--json]",
  about: [
    "LOCAL and PEER: 127.0.0.1:3000, [::1]:3000, :3000, 3000; LOCAL also the path of a unix listener. With LOCAL alone a listener there is meant, with its connections; where several match, the one in most trouble is explained.",
    "Prints what is wrong or that nothing is, the evidence, what was ruled out, what to do, and what read(2) and write(2), or accept(2) and the next client, would meet now.",
    "Exit status 1 when there was a finding at warning or above.",
  ],
  positionals: { min: 1, max: 2, name: "LOCAL" },
  options: {
    pid: {
      type: "string",
      value: "N",
      about: "only sockets of this process, also in another network namespace (root)",
    },
    duration: { type: "string", value: "TIME", about: "how long to watch: 500ms, 2s, 1m; 2s when left out" },
    json: { type: "boolean", about: "print one JSON object: {finding, account, subject, matching, missing}" },
  },
  run: async (io, args) => {
    const plan = planOf(args);
    requireReadings("addon", "sock_diag");
    const target = openTarget(plan);
    io.atExit(() => target.outside.close());
    const story = await duringThis(io, "watching", follow(io, target, plan.durationMs));
    return tell(io, story, target, flag(args, "json"));
  },
};

interface Plan {
  readonly name: Name;
  readonly pid: number | undefined;
  readonly durationMs: number;
}

const planOf = (args: Arguments): Plan => {
  const [local = "", peer] = args.positionals;
  const pid = text(args, "pid");
  const name = { local: parsePlace("LOCAL", local), peer: peer === undefined ? undefined : parsePlace("PEER", peer) };
  if (name.peer && (name.local.path ?? name.peer.path) !== undefined)
    throw new UsageError("a unix socket has a path and no PEER");
  return {
    name,
    pid: pid === undefined ? undefined : parseWhole("--pid", pid, 1, 2 ** 22),
    durationMs: parseDurationMs("--duration", text(args, "duration") ?? "2s"),
  };
};

/** What was named: listeners and connections, and a source that reads them. */
export interface Target {
  readonly outside: Outside;
  readonly name: Name;
  readonly connections: number;
  readonly tcpRetries2: number | undefined;
}

/** Throws `UsageError` when nothing is there. */
const openTarget = ({ name, pid }: Plan): Target => {
  const holders = pid === undefined ? holdersOfAll() : holdersOfProcess(pid);
  const { diag, from } = openPlace(pid);
  try {
    const held = (inode: number | undefined): boolean =>
      pid === undefined || (inode !== undefined && holders.of(inode) !== undefined);
    const serving = name.peer ? [] : listenersOf(diag).filter(({ inode }) => held(inode));
    const best = Math.max(0, ...serving.map((row) => servesAs(name.local, row)));
    const meant = new Set(serving.flatMap((row) => (best > 0 && servesAs(name.local, row) === best ? row.cookie : [])));
    const found = findConnections(diag, name, held);
    if (found.length + meant.size === 0) throw new UsageError(nothingThere(name, pid));
    const tcpRetries2 = readSysctl("net.ipv4.tcp_retries2", from)?.[0];
    const finder = findListeners(diag, holders, ({ cookie }) => meant.has(cookie));
    const connections = createNamedLook(diag, holders, name, found);
    const outside = watchFrom({ diag, from, holders, finder, connections });
    return { outside, name, connections: found.length, tcpRetries2 };
  } catch (error) {
    diag.close();
    throw error;
  }
};

const inWords = ({ address = "*", port, path }: Place): string =>
  path ?? `${address.includes(":") ? `[${address}]` : address}:${port}`;

const nothingThere = ({ local, peer }: Name, pid: number | undefined): string => {
  const what = `socket with the local end ${inWords(local)}${peer ? ` and the peer ${inWords(peer)}` : ""}`;
  return pid === undefined
    ? `there is no ${what} in this network namespace (for another one use --pid)`
    : `pid ${pid} holds no ${what}`;
};

const follow = async (io: Io, target: Target, durationMs: number): Promise<Story> => {
  const until = performance.now() + durationMs;
  const follower = createFollower();
  while (!io.interrupted.aborted) {
    for (const snapshot of target.outside.read()) follower.see(snapshot);
    const leftMs = until - performance.now();
    if (leftMs <= 0) break;
    await wait(Math.min(tickMs, leftMs));
  }
  return follower.story(target.tcpRetries2);
};

const tell = (io: Io, story: Story, target: Target, json: boolean): number => {
  const chosen = choose(story);
  if (!chosen) throw new UsageError("what was named is gone: it was closed before it could be read");
  const explanation = redactedExplanation(chosen, redactorHere());
  const missing = target.outside.missing();
  if (json) io.print(jsonOf(asJson(explanation, story, target, missing)));
  else {
    const view = { width: Math.min(120, io.width()), paint: io.paint };
    io.print(
      explanationLines(
        { ...harmless({ explanation, name: target.name, missing }), story, connections: target.connections },
        view,
      ).join("\n"),
    );
  }
  const { finding } = explanation;
  return finding && finding.severity !== "info" ? 1 : 0;
};

const asJson = (
  explanation: Explanation,
  { listeners }: Story,
  { connections }: Target,
  missing: readonly Missing[],
): object => ({
  finding: explanation.finding ?? null,
  account: explanation.account,
  subject: subjectOf(explanation),
  matching: { listeners: listeners.length, connections },
  missing,
});
