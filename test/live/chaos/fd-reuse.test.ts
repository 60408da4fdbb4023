// Descriptors that change hands while they are read (the kernel hands out the lowest that is free).
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";

const run = promisify(execFile);

test.serial(
  "sockets that come and go at full speed are never credited with another's figures, nor held beyond the look at them",
  async (t) => {
    const { stdout } = await run(process.execPath, [join(__dirname, "fd-reuse.child.js"), "3000", "500"], {
      timeout: 50_000,
    });
    const { wrong, held, sockets, ...figures } = JSON.parse(stdout);
    t.log({ sockets, ...figures });
    t.deepEqual(wrong, []);
    t.is(held, 0, "ports that the reader held beyond the look it was at");
    t.true(sockets > 100, `only ${sockets} sockets were read while they lived`);
  },
);
