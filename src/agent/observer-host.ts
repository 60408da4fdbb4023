// The main thread's side of the one observer of this process: options, hook, shared memory, thread. Several agents
// share it; it ends with the last of them.
import inspector from "node:inspector";
import { registerLoop, threadCpuMs } from "../kernel/loops.js";
import { createBoardMemory, createMetricsReader, readBoard, type Shown } from "./shown/board.js";
import type { MetricFamily } from "../export/metrics/reading.js";
import type { AskedSocket, ObserverData, ObserverOptions, Report, Status, Wanted } from "./messages.js";
import { wants as wantWords } from "./messages.js";
import type { Observation } from "./observe.js";
import { lazy } from "./lazy.js";
import { createRecordRequests } from "./recorder/record-requests.js";
import { createServerSlots, createSlotMemory } from "./listeners/server-slots.js";
import { watchServers } from "./listeners/server-watch.js";
import { hasPermissionModel, startThread, type Thread } from "./thread.js";

export interface ObserverHost {
  shown(): Shown | undefined;
  /** As of the last interval. */
  metrics(): readonly MetricFamily[];
  /** How many want each. */
  want(counts: Readonly<Record<Wanted, number>>): void;
  /** A flight record: its path, or a rejection that says why there is none. */
  record(path: string | undefined): Promise<string>;
  stop(): Promise<void>;
}

export const startObserverHost = (options: ObserverOptions, onReport: (report: Report) => void): ObserverHost => {
  registerLoop();
  const detail = options.detail === "connections" ? openDetail() : undefined;
  const memory = {
    board: createBoardMemory(),
    metrics: createBoardMemory(),
    slots: createSlotMemory(),
    ...(detail ? { waits: detail.waits } : {}),
    wants: new SharedArrayBuffer(4 * wantWords.words),
  };
  const wanted = new Int32Array(memory.wants);
  let thread: Thread | undefined;
  let slow: Observation | undefined;
  /** How many are shown what an interval brings. */
  let shownTo = 0;
  const answerer = lazy(() => {
    const { createAnswerer }: typeof import("./node-side/answerer.js") = require("./node-side/answerer.js");
    return createAnswerer({ now: () => performance.now(), originOf: detail?.origins.of });
  });
  // Also without answers: the observer asks again when it has heard.
  const reply = (asked: readonly AskedSocket[]): void => {
    const began = threadCpuMs();
    const answers = answerer.get()(asked);
    const request = { type: "answers", answers, tookMs: threadCpuMs() - began } as const;
    thread?.post(request);
    slow?.handle(request);
  };
  const servers = watchServers(createServerSlots(memory.slots), {
    accepted: detail?.accepted,
    listening(server) {
      thread?.post({ type: "listening", server });
      slow?.handle({ type: "listening", server });
    },
    closed(fd) {
      thread?.post({ type: "closed", fd });
      slow?.handle({ type: "closed", fd });
    },
  });
  const connects = lazy(() => {
    const { createConnectWatch }: typeof import("./outgoing/connect-watch.js") = require("./outgoing/connect-watch.js");
    return createConnectWatch({
      times: detail !== undefined,
      tell(heard) {
        thread?.post({ type: "connects", heard });
        slow?.handle({ type: "connects", heard });
      },
    });
  });
  if (detail) connects.get().listen(Number.POSITIVE_INFINITY);
  const records = createRecordRequests((request) => {
    if (thread) thread.post(request);
    else records.answered({ id: request.id, error: "there is no observer thread here, which writes it" });
  });
  const serve = (report: Report): void => {
    if (report.type === "ask") reply(report.sockets);
    else if (report.type === "recorded") records.answered(report.answer);
    else if (report.type === "listen-connects") connects.get().listen(report.forMs);
    else onReport(report);
  };
  const reported = (report: Report): void => {
    try {
      serve(report);
    } catch {
      // Without a free descriptor nothing can be loaded that is needed for the first time: it is asked for again.
    }
  };
  const data = (): ObserverData => ({
    sockscope: "observer",
    options,
    ...memory,
    servers: servers.known(),
    host: {
      mainInspectorUrl: inspector.url(),
      permissionModel: hasPermissionModel(),
      execArgv: process.execArgv,
      nodeOptions: process.env.NODE_OPTIONS,
    },
  });
  const unhook = (): void => {
    servers.stop();
    connects.made?.stop();
    detail?.origins.stop();
  };
  const died = (reason: string, againMs: number | undefined): void => {
    const status = statusOf(reason, againMs);
    records.abandon(status.reason);
    for (const report of lastWords(status, { options, ...memory })) onReport(report);
  };
  try {
    thread = startThread(data, { report: reported, died });
  } catch (error) {
    slow = observeHere(data(), reported, `no Worker can be started: ${String(error)}`, unhook);
  }

  return {
    shown: () => readBoard(memory.board),
    metrics: createMetricsReader(memory.metrics),
    want({ findings, samples, sampleLines, boards }) {
      const [before, now] = [shownTo, samples + sampleLines + boards];
      shownTo = now;
      Atomics.store(wanted, wantWords.findings, findings);
      Atomics.store(wanted, wantWords.samples, samples);
      Atomics.store(wanted, wantWords.sampleLines, sampleLines);
      Atomics.store(wanted, wantWords.boards, boards);
      // It may rest for longer than an interval.
      if (now > before) thread?.post({ type: "wanted" });
    },
    record: records.ask,
    async stop() {
      unhook();
      slow?.stop();
      await thread?.stop();
    },
  };
};

/** What each connection is looked at for as it is accepted. */
const openDetail = () => {
  const waiting: typeof import("./listeners/accept-waits.js") = require("./listeners/accept-waits.js");
  const { watchOrigins }: typeof import("./node-side/origins.js") = require("./node-side/origins.js");
  const waits = waiting.createWaitMemory();
  return { waits, accepted: waiting.createWaitRecorder(waits), origins: watchOrigins() };
};

const statusOf = (reason: string, againMs: number | undefined): Status & { readonly reason: string } =>
  againMs === undefined
    ? { state: "stopped", reason: `the observer thread died again and is given up: ${reason}` }
    : { state: "restarting", reason: `the observer thread died: ${reason}; started anew in ${againMs} ms` };

/** Loaded only then; where no file can be opened any more, the application's own listeners are told at least. */
const lastWords = (
  status: Status,
  shown: Parameters<typeof import("./shown/death.js").tellDeath>[1],
): readonly Report[] => {
  try {
    const { tellDeath }: typeof import("./shown/death.js") = require("./shown/death.js");
    return tellDeath(status, shown);
  } catch {
    return [{ type: "status", status }];
  }
};

/** Everything that observes is only loaded where it runs: usually in the thread, not in the application's start. */
const observeHere = (
  data: ObserverData,
  report: (report: Report) => void,
  reason: string,
  undo: () => void,
): Observation => {
  try {
    const { observe }: typeof import("./observe.js") = require("./observe.js");
    return observe(data, report, { reason });
  } catch (error) {
    undo();
    throw error;
  }
};
