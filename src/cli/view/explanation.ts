// What `explain` prints: whose it is, the sentence with its evidence, what read(2) and write(2) would do, what else matches.
import type { CallAccount } from "../../explain/connections/account.js";
import { socketStepOf } from "../../explain/connections/socket-step.js";
import type { Subject } from "../../explain/finding.js";
import { bytes, bytesPerSecond, count, duration, placeOf } from "../../explain/format.js";
import type { ConnectionReading } from "../../snapshot/connection.js";
import type { ListenerReading, Missing } from "../../snapshot/snapshot.js";
import type { Explanation } from "../explain/choose.js";
import { type Followed, lastOf, type Story } from "../explain/follow.js";
import type { Name } from "../explain/named-look.js";
import { wrap } from "./columns.js";
import { findingLines, type View } from "./finding.js";

export interface Told {
  readonly explanation: Explanation;
  readonly story: Story;
  readonly name: Name;
  /** How many connections match. */
  readonly connections: number;
  readonly missing: readonly Missing[];
}

const localOf = ({ localAddress: address, localPort: port, path }: ConnectionReading): string =>
  placeOf({ address, port, path });
const peerOf = ({ remoteAddress: address, remotePort: port }: ConnectionReading): string | undefined =>
  address === undefined ? undefined : placeOf({ address, port });

/** What the explanation is about, as plain data. */
export const subjectOf = ({ about }: Explanation): Subject & { readonly state?: string | undefined } => {
  if ("listener" in about) {
    const { address, port, path, pid, fd } = about.listener;
    return { kind: "listener", address, port, path, pid, fd };
  }
  const reading = lastOf(about.connection);
  const { localAddress: address, localPort: port, path, pid, fd, state } = reading;
  return { kind: "connection", address, port, path, peer: peerOf(reading), pid, fd, state };
};

const ownerOf = ({ pid, fd }: { readonly pid?: number | undefined; readonly fd?: number | undefined }): string =>
  `${pid === undefined ? "" : ` of pid ${pid}`}${fd === undefined ? "" : ` (fd ${fd})`}`;

const titleOf = ({ about }: Explanation): string => {
  if ("listener" in about) return `listener ${placeOf(about.listener)}${ownerOf(about.listener)}`;
  const reading = lastOf(about.connection);
  const { transport, state, congestion } = reading;
  const kind =
    transport === "tcp" ? `${state ?? "tcp"}${congestion === undefined ? "" : `, ${congestion}`}` : transport;
  return `${localOf(reading)} - ${peerOf(reading) ?? "*"}${ownerOf(reading)}, ${kind}`;
};

const waitsOf = ({ recvQBytes = 0, sendQBytes = 0 }: ConnectionReading): string => {
  const parts = [
    ...(recvQBytes > 0 ? [`${bytes(recvQBytes)} wait to be read`] : []),
    ...(sendQBytes > 0 ? [`${bytes(sendQBytes)} are not acknowledged yet`] : []),
  ];
  return parts.length === 0 ? "nothing waits" : parts.join(", ");
};

const quietConnection = ({ looks }: Followed): string => {
  const [first, last] = [looks[0]!, looks.at(-1)!];
  const ms = last.at - first.at;
  const { ackedBytes = 0, receivedBytes = 0 } = socketStepOf(first.reading, last.reading, ms);
  const moved = (what: string, n: number): string =>
    n === 0 ? `${what} nothing` : `${what} ${bytes(n)} (${bytesPerSecond((n / ms) * 1000)})`;
  const figures =
    last.reading.transport === "tcp" ? `${moved("sent", ackedBytes)}, ${moved("received", receivedBytes)}; ` : "";
  return `Nothing is wrong: in ${duration(ms)} it ${figures}${waitsOf(last.reading)}.`;
};

const quietListener = ({ length, limit, drops }: ListenerReading, newDrops: number, connections: number): string => {
  const dropped =
    drops === undefined ? "" : `, ${count(newDrops, "segment")} dropped meanwhile (${drops} since it exists)`;
  const held = connections === 0 ? "" : `; ${count(connections, "connection")}, none in trouble`;
  return `Nothing is wrong: ${length} of ${limit + 1} places in the accept queue are taken${dropped}${held}.`;
};

type CallWords = Pick<CallAccount, "why" | "until">;

const callLines = (call: string, { why, until }: CallWords, { width, paint }: View): readonly string[] => [
  ...wrap(why, width, `  ${paint("dim", call)}${" ".repeat(11 - call.length)}`, " ".repeat(15)),
  ...(until === undefined ? [] : wrap(until, width, " ".repeat(13), " ".repeat(15))),
];

const callsOf = (account: Explanation["account"]): readonly (readonly [call: string, CallWords])[] =>
  "read" in account
    ? [
        ["read(2)", account.read],
        ["write(2)", account.write],
      ]
    : [
        ["accept(2)", account.accept],
        ["a client", account.connect],
      ];

const othersLines = ({ explanation: { about }, connections, name }: Told, { width }: View): readonly string[] => {
  if (connections < 2 || "listener" in about) return [];
  const { address, port } = name.local;
  const local = address === undefined ? port : placeOf(name.local);
  const words = `${count(connections, "connection")} match; this is the one in most trouble. To name one: sockscope explain ${local} PEER (ss -tn 'sport = :${port}' lists them).`;
  return ["", ...wrap(words, width)];
};

export const explanationLines = (told: Told, view: View): readonly string[] => {
  const { explanation, story, connections, missing } = told;
  const { finding, about, account } = explanation;
  const quiet =
    "listener" in about
      ? quietListener(about.listener, story.newDrops, connections)
      : quietConnection(about.connection);
  return [
    view.paint("bold", titleOf(explanation)),
    ...(finding ? findingLines(finding, view, Number.POSITIVE_INFINITY) : wrap(quiet, view.width, "  ")),
    ...callsOf(account).flatMap(([call, words]) => callLines(call, words, view)),
    ...othersLines(told, view),
    ...(missing.length === 0 ? [] : ["", "Not seen:"]),
    ...missing.flatMap(({ source, reason }) => wrap(`${source}: ${reason}`, view.width, "  ", "    ")),
  ];
};
