// What the main thread and the observer thread say to each other. Everything else goes through shared memory.
import type { Finding } from "../explain/finding.js";
import type { Sample } from "../export/sample.js";
import type { NodeSide } from "../snapshot/connection.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import type { ResolvedOptions } from "./options/options.js";
import type { ConnectsHeard } from "./outgoing/connect-watch.js";

/** A listener that the main thread knows of: net.Server listens on this descriptor. */
export interface KnownServer {
  readonly fd: number;
  /** What `listen` was asked for; `undefined` when the call was not seen. */
  readonly listenBacklog?: number | undefined;
  /** The internal server of a cluster primary that hands out connections itself (SCHED_RR). */
  readonly roundRobin: boolean;
  /** A `tls.Server` or what is made of one. */
  readonly tls?: boolean | undefined;
  /** Where the main thread counts for it (server-slots.ts). */
  readonly slot?: number | undefined;
}

/** A socket whose Node side is wanted: the descriptor leads to it, the cookie says whether it is still the same. */
export interface AskedSocket {
  readonly fd: number;
  readonly cookie: bigint;
}

/** What the main thread knows of it. */
export interface NodeAnswer {
  readonly cookie: bigint;
  readonly node: NodeSide;
}

/** Main thread to observer. */
export type Request =
  | { readonly type: "listening"; readonly server: KnownServer }
  | { readonly type: "closed"; readonly fd: number }
  /** `tookMs`: what answering took of the main thread's time. */
  | { readonly type: "answers"; readonly answers: readonly NodeAnswer[]; readonly tookMs: number }
  | { readonly type: "connects"; readonly heard: ConnectsHeard }
  /** A flight record is wanted, at `path` if given. */
  | { readonly type: "record"; readonly id: number; readonly path: string | undefined }
  /** Somebody wants more than before (`wants`). */
  | { readonly type: "wanted" }
  | { readonly type: "stop" };

/** Where the flight record that was asked for is, or why there is none. */
export interface RecordAnswer {
  readonly id: number;
  readonly path?: string | undefined;
  readonly error?: string | undefined;
}

/** What the agent says of itself; also the payload of `status` lines. */
export interface Status {
  readonly state: "running" | "degraded" | "restarting" | "stopped";
  readonly reason?: string | undefined;
  /** Where the live page and the metrics are served, once they are: a URL, or the path of a unix socket. */
  readonly http?: string | undefined;
}

/** Observer to main thread; findings, samples and their log lines only while somebody listens (`wants`), questions about 20 sockets at
 * most. */
export type Report =
  | { readonly type: "finding"; readonly finding: Finding }
  | { readonly type: "sample"; readonly snapshot: Snapshot }
  | { readonly type: "sample-line"; readonly sample: Sample; readonly message: string }
  | { readonly type: "ask"; readonly sockets: readonly AskedSocket[] }
  /** Listen to what connect(2) returns for so long. */
  | { readonly type: "listen-connects"; readonly forMs: number }
  | { readonly type: "recorded"; readonly answer: RecordAnswer }
  /** `isUnsaid`: the observer cannot write where the log goes. */
  | { readonly type: "status"; readonly status: Status; readonly isUnsaid?: true };

/** Words that count who wants findings, samples, and a log line of each sample as messages; `boards`: who holds an agent and
 * can ask for the last snapshot, metrics and a record of the past at any time. */
export const wants = { findings: 0, samples: 1, sampleLines: 2, boards: 3, words: 4 } as const;

export type Wanted = Exclude<keyof typeof wants, "words">;

/** What of the options a thread can be given: functions cannot be cloned. */
export type ObserverOptions = Omit<ResolvedOptions, "logger">;

/** What the observer thread is started with. */
export interface ObserverData {
  /** Tells `register` and `start` in this thread that they are inside the observer. */
  readonly sockscope: "observer";
  readonly options: ObserverOptions;
  readonly board: SharedArrayBuffer;
  readonly metrics: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
  /** Exact accept waits; only with `detail: "connections"`. */
  readonly waits?: SharedArrayBuffer | undefined;
  readonly wants: SharedArrayBuffer;
  /** Servers that listen already. */
  readonly servers: readonly KnownServer[];
  readonly host: HostThread;
}

/** What bears on whether the main thread may be asked for its stack. */
export interface HostThread {
  readonly mainInspectorUrl: string | undefined;
  readonly permissionModel: boolean;
  readonly execArgv: readonly string[];
  readonly nodeOptions: string | undefined;
}

/** Whether a thread was started with this: then it is the observer. */
export const isObserverData = (data: unknown): data is ObserverData =>
  typeof data === "object" && data !== null && "sockscope" in data && data.sockscope === "observer";
