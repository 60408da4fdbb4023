import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { packageRoot } from "../package-root.js";
import { renderPage } from "../live/denied/page.js";

const page = join(packageRoot, "docs/denied.md");

// SOCKSCOPE_WRITE_TABLE=1 writes the page anew
test("docs/denied.md is what the conditions say", (t) => {
  if (process.env.SOCKSCOPE_WRITE_TABLE === "1") writeFileSync(page, renderPage());
  t.is(readFileSync(page, "utf8"), renderPage());
});
