// Pages that are written from the code: a test holds page and code together, and with WRITE_PAGES=1 writes the page.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { ExecutionContext } from "ava";
import { packageRoot } from "../package-root.js";

/** `render`: the page as it should be, given the page as it is. `testFile`: `__filename`. */
export const holdPage = (
  t: ExecutionContext,
  testFile: string,
  page: string,
  render: (before: string) => string,
): void => {
  const path = join(packageRoot, page);
  const before = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (process.env.WRITE_PAGES === "1") writeFileSync(path, render(before));
  const name = basename(testFile, ".test.js");
  t.is(
    readFileSync(path, "utf8"),
    render(before),
    `${page} is behind the code; write it: WRITE_PAGES=1 node scripts/test.mjs architecture/${name}`,
  );
};
