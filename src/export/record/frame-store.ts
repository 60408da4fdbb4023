// The last minutes of frames, as the lines that a record has: bounded in bytes and in time.

export interface FrameStore {
  /** `at`: the frame's monotonic ms. */
  add(at: number, line: string): void;
  /** Oldest first. */
  lines(): readonly string[];
  readonly bytes: number;
}

/** Some minutes of a busy server at an interval of a second; a quiet one's frames are a tenth of its size. */
const mostBytes = 2 * 1024 * 1024;
const mostMs = 10 * 60_000;

export const createFrameStore = (limits: { readonly bytes?: number; readonly ms?: number } = {}): FrameStore => {
  const { bytes: bytesAtMost = mostBytes, ms: msAtMost = mostMs } = limits;
  const kept: { readonly at: number; readonly line: string; readonly bytes: number }[] = [];
  let bytes = 0;
  return {
    add(at, line) {
      const size = Buffer.byteLength(line) + 1;
      kept.push({ at, line, bytes: size });
      bytes += size;
      for (let oldest = kept[0]; oldest; oldest = kept[0]) {
        if (bytes <= bytesAtMost && at - oldest.at <= msAtMost) break;
        bytes -= oldest.bytes;
        kept.shift();
      }
    },
    lines: () => kept.map(({ line }) => line),
    get bytes(): number {
      return bytes;
    },
  };
};
