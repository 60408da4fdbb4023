import test from "ava";
import { jsonOf } from "../../src/export/json.js";

test("JSON holds nothing that a terminal would obey, and reads back as it was", (t) => {
  const strange = { path: "a\u001b[2J\u009b1A\u202e\u2066é漢", count: 3n };
  const json = jsonOf(strange);
  t.is(json, String.raw`{"path":"a\u001b[2J\u009b1A\u202e\u2066é漢","count":3}`);
  t.deepEqual(JSON.parse(json), { ...strange, count: 3 });
});
