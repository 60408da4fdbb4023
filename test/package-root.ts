import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

const findRoot = (folder: string): string =>
  existsSync(join(folder, "binding.gyp")) ? folder : findRoot(dirname(folder));

/** The folder that holds package.json, whether the tests run from build-test/ or elsewhere. */
export const packageRoot: string = findRoot(__dirname);
