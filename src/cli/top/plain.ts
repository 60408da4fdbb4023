// The view for a pipe: a block of plain lines for each interval.
import type { Frame, FrameListener } from "../../export/frame/frame.js";
import { whole, shortBytes, shortShare, shortTime } from "./figures.js";
import { counterWords, nicWords } from "./network-panel.js";
import type { TopState } from "./state.js";
import { shownRows } from "./orders.js";
import { placesIn, whyOf } from "./subjects.js";

type Words = readonly (string | false | undefined)[];

const line = (parts: Words): string =>
  parts
    .filter((part): part is string => typeof part === "string" && part !== "")
    .join("  ")
    .trimEnd();

const says = (before: string, value: string | undefined, after = ""): string | undefined =>
  value === undefined ? undefined : `${before}${value}${after}`;

const headWords = ({ time, process, loops, connections, observerShare }: Frame, what: string): Words => [
  new Date(time).toISOString(),
  what,
  says("CPU ", shortShare(process?.mainCpuShare)),
  says("loop idle ", shortShare(loops.find(({ main }) => main)?.idleShare)),
  says("CPU wait ", shortShare(process?.mainWaitShare)),
  process?.fds && `fds ${whole(process.fds.open)} of ${whole(process.fds.limit)}`,
  connections && `${whole(connections.total)} connections`,
  says("sockscope itself ", shortShare(observerShare)),
];

const listenerWords = (row: FrameListener): Words => [
  `  listener ${row.id}`,
  says("pid ", row.pid?.toString()),
  `queue ${whole(row.length)}/${whole(placesIn(row))}`,
  `peak ${whole(row.peak)}`,
  says("new drops ", row.dropped?.toString()),
  says("drops ", row.drops?.toString()),
  says("oldest ", shortTime(row.oldestMs)),
];

/** Rows of each kind: who wants all takes --json. */
const most = 10;

const more = (count: number, what: string): readonly string[] =>
  count > most ? [`  … ${whole(count - most)} more ${what} (--json has them)`] : [];

/** The block of one interval: nothing in it but text. */
export const plainLines = (state: TopState): readonly string[] => {
  const { frame, what } = state;
  if (!frame) return [];
  const { listeners, findings, connections, network } = shownRows(state);
  const named = connections.filter((row) => row.findings.length > 0);
  const active = findings.filter((finding) => finding.state === "active");
  return [
    line(headWords(frame, what)),
    ...listeners.slice(0, most).map((row) => line(listenerWords(row))),
    ...more(listeners.length, "listeners"),
    ...active.map(({ severity, symptom, cause, summary }) => `  ${severity} ${symptom}: ${cause}: ${summary}`),
    ...named
      .slice(0, most)
      .map((row) =>
        line([
          `  connection ${row.local ?? "*"} - ${row.remote ?? "*"}`,
          row.state,
          says("recv-Q ", shortBytes(row.recvQBytes)),
          says("send-Q ", shortBytes(row.sendQBytes)),
          says("rtt ", shortTime(row.rttMs)),
          whyOf(row, frame),
        ]),
      ),
    ...more(named.length, "connections in trouble"),
    ...network
      .filter(({ rxPacketRate }) => rxPacketRate !== undefined)
      .slice(0, most)
      .map((nic) => `  ${line(nicWords(nic))}`),
    ...[counterWords(frame.counters)].filter((words) => words.length > 0).map((words) => `  ${line(words)}`),
  ];
};
