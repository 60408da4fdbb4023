import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { cells } from "../lab/cells.js";
import { packageRoot as root } from "../package-root.js";
import { renderTable } from "../lab/table.js";

const page = join(root, "docs/accept-table.md");

// SOCKSCOPE_WRITE_TABLE=1 writes the page anew
test("docs/accept-table.md is what the cells say", (t) => {
  if (process.env.SOCKSCOPE_WRITE_TABLE === "1") writeFileSync(page, renderTable());
  t.log(renderTable());
  t.is(readFileSync(page, "utf8"), renderTable());
});

test("every live cell has its test file", (t) => {
  const missing = cells.flatMap(({ proof }) =>
    proof.how === "live" && !existsSync(join(root, proof.by)) ? [proof.by] : [],
  );
  t.deepEqual([...new Set(missing)], []);
});
