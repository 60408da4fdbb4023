// Where the package lies: the folder of the package.json nearest above this file, from dist/ and from build-test/src/.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

export const packageRoot = (): string | undefined => {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder))
    if (existsSync(join(folder, "package.json"))) return folder;
  return undefined;
};
