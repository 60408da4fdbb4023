// SO_MEMINFO of one own socket: getsockopt(2); kernel net/core/sock.c sk_get_meminfo.
import { memInfoFields } from "../snapshot/fields/mem-info.js";
import { readOne } from "./read-one.js";
import { readingMask } from "./socket-row.js";
import { defineStruct, type StructView } from "./struct-view.js";
import type { Target } from "./target.js";

/** Buffers and drops of a socket, as `ss -m` shows them in `skmem`. Bytes but for `drops`. */
export type MemInfo = StructView<typeof memInfoFields>;

/** View of SO_MEMINFO or INET_DIAG_SKMEMINFO bytes. */
export const memInfoOf: (view: DataView, at: number, byteLength: number) => MemInfo = defineStruct(memInfoFields);

const wanted = readingMask(["memInfo"]);

/** One getsockopt, for any kind of socket. `undefined`: closed, or a kernel before 4.12. TypeError: not a target. */
export function readMemInfo(target: Target): MemInfo | undefined {
  return readOne(target, wanted)?.memInfo;
}
