// The flight recorder in its place: it is shown every frame from when on somebody can ask for the past. A quiet server's
// frame has about 1 KB and costs some 0.1 ms a second, a busy one's 10 KB and more.
import { errorMessage } from "../../errors.js";
import type { ObserverOptions, Report, Request } from "../messages.js";
import type { Viewers } from "../shown/viewers.js";
import { recordHeader } from "./record-header.js";
import { createRecorder, type Recorder } from "./recorder.js";

type RecordRequest = Extract<Request, { type: "record" }>;

export interface Recording extends Pick<Recorder, "lines" | "close"> {
  asked(request: RecordRequest): void;
}

export interface Around {
  readonly viewers: Viewers;
  readonly tell: (report: Report) => void;
  /** The application holds an agent, and could ask. */
  readonly isHeld: () => boolean;
}

export const createRecording = (options: ObserverOptions, { viewers, tell, isHeld }: Around): Recording => {
  const started = Date.now();
  const { httpToken: _token, redactKey: _key, ...told } = options;
  const recorder = createRecorder({
    folder: options.record,
    header: () => recordHeader({ pid: process.pid, started, options: told }),
    say: (reason, isProblem) => tell({ type: "status", status: { state: isProblem ? "degraded" : "running", reason } }),
  });
  const leave = viewers.add(recorder, () => options.record !== "off" || options.http !== "off" || isHeld());
  return {
    lines: recorder.lines,
    asked({ id, path }) {
      try {
        tell({ type: "recorded", answer: { id, path: recorder.write(path) } });
      } catch (error) {
        tell({ type: "recorded", answer: { id, error: errorMessage(error) } });
      }
    },
    close() {
      leave();
      recorder.close();
    },
  };
};
