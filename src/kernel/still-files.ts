// Whether files of /proc say what they said the time before, and their bytes for whoever compares them without JavaScript
// (addon/napi/quiet_watch.cc).
import type { AheadFile, ReadAhead } from "./read-ahead.js";

/** The file whose path ends so; `isHead`: only its first line counts. */
export interface StillName {
  readonly path: string;
  readonly isHead?: boolean | undefined;
}

/** As the addon takes them: five words each (addon/kernel/read_files.hh), and the bytes that each begins with. */
export interface StillFiles {
  readonly places: Int32Array;
  readonly memory: Uint8Array;
}

export interface Stillness {
  /** After they were read ahead: the files, where all of them were read and say what they said the time before. */
  look(): StillFiles | undefined;
}

const newline = 0x0a;
/** What is longer is never the same. */
const room = 8192;

const bytesOf = ({ bytes, found = 0 }: AheadFile, isHead: boolean): Buffer =>
  bytes.subarray(0, isHead ? bytes.indexOf(newline) + 1 : Math.max(0, found));

export const createStillness = (ahead: Pick<ReadAhead, "find">, names: readonly StillName[]): Stillness => {
  const memory = Buffer.alloc(names.length * room);
  const places = new Int32Array(names.length * 5);

  /** Takes it down; whether it says the same. */
  const take = ({ path, isHead = false }: StillName, i: number): boolean => {
    const file = ahead.find(path);
    const bytes = file ? bytesOf(file, isHead) : Buffer.alloc(0);
    const start = i * room;
    const before = memory.subarray(start, start + places[5 * i + 3]!);
    const isSame = bytes.length > 0 && bytes.length <= room && bytes.equals(before);
    bytes.copy(memory, start, 0, room);
    places.set([file?.fd ?? -1, start, room, Math.min(bytes.length, room), 0], 5 * i);
    return isSame;
  };
  return {
    look: () => (names.map(take).every((isSame) => isSame) ? { places, memory } : undefined),
  };
};
