import test from "ava";
import { figuresOf } from "../../src/kernel/figures.js";

const names = Array.from({ length: 70 }, (_, i) => `field${i}`);

test("of a view the fields that are there become numbers, in the order of the names", (t) => {
  const figures = figuresOf(["b", "a", "c"]);
  t.deepEqual(Object.entries(figures({ a: 1, b: 2n ** 40n })), [
    ["b", 2 ** 40],
    ["a", 1],
  ]);
  t.deepEqual(figures({ c: 0.5 }), { c: 0.5 });
  t.deepEqual(figures({}), {});
});

test("views with other fields in turn, more of them than are remembered, each give their own", (t) => {
  const figures = figuresOf(names);
  for (const left of [0, 1, 30, 31, 32, 61, 62, 63, 69, ...names.keys()]) {
    const there = names.filter((_, i) => i !== left);
    const view = Object.fromEntries(there.map((name, i) => [name, i + 0.25]));
    t.deepEqual(figures(view), view);
  }
  t.deepEqual(Object.keys(figures(Object.fromEntries(names.map((name) => [name, 1])))), names);
});

test("what one view gave stays when the next is read", (t) => {
  const figures = figuresOf(["a"]);
  const first = figures({ a: 1 });
  figures({ a: 2 });
  t.deepEqual(first, { a: 1 });
});
