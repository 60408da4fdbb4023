// SO_MEMINFO, INET_DIAG_SKMEMINFO: u32[9], include/uapi/linux/sock_diag.h SK_MEMINFO_*; man ss(8) `skmem`.
// Named as the kernel's: all but the last are bytes.
export const memInfoFields = {
  rmemAlloc: ["u32", 0, "bytes", "SK_MEMINFO_RMEM_ALLOC", "2.6", "r", "receive and out-of-order queue, truesize"],
  rcvbuf: ["u32", 4, "bytes", "SK_MEMINFO_RCVBUF", "2.6", "rb", "receive buffer as the kernel holds it"],
  wmemAlloc: ["u32", 8, "bytes", "SK_MEMINFO_WMEM_ALLOC", "2.6", "t", "in the host's own qdisc and driver"],
  sndbuf: ["u32", 12, "bytes", "SK_MEMINFO_SNDBUF", "2.6", "tb", "send buffer as the kernel holds it"],
  fwdAlloc: ["u32", 16, "bytes", "SK_MEMINFO_FWD_ALLOC", "2.6", "f", "reserved, not yet used"],
  wmemQueued: ["u32", 20, "bytes", "SK_MEMINFO_WMEM_QUEUED", "2.6", "w", "unsent and unacknowledged, truesize"],
  optmem: ["u32", 24, "bytes", "SK_MEMINFO_OPTMEM", "2.6", "o", "ancillary memory"],
  sockBacklogBytes: ["u32", 28, "bytes", "SK_MEMINFO_BACKLOG", "2.6", "bl", "arrived while a call owned the socket"],
  drops: [
    "u32",
    32,
    "segments",
    "SK_MEMINFO_DROPS",
    "4.7",
    "d",
    "dropped at this socket since it exists; wraps at 2^32",
  ],
} as const;
