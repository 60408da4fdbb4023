// SO_MEMINFO: getsockopt(2); kernel net/core/sock.c sk_get_meminfo.
import { memInfoFields } from "../snapshot/fields/mem-info.js";
import { defineStruct, type StructView } from "./struct-view.js";

/** Buffers and drops of a socket, as `ss -m` shows them in `skmem`. Bytes but for `drops`. */
export type MemInfo = StructView<typeof memInfoFields>;

/** View of SO_MEMINFO or INET_DIAG_SKMEMINFO bytes. */
export const memInfoOf: (view: DataView, at: number, byteLength: number) => MemInfo = defineStruct(memInfoFields);
