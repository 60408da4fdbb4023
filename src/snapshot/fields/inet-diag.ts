// struct inet_diag_msg: include/uapi/linux/inet_diag.h, the row of every inet socket in a sock_diag(7) dump.
// Ports and addresses are in network order and have names of their own.
export const inetDiagFields = {
  state: ["state", 1, "", "idiag_state", "2.6", "state", "TCP state"],
  timer: ["u8", 2, "", "idiag_timer", "2.6", "timer", "0 none, 1 retransmission, 2 keep-alive, 3 TIME-WAIT, 4 probe"],
  retransmits: ["u8", 3, "count", "idiag_retrans", "2.6", "timer", "firings of that timer in a row"],
  expiresMs: ["u32", 52, "ms", "idiag_expires", "2.6", "timer", "until it fires"],
  rqueue: ["u32", 56, "", "idiag_rqueue", "2.6", "Recv-Q", "bytes not read; LISTEN: accept queue's length"],
  wqueue: ["u32", 60, "", "idiag_wqueue", "2.6", "Send-Q", "bytes not acknowledged; LISTEN: accept queue's limit"],
  uid: ["u32", 64, "", "idiag_uid", "2.6", "uid", "user"],
  inode: ["u32", 68, "", "idiag_inode", "2.6", "ino", "0: no process holds it"],
} as const;
