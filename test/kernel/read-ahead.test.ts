import { appendFileSync, writeFileSync } from "node:fs";
import test from "ava";
import { openBytes, openParsed, openReader } from "../../src/kernel/proc-reader.js";
import { createReadAhead } from "../../src/kernel/read-ahead.js";
import { procTree } from "./proc-tree.js";

test("what was read ahead is told until it is forgotten", (t) => {
  const root = procTree(t, { one: "1\n", other: "2\n" });
  const ahead = createReadAhead();
  const [one, other] = ["one", "other"].map((name) => openReader(`${root}/${name}`, ahead));
  ahead.read();
  writeFileSync(`${root}/one`, "changed\n");
  t.deepEqual([one!.read(), other!.read(), one!.read()], ["1\n", "2\n", "1\n"]);
  ahead.forget();
  t.deepEqual([one!.read(), other!.read()], ["changed\n", "2\n"]);
  ahead.read();
  t.deepEqual([one!.read(), other!.read()], ["changed\n", "2\n"]);
  one!.close();
  ahead.read();
  t.is(other!.read(), "2\n");
});

test("a file that is longer than was expected is read on its own, and ahead the next time", (t) => {
  const line = `${"7".repeat(99)}\n`;
  const root = procTree(t, { long: line.repeat(60), longest: line.repeat(400), absent: "" });
  const ahead = createReadAhead();
  const readers = ["long", "longest"].map((name) => openReader(`${root}/${name}`, ahead));
  for (const more of ["", "1\n", "2\n".repeat(1000)]) {
    for (const name of ["long", "longest"]) appendFileSync(`${root}/${name}`, more);
    const lengths = () => readers.map((reader) => reader.read()?.length);
    ahead.read();
    const found = lengths();
    ahead.forget();
    t.deepEqual(found, lengths());
  }
});

test("what nobody asked for is not read together with the others, until somebody asks again", (t) => {
  const root = procTree(t, { one: "1\n", other: "1\n" });
  const ahead = createReadAhead();
  const [one, other] = ["one", "other"].map((name) => openReader(`${root}/${name}`, ahead));
  const look = (text: string, asked: readonly (typeof one)[]): readonly (string | undefined)[] => {
    for (const name of ["one", "other"]) writeFileSync(`${root}/${name}`, text);
    ahead.read();
    for (const name of ["one", "other"]) writeFileSync(`${root}/${name}`, "later\n");
    return asked.map((reader) => reader!.read());
  };
  t.deepEqual(look("1\n", [one, other]), ["1\n", "1\n"]);
  t.deepEqual(look("2\n", [one]), ["2\n"]);
  t.deepEqual(look("3\n", [one, other]), ["3\n", "later\n"]);
  t.deepEqual(look("4\n", [one, other]), ["4\n", "4\n"]);
});

test("a file that comes later is read, too, and one that is not there is absent", (t) => {
  const root = procTree(t, { there: "1\n" });
  const ahead = createReadAhead();
  const reader = openReader(`${root}/later`, ahead);
  ahead.read();
  t.is(reader.read(), undefined);
  writeFileSync(`${root}/later`, "2\n");
  t.is(reader.read(), "2\n");
  ahead.read();
  writeFileSync(`${root}/later`, "3\n");
  t.is(reader.read(), "2\n");
});

test("the same bytes keep their version, and what was understood of them", (t) => {
  const root = procTree(t, { file: "1\n" });
  const ahead = createReadAhead();
  const bytes = openBytes(`${root}/file`, ahead);
  const parsed: string[] = [];
  const reader = openParsed(`${root}/file`, (text) => parsed.push(text), ahead);
  const versions = ["1\n", "1\n", "2\n", "2\n"].map((text) => {
    writeFileSync(`${root}/file`, text);
    ahead.read();
    reader.read();
    bytes.read();
    return bytes.version;
  });
  t.deepEqual(parsed, ["1\n", "2\n"]);
  t.deepEqual(
    [versions[0] === versions[1], versions[1] === versions[2], versions[2] === versions[3]],
    [true, false, true],
  );
  ahead.forget();
  bytes.read();
  t.not(bytes.version, versions[3]);
});

test("without anything to read together each is read on its own", (t) => {
  const root = procTree(t, { file: "1\n" });
  createReadAhead().read();
  t.is(openReader(`${root}/file`).read(), "1\n");
});
