import test from "ava";
import { createStillWatch, isStillLook, type StillSigns } from "../../src/agent/stillness.js";
import type { ConnectionReading, ConnectionsReading } from "../../src/snapshot/connection.js";
import type { ListenerReading, Snapshot } from "../../src/snapshot/snapshot.js";

const listener: ListenerReading = { cookie: 1n, transport: "tcp", length: 0, limit: 511 };
const row: ConnectionReading = { cookie: 2n, transport: "tcp", role: "server" };
const connections = (change: Partial<ConnectionsReading> = {}): ConnectionsReading => ({
  rows: [],
  counts: { ESTAB: 9 },
  read: 9,
  total: 9,
  ...change,
});
const look = (change: Partial<Snapshot> = {}): Snapshot => ({
  time: 0,
  at: 0,
  source: "process",
  loops: [],
  listeners: [listener],
  connections: connections(),
  ...change,
});

test("a look leaves nothing open where nobody waits, every connection was asked, and none holds anything", (t) => {
  t.true(isStillLook(look()));
  const open: readonly Partial<Snapshot>[] = [
    { listeners: [listener, { ...listener, length: 1 }] },
    { stalls: [{ loop: 1, sinceAt: 0, frames: [], exact: true }] },
    { connections: undefined },
    { connections: connections({ rows: [row] }) },
    { connections: connections({ total: 10 }) },
    ...["udp", "unix"].map((kind) => ({ connections: connections({ counts: { ESTAB: 9, [kind]: 1 } }) })),
  ];
  t.deepEqual(
    open.map((change) => isStillLook(look(change))),
    open.map(() => false),
  );
});

/** What the files say at each look: the same but where `moved`. */
const watchOf = () => {
  let text = 0;
  const find = (path: string) => {
    const bytes = Buffer.from(`${path} ${text}\n`);
    return { path, fd: 3, room: 512, bytes, found: bytes.length, isWanted: true, version: 0 };
  };
  const watch = createStillWatch({ find });
  return (signs: StillSigns, moved = false, snapshot = look()): boolean => {
    if (moved) text += 1;
    watch.look(snapshot, signs);
    return watch.files !== undefined;
  };
};

test("it stands still once the files say the same, descriptors were walked and each state was read since", (t) => {
  const isStill = watchOf();
  const told = [
    isStill({ at: 1000, walkedAt: 1000, counted: 9 }, true),
    isStill({ at: 2000, walkedAt: 1000, counted: 18 }),
    isStill({ at: 3000, walkedAt: 2000, counted: 27 }),
    isStill({ at: 4000, walkedAt: 2000, counted: 36 }, true),
    isStill({ at: 5000, walkedAt: 5000, counted: 40 }),
    isStill({ at: 6000, walkedAt: 5000, counted: 44 }),
    isStill({ at: 7000, walkedAt: 5000, counted: 45 }),
    isStill({ at: 8000, walkedAt: 8000, counted: 54 }, false, look({ connections: undefined })),
    isStill({ at: 9000, walkedAt: 8000, counted: 54 }),
  ];
  t.deepEqual(told, [false, false, true, false, false, false, true, false, true]);
});
