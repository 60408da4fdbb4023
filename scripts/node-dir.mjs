import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** The folder of the running Node whose headers can be used, so that nothing is downloaded where it brings them. */
export const nodeDir = () => {
  const candidate = resolve(process.execPath, "../..");
  return existsSync(join(candidate, "include/node/node_api.h")) ? candidate : undefined;
};
