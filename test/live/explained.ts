// `sockscope explain` on a transfer between two hosts of the lab, while ss(8) is asked again and again: what it says, and
// whether its figures are those of ss at the same time.
import type { ExecutionContext } from "ava";
import type { CallAccount } from "../../src/explain/connections/account.js";
import type { Evidence, Finding } from "../../src/explain/finding.js";
import { startCli } from "../cli/run-cli.js";
import { launch, type Program } from "../lab/child.js";
import { eventually } from "../lab/eventually.js";
import { compiled } from "../lab/root.js";
import { ss, type SsSocket } from "../lab/ss.js";
import type { EndSpec } from "../lab/transfer/apps/end.js";
import { type Host, layPath, type Path, type PathOptions } from "../lab/transfer/path.js";

/** Two hosts with programs that know nothing of sockscope; the near one's connection is explained. */
export interface Transfer extends Path {
  readonly near: Host;
  start(host: Host, spec: EndSpec): Promise<Program>;
  /** The near host's connection in ss, when it shows this. */
  until(what: string, shows: (socket: SsSocket) => boolean): Promise<SsSocket>;
}

const port = 3000;

export const layTransfer = async (t: ExecutionContext, options: PathOptions): Promise<Transfer> => {
  const defer = (undo: () => void | Promise<void>): void => t.teardown(undo);
  const path = await layPath(defer, options);
  return {
    ...path,
    start: async (host, spec) => {
      const argv = [process.execPath, compiled("transfer/apps/end.js"), JSON.stringify(spec)];
      const program = launch(defer, host.ns, { argv });
      await program.hear("ready");
      return program;
    },
    until: (what, shows) => eventually(what, () => connectionAt(path.near).find(shows), 20_000),
  };
};

const connectionAt = (host: Host): readonly SsSocket[] =>
  ss(`( sport = :${port} or dport = :${port} )`, host.ns.run).filter(({ state }) => state !== "LISTEN");

export interface Explained {
  readonly finding: Finding | null;
  readonly account: { readonly read: CallAccount; readonly write: CallAccount } | null;
  readonly status: number | null;
  /** What ss said of the connection before, meanwhile and after, with the clock in ms. */
  readonly seen: readonly { readonly at: number; readonly socket: SsSocket }[];
}

/** `sockscope explain LOCAL --pid PID --json`, and ss beside it. */
export const explainLive = async (near: Host, { pid }: Program, ...more: readonly string[]): Promise<Explained> => {
  const seen: Explained["seen"][number][] = [];
  const look = (): SsSocket => {
    const [socket] = connectionAt(near);
    if (!socket) throw new Error("ss shows no connection");
    seen.push({ at: performance.now(), socket });
    return socket;
  };
  const { local } = look();
  const { ended } = startCli(["explain", local, "--pid", String(pid), "--json", ...more]);
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  await eventually(
    "the explanation",
    () => {
      look();
      return isOver;
    },
    15_000,
  );
  const { stdout, stderr, status } = await ended;
  look();
  if (stdout === "") throw new Error(stderr);
  return { ...(JSON.parse(stdout) as Pick<Explained, "finding" | "account">), status, seen };
};

const numberOf = (word: string | undefined): number => Number(/^[\d.]+/.exec(word ?? "0")?.[0] ?? 0);
const memory = (name: string, { words }: SsSocket): number =>
  Number(new RegExp(`[(,]${name}(\\d+)[,)]`).exec(words.skmem ?? "")?.[1]);

/** Evidence by its name → the same figure as ss shows it. */
const figures: Readonly<Record<string, (socket: SsSocket) => number>> = {
  "written, not sent": ({ words }) => numberOf(words.notsent),
  "held back now": ({ words }) => numberOf(words.notsent),
  "peer's window": ({ words }) => numberOf(words.snd_wnd),
  "in flight": ({ words }) => numberOf(words.unacked),
  "in flight, unanswered": ({ words }) => numberOf(words.unacked),
  waiting: ({ sendQ }) => sendQ,
  "received, not read": ({ recvQ }) => recvQ,
  "send buffer": (socket) => memory("tb", socket),
  "send buffer used": (socket) => memory("w", socket),
  "of it used": (socket) => memory("w", socket),
  "receive buffer": (socket) => memory("rb", socket),
  "receive buffer used": (socket) => memory("r", socket),
  "held out of order": (socket) => memory("r", socket),
  "doublings of the probe timer": ({ words }) => numberOf(words.backoff),
  "doublings of the timer": ({ words }) => numberOf(words.backoff),
  "timeouts in a row": ({ words }) => Number(/,(\d+)\)$/.exec(words.timer ?? "")?.[1] ?? 0),
  "peer last heard": ({ words }) => numberOf(words.lastack),
  "congestion window": ({ words }) => numberOf(words.cwnd),
  "slow-start threshold": ({ words }) => numberOf(words.ssthresh),
  "round-trip time": ({ words }) => numberOf(words.rtt),
  "least round-trip time": ({ words }) => numberOf(words.minrtt),
  "least round trip": ({ words }) => numberOf(words.minrtt),
  "out-of-order packets": ({ words }) => numberOf(words.rcv_ooopack),
};

/** Evidence is rounded: to whole ones from ten on, else to hundredths. */
const rounding = (value: number): number => (value < 10 ? 0.005 : 0.5);

/** What moved may have been beyond what it was at the looks of ss; what did not is equal. */
const beyond = 0.25;

const isWithin = (value: number, seen: readonly number[]): boolean => {
  const [least, most] = [Math.min(...seen), Math.max(...seen)];
  const room = beyond * (most - least) + rounding(value);
  return value >= least - room && value <= most + room;
};

/** Every figure of the finding that ss shows too lies between what ss showed; returns which were compared. */
export const agreeWithSs = (t: ExecutionContext, { finding, seen }: Explained): readonly string[] => {
  const compared = (finding?.evidence ?? []).flatMap(({ name, value }: Evidence) => {
    const figure = figures[name];
    return figure && typeof value === "number" ? [{ name, value, ss: seen.map(({ socket }) => figure(socket)) }] : [];
  });
  for (const { name, value, ss: shown } of compared)
    t.true(isWithin(value, shown), `${name}: ${value}, ss showed ${Math.min(...shown)} to ${Math.max(...shown)}`);
  return compared.map(({ name }) => name);
};

/** The rate at which bytes were acknowledged (or received), as ss shows it over the watch, bytes a second. */
export const rateInSs = ({ seen }: Explained, word: "bytes_acked" | "bytes_received"): number => {
  const [first, last] = [seen[0]!, seen.at(-1)!];
  return ((numberOf(last.socket.words[word]) - numberOf(first.socket.words[word])) / (last.at - first.at)) * 1000;
};

/** `symptom/cause severity`. */
export const outlineOf = ({ finding }: Explained): string =>
  finding === null ? "nothing" : `${finding.symptom}/${finding.cause} ${finding.severity}`;
