// `sockscope.config.json` beside the main script: read once, synchronously, and never in the host's way.
import { closeSync, constants, openSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { errorCode } from "../../errors.js";

export interface ConfigFile {
  readonly path: string;
  readonly text?: string | undefined;
  /** Why a file that is there could not be read. */
  readonly error?: string | undefined;
}

const sizeLimitBytes = 65_536;

/** Of a FIFO, should it be one by now, too. */
const readWithoutWaiting = (path: string): string => {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
};

/** The file's text, or `undefined` where there is none. `mainScript` is `process.argv[1]`; without one, the working folder's. */
export const readConfigFile = (mainScript: string | undefined): ConfigFile | undefined => {
  const path = join(mainScript === undefined ? process.cwd() : dirname(resolve(mainScript)), "sockscope.config.json");
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    // A FIFO of that name would hold up the application's start.
    if (!stat.isFile()) return { path, error: "is not a regular file" };
    if (stat.size > sizeLimitBytes) return { path, error: `is larger than ${sizeLimitBytes} bytes` };
    return { path, text: readWithoutWaiting(path) };
  } catch (error) {
    const code = errorCode(error);
    // Under the permission model the folder may be closed to us; nobody asked for a file there.
    return code === "ERR_ACCESS_DENIED" || code === "ENOTDIR" ? undefined : { path, error: `cannot be read (${code})` };
  }
};
