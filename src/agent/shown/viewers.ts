// Who is shown frames: the endpoint, the flight recorder. A frame is only put together while somebody wants it, once for
// all, and what a viewer throws stays here.
import type { Finding } from "../../explain/finding.js";
import type { Frame } from "../../export/frame/frame.js";
import { createFrames, type Frames, type Seen } from "../../export/frame/frames.js";
import { jsonOf } from "../../export/json.js";
import type { Redactor } from "../../export/redact.js";
import type { Snapshot } from "../../snapshot/snapshot.js";
import { redactedSnapshot } from "./told-snapshot.js";

export interface Viewer {
  /** Once an interval. `json`: the frame as one line, made when it is first asked for. */
  frame?(frame: Frame, json: () => string): void;
  /** At once, as it was told to the log. */
  finding?(finding: Finding): void;
  /** The very snapshot that ends an interval: nothing of it is hidden. */
  snapshot?(snapshot: Snapshot): void;
}

export interface Viewers {
  /** Returns what takes it away again. `isWanted`: it is shown nothing before an interval ends at which that is so. */
  add(viewer: Viewer, isWanted?: () => boolean): () => void;
  look(seen: Seen): void;
  interval(snapshot: Snapshot, findings: readonly Finding[]): void;
  finding(finding: Finding): void;
  /** Somebody is shown frames, or would be when an interval ends. */
  readonly isWatched: boolean;
}

/** `failed` hears of the first that throws. */
export const createViewers = (redact: Redactor, failed: (reason: string) => void): Viewers => {
  const viewers = new Set<Viewer>();
  const waiting = new Map<Viewer, () => boolean>();
  let frames: Frames | undefined;
  let hasFailed = false;

  const each = (show: (viewer: Viewer) => void): void => {
    for (const viewer of viewers)
      try {
        show(viewer);
      } catch (error) {
        if (!hasFailed) failed(String(error));
        hasFailed = true;
      }
  };
  const admit = (): void => {
    for (const [viewer, isWanted] of waiting) {
      if (!isWanted()) continue;
      waiting.delete(viewer);
      viewers.add(viewer);
      frames ??= createFrames();
    }
  };
  return {
    add(viewer, isWanted = () => true) {
      waiting.set(viewer, isWanted);
      admit();
      return () => {
        waiting.delete(viewer);
        viewers.delete(viewer);
        if (viewers.size === 0) frames = undefined;
      };
    },
    look: (seen) => frames?.look(seen),
    interval(snapshot, findings) {
      admit();
      if (!frames) return;
      const frame = frames.compose(redactedSnapshot(snapshot, redact), findings);
      let text: string | undefined;
      const json = (): string => (text ??= jsonOf(frame));
      each((viewer) => {
        viewer.snapshot?.(snapshot);
        viewer.frame?.(frame, json);
      });
    },
    finding: (finding) => each((viewer) => viewer.finding?.(finding)),
    get isWatched() {
      return frames !== undefined || [...waiting.values()].some((isWanted) => isWanted());
    },
  };
};
