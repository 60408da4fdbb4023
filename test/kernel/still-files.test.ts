import { writeFileSync } from "node:fs";
import test from "ava";
import { openReader } from "../../src/kernel/proc-reader.js";
import { createReadAhead } from "../../src/kernel/read-ahead.js";
import { createStillness } from "../../src/kernel/still-files.js";
import { procTree } from "./proc-tree.js";

const names = [{ path: "/net/snmp" }, { path: "/net/sockstat", isHead: true }];

test("files are still that say what they said at the look before, of some only the first line", (t) => {
  const root = procTree(t, { "net/snmp": "", "net/sockstat": "" });
  const ahead = createReadAhead();
  const readers = names.map(({ path }) => openReader(`${root}${path}`, ahead));
  const stillness = createStillness(ahead, names);
  const look = (snmp: string, sockstat: string): boolean => {
    writeFileSync(`${root}/net/snmp`, snmp);
    writeFileSync(`${root}/net/sockstat`, sockstat);
    ahead.read();
    for (const reader of readers) reader.read();
    return stillness.look() !== undefined;
  };
  t.deepEqual(
    [
      look("Tcp: 1\n", "used 7\nTCP 1\n"),
      look("Tcp: 1\n", "used 7\nTCP 2\n"),
      look("Tcp: 2\n", "used 7\nTCP 2\n"),
      look("Tcp: 2\n", "used 7\n"),
      look("Tcp: 2\n", "used 77\n"),
      look("Tcp: 2\nIp: 1\n", "used 77\n"),
      look("Tcp: 2\nIp: 1\n", "used 77\n"),
      look("", "used 77\n"),
      look("", "used 77\n"),
    ],
    [false, true, false, true, false, false, true, false, false],
  );
});

test("what nobody keeps open, or what was not read, is not still", (t) => {
  const root = procTree(t, { "net/snmp": "Tcp: 1\n" });
  const ahead = createReadAhead();
  const reader = openReader(`${root}/net/snmp`, ahead);
  const [known, unknown] = [names.slice(0, 1), names].map((some) => createStillness(ahead, some));
  const look = (): readonly boolean[] => {
    ahead.read();
    reader.read();
    return [known!.look() !== undefined, unknown!.look() !== undefined];
  };
  t.deepEqual(
    [look(), look()],
    [
      [false, false],
      [true, false],
    ],
  );
  ahead.forget();
  t.is(known!.look(), undefined);
});
