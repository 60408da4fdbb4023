// The kernel's page size out of /proc/self/auxv: getauxval(3), AT_PAGESZ. 4, 16 or 64 KiB.
import { readFileSync } from "node:fs";
import { type From, processPath } from "./proc-root.js";

const AT_PAGESZ = 6n;

/** Bytes of a page, what `tcp_mem` and sockstat's `mem` are counted in; `undefined` where auxv cannot be read. */
export function readPageBytes(from: From = {}): number | undefined {
  try {
    return parsePageBytes(readFileSync(processPath({ proc: from.proc }, "auxv")));
  } catch {
    return undefined;
  }
}

/** Pairs of 64-bit type and value. Total. */
export function parsePageBytes(auxv: Uint8Array): number | undefined {
  const view = new DataView(auxv.buffer, auxv.byteOffset, auxv.byteLength);
  for (let at = 0; at + 16 <= view.byteLength; at += 16)
    if (view.getBigUint64(at, true) === AT_PAGESZ) return Number(view.getBigUint64(at + 8, true));
  return undefined;
}
