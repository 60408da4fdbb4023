// Files of /proc under test/kernel/fixtures/KERNEL/: 6.18 as read, older ones written after that kernel's source.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package-root.js";

export const fixture = (path: string): string =>
  readFileSync(join(packageRoot, "test/kernel/fixtures", path), "latin1");
