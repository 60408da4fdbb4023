import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync, readSync } from "node:fs";
import test from "ava";
import { writeNow } from "../../src/kernel/index.js";

const [EBADF, EAGAIN, EINVAL] = [9, 11, 22];

test.serial("a full pipe refuses at once, and takes again what was read", (t) => {
  const path = `/tmp/sockscope-fifo-${process.pid}`;
  execFileSync("mkfifo", [path]);
  t.teardown(() => execFileSync("rm", [path]));
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  t.teardown(() => [reader, writer].forEach(closeSync));
  const chunk = new Uint8Array(4096);
  let taken = 0;
  let answer = writeNow(writer, chunk);
  for (; answer > 0; answer = writeNow(writer, chunk)) taken += answer;
  t.is(answer, -EAGAIN);
  t.is(taken, 65536);
  readSync(reader, chunk);
  t.is(writeNow(writer, chunk), 4096);
});

test.serial("a description on which a write could wait is left alone", (t) => {
  const fd = openSync("/dev/null", "w");
  t.teardown(() => closeSync(fd));
  t.is(writeNow(fd, Uint8Array.of(1)), -EINVAL);
});

test.serial("a closed descriptor is named", (t) => {
  t.is(writeNow(9999, Uint8Array.of(1)), -EBADF);
});
