import test from "ava";
import { hashOf, known } from "./same-everywhere.js";

for (const one of known())
  test(`${one.title}: the same result byte for byte on every Node`, (t) => {
    t.is(hashOf(one), one.sha256, "changed on purpose? node build-test/test/model/same-everywhere.js");
  });
