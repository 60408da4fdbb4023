import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { cells } from "../lab/cells.js";
import { packageRoot as root } from "../package-root.js";
import { renderTable } from "../lab/table.js";
import { holdPage } from "./written-page.js";

test("docs/accept-table.md is what the cells say", (t) => {
  holdPage(t, __filename, "docs/accept-table.md", renderTable);
});

test("every live cell has its test file", (t) => {
  const missing = cells.flatMap(({ proof }) =>
    proof.how === "live" && !existsSync(join(root, proof.by)) ? [proof.by] : [],
  );
  t.deepEqual([...new Set(missing)], []);
});
