// Which sockets a dump has shown already.
import test from "ava";
import { CookieSet } from "../../src/kernel/cookie-set.js";

test("a set of cookies knows each once, until it is cleared", (t) => {
  const seen = new CookieSet();
  const numbers = Array.from({ length: 5000 }, (_, i) => i + 1);
  t.true(numbers.every((low) => seen.add(low, 0) && seen.add(low, 0xffff_ffff)));
  t.false(numbers.some((low) => seen.add(low, 0) || seen.add(low, 0xffff_ffff)));
  t.true(seen.add(0, 0) && seen.add(0, 0));
  seen.clear();
  seen.clear();
  t.true(seen.add(5000, 0xffff_ffff));
});

test("a set of cookies tells what it has seen, also after it grew", (t) => {
  const set = new CookieSet();
  const pairs = Array.from({ length: 5000 }, (_, i) => [i * 7, i % 3] as const).slice(1);
  t.true(pairs.every(([low, high]) => set.add(low >>> 0, high)));
  t.false(pairs.some(([low, high]) => set.add(low >>> 0, high)));
  t.true(set.add(0, 0) && set.add(0, 0));
});
