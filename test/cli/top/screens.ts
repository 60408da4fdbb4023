// What the view of the fixture frame looks like, to the character; spaces at the ends of lines left out.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../package-root.js";

const screen = (name: string): string =>
  readFileSync(join(packageRoot, `test/cli/top/fixtures/${name}.txt`), "utf8").replace(/\n$/, "");

export const busy80x24: string = screen("busy-80x24");
export const busy200x50: string = screen("busy-200x50");
