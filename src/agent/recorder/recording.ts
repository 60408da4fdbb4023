// The flight recorder in its place: it is shown every frame from the start, since it can be asked for the past at any time. A
// quiet server's frame has about 1 KB and costs some 10 µs a second, a busy one's 10 KB and 0.1 ms.
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
}

export const createRecording = (options: ObserverOptions, { viewers, tell }: Around): Recording => {
  const started = Date.now();
  const { httpToken: _token, redactKey: _key, ...told } = options;
  const recorder = createRecorder({
    folder: options.record,
    header: () => recordHeader({ pid: process.pid, started, options: told }),
    say: (reason, isProblem) => tell({ type: "status", status: { state: isProblem ? "degraded" : "running", reason } }),
  });
  const leave = viewers.add(recorder);
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
