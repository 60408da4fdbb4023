// Files that one look reads together, by one native call (addon/kernel/read_files.cc): each costs 2 µs there, and 5 to 10
// where JavaScript that runs once a second asks for it. Most of them say the same as the time before. What nobody asked for
// after the last time is left out.
import { binding } from "../binding.js";

/** One of the files, as whoever keeps it open sees it. */
export interface AheadFile {
  readonly path: string;
  /** -1: it is closed. */
  fd: number;
  /** Bytes that it is expected to have at most; what is longer has to be read on its own. */
  room: number;
  bytes: Buffer;
  /** The length that was found, or a negative errno; `undefined`: it was not read, or that is old. */
  found: number | undefined;
  /** Somebody asked for it since they were last read together. */
  isWanted: boolean;
  /** Another number for other bytes. */
  version: number;
}

export interface ReadAhead {
  /** Reads them all now: until `forget`, that is what whoever reads one of them is told. */
  read(): void;
  forget(): void;
  /** The one whose path ends so; `undefined`: none such was read. */
  find(name: string): AheadFile | undefined;
  add(path: string): AheadFile;
  remove(file: AheadFile): void;
}

const wordsAPlace = 5;
const [sizeWord, sameWord] = [3, 4];
/** What most of them fit into. */
const roomAtFirst = 512;

export const createReadAhead = (): ReadAhead => {
  const files = new Set<AheadFile>();
  let laid: readonly AheadFile[] = [];
  let places = new Int32Array();
  let memory: Uint8Array = new Uint8Array();

  const isLaid = (open: readonly AheadFile[]): boolean =>
    open.length === laid.length &&
    open.every((file, i) => file === laid[i] && file.fd === places[i * wordsAPlace] && file.room === file.bytes.length);
  const lay = (open: readonly AheadFile[]): void => {
    laid = open;
    places = new Int32Array(open.length * wordsAPlace);
    const whole = Buffer.allocUnsafeSlow(open.reduce((sum, { room }) => sum + room, 0));
    memory = whole;
    let start = 0;
    open.forEach((file, i) => {
      places.set([file.fd, start, file.room, -1, 0], i * wordsAPlace);
      file.bytes = whole.subarray(start, start + file.room);
      start += file.room;
    });
  };
  const forget = (): void => {
    for (const file of files) file.found = undefined;
  };
  return {
    read() {
      forget();
      const open = [...files].filter(({ fd, isWanted }) => fd >= 0 && isWanted);
      if (!binding || open.length === 0) return;
      if (!isLaid(open)) lay(open);
      binding.readFiles(places, memory);
      laid.forEach((file, i) => {
        file.found = places[i * wordsAPlace + sizeWord];
        file.isWanted = false;
        if (places[i * wordsAPlace + sameWord] === 0) file.version += 1;
      });
    },
    forget,
    find: (name) => [...files].find(({ path, found }) => found !== undefined && path.endsWith(name)),
    add(path) {
      const bytes = Buffer.alloc(0);
      const file: AheadFile = { path, fd: -1, room: roomAtFirst, bytes, found: undefined, isWanted: true, version: 0 };
      files.add(file);
      return file;
    },
    remove: (file) => void files.delete(file),
  };
};
