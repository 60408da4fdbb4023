import test from "ava";
import { acceptCauses } from "../src/explain/finding.js";

test("the accept causes end with unknown", (t) => {
  t.is(acceptCauses.at(-1), "unknown");
});
