import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { linesTo, openDestination } from "../../src/export/destination.js";
import { createLogWriter } from "../../src/export/log.js";

const folderFor = (t: ExecutionContext): string => {
  const folder = mkdtempSync(join(tmpdir(), "sockscope-destination-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
};

const fifoFor = (t: ExecutionContext): string => {
  const path = join(folderFor(t), "fifo");
  spawnSync("mkfifo", [path]);
  return path;
};

/** Holds a FIFO open, so that it is a pipe with a reader who does not read. */
const heldFifo = (t: ExecutionContext): { readonly path: string; readonly fd: number } => {
  const path = fifoFor(t);
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  t.teardown(() => closeSync(fd));
  return { path, fd };
};

const drain = (fd: number): string => {
  const buffer = Buffer.alloc(1 << 20);
  return buffer.toString("utf8", 0, readSync(fd, buffer));
};

const line = (text: string): Buffer => Buffer.from(`${text}\n`);

const child = (name: string): string => join(__dirname, name);

test("a file is appended to, and opened again after it was rotated or removed", (t) => {
  const path = join(folderFor(t), "log");
  writeFileSync(path, "before\n");
  const destination = openDestination(path);
  destination.write(line("one"));
  renameSync(path, `${path}.1`);
  destination.write(line("two"));
  t.is(readFileSync(`${path}.1`, "utf8"), "before\none\n");
  t.is(readFileSync(path, "utf8"), "two\n");
  rmSync(path);
  destination.write(line("three"));
  t.is(readFileSync(path, "utf8"), "three\n");
  destination.close();
  t.is(destination.lost(), 0);
});

test("a folder that vanishes loses lines with a count, and the file comes back with it", (t) => {
  const folder = join(folderFor(t), "logs");
  spawnSync("mkdir", [folder]);
  const path = join(folder, "log");
  const destination = openDestination(path);
  rmSync(folder, { recursive: true });
  t.false(destination.write(line("lost")));
  t.deepEqual([destination.lost(), destination.reason()], [1, "ENOENT"]);
  spawnSync("mkdir", [folder]);
  t.true(destination.write(line("back")));
  t.is(readFileSync(path, "utf8"), "back\n");
});

test("a full disk loses lines with a count", (t) => {
  const destination = openDestination("/dev/full");
  t.false(destination.write(line("lost")));
  t.deepEqual([destination.lost(), destination.reason()], [1, "ENOSPC"]);
  destination.close();
});

test("a full pipe loses lines, and the next status that gets through says how many", (t) => {
  const { path, fd } = heldFifo(t);
  const writer = createLogWriter({
    destination: path,
    level: "sample",
    pid: 1,
    hostname: "h",
    name: "sockscope",
    version: "1",
  });
  const sample = { listeners: [], loops: [] };
  while (writer.lost() < 3) writer.sample(sample);
  const first = drain(fd);
  t.true(first.endsWith("}\n"));
  writer.sample(sample);
  const [, status] = drain(fd).trimEnd().split("\n");
  const { time, ...told } = JSON.parse(status ?? "");
  t.true(time > 0);
  t.deepEqual(told, {
    level: 30,
    pid: 1,
    hostname: "h",
    name: "sockscope",
    msg: "sockscope 1 running; 3 log lines lost",
    v: 1,
    event: "status",
    status: { state: "running", version: "1", lost: 3 },
  });
  writer.sample(sample);
  t.is(drain(fd).trimEnd().split("\n").length, 1);
  writer.close();
});

test("a FIFO without a reader loses lines until somebody reads, and again after the reader has gone", (t) => {
  const path = fifoFor(t);
  const destination = openDestination(path);
  t.false(destination.write(line("nobody")));
  t.deepEqual([destination.lost(), destination.reason()], [1, "ENXIO"]);
  const first = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  t.true(destination.write(line("somebody")));
  t.is(drain(first), "somebody\n");
  closeSync(first);
  t.false(destination.write(line("gone")));
  const second = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  t.true(destination.write(line("again")));
  t.is(drain(second), "again\n");
  closeSync(second);
  destination.close();
});

test("what was taken in part is finished before the next line, or counted as lost", (t) => {
  let room = 0;
  let taken = "";
  let renewed = false;
  const destination = linesTo({
    take: (bytes) => {
      const some = Buffer.from(bytes.subarray(0, room)).toString();
      taken += some;
      room -= some.length;
      return some.length;
    },
    renew: () => renewed,
    close: () => {},
  });
  room = 3;
  t.true(destination.write(line("first")));
  room = 1;
  t.false(destination.write(line("second")));
  room = 8;
  t.true(destination.write(line("third")));
  t.is(taken, "first\nthird\n");
  t.is(destination.lost(), 1);
  room = 2;
  t.true(destination.write(line("fourth")));
  renewed = true;
  room = 99;
  t.true(destination.write(line("fifth")));
  t.deepEqual([taken, destination.lost()], ["first\nthird\nfofifth\n", 2]);
});

test("a file that cannot be opened is said once on stderr, which is used instead", (t) => {
  const script = `
    const { openDestination } = require(${JSON.stringify(join(__dirname, "../../src/export/destination.js"))});
    const destination = openDestination(process.argv[1]);
    destination.write(Buffer.from("line\\n"));`;
  const path = join(folderFor(t), "stderr");
  for (const [log, code] of [
    ["/nowhere/log", "ENOENT"],
    ["/tmp", "EISDIR"],
  ]) {
    const stderr = openSync(path, "w");
    spawnSync(process.execPath, ["-e", script, String(log)], { stdio: ["ignore", "ignore", stderr] });
    closeSync(stderr);
    t.is(
      readFileSync(path, "utf8"),
      `sockscope: SOCKSCOPE_LOG=${log} cannot be opened (${code}); using stderr\nline\n`,
    );
  }
});

interface Told {
  readonly lost: number;
  readonly flagsBefore: string;
  readonly flagsAfter: string;
  readonly exitAt: number;
}

/** Runs full-pipe.child until it has exited; `stderr` is something nobody reads. */
const runUnread = async (stderr: "pipe" | number, uid?: number): Promise<Told & { exitMs: number }> => {
  const running = spawn(process.execPath, [child("full-pipe.child.js")], {
    stdio: ["ignore", "pipe", stderr],
    timeout: 20_000,
    ...(uid !== undefined && { uid }),
  });
  running.stderr?.pause();
  let stdout = "";
  running.stdout?.on("data", (chunk) => {
    stdout += String(chunk);
  });
  const [code] = await once(running, "exit");
  if (code !== 7) throw new Error(`exit code ${code}: ${stdout}`);
  const told: Told = JSON.parse(stdout);
  return { ...told, exitMs: Date.now() - told.exitAt };
};

const isUntouched = (t: ExecutionContext, told: Awaited<ReturnType<typeof runUnread>>): void => {
  t.true(told.lost >= 1000);
  t.is(told.flagsAfter, told.flagsBefore);
  t.is(Number.parseInt(told.flagsBefore, 8) & constants.O_NONBLOCK, 0);
  t.true(told.exitMs < 1000, `exit took ${told.exitMs} ms`);
};

test("a full stderr pipe neither delays process.exit nor changes the host's descriptor", async (t) => {
  const { fd } = heldFifo(t);
  const shared = openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY);
  isUntouched(t, await runUnread(shared));
  closeSync(shared);
  t.true(drain(fd).endsWith("}\n"));
});

test("a full stderr socket neither delays process.exit nor changes the host's descriptor", async (t) => {
  isUntouched(t, await runUnread("pipe"));
});

const asOther = process.getuid?.() === 0 ? test : test.skip;
asOther("a pipe that belongs to another user is written to without waiting (needs root)", async (t) => {
  const { fd } = heldFifo(t);
  const shared = openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY);
  isUntouched(t, await runUnread(shared, 65_534));
  closeSync(shared);
  t.true(drain(fd).endsWith("}\n"));
});
