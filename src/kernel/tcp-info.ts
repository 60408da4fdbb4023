// TCP_INFO: getsockopt(2), tcp(7); kernel net/ipv4/tcp.c tcp_get_info.
import { tcpInfoFields } from "../snapshot/fields/tcp-info.js";
import { defineStruct, type StructView } from "./struct-view.js";

/**
 * `struct tcp_info`, decoded field by field as it is asked for. Fields this kernel does not have, and limits it
 * does not set, are `undefined`. Of a LISTEN socket only `unacked` (accept queue's length) and `sacked` (its limit)
 * mean anything: see `readListener`.
 */
export type TcpInfo = StructView<typeof tcpInfoFields>;

/** View of tcp_info bytes, from wherever they come; `byteLength` is what the kernel returned. */
export const tcpInfoOf: (view: DataView, at: number, byteLength: number) => TcpInfo = defineStruct(tcpInfoFields);
