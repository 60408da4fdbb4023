// Layout of one socket's raw readings, as addon/kernel/socket_row.hh writes them (a test compares the two).

/** Offsets in bytes; `stride` is the size of a row. */
export const rowLayout = {
  cookie_before: 0,
  cookie: 8,
  inode: 16,
  fd: 24,
  asked: 28,
  got: 32,
  tcp_info_length: 36,
  mem_info_length: 40,
  local_length: 44,
  remote_length: 48,
  inq: 52,
  outq: 56,
  outq_nsd: 60,
  accept_conn: 64,
  type: 68,
  domain: 72,
  protocol: 76,
  incoming_cpu: 80,
  incoming_napi_id: 84,
  error: 88,
  mem_info: 120,
  local: 184,
  remote: 296,
  tcp_info: 408,
  stride: 768,
} as const;

/** What can be read of a socket by its descriptor; index = bit in the mask the addon takes, and order of reading. */
export const readingNames = [
  "cookieBefore",
  "tcpInfo",
  "memInfo",
  "recvQ",
  "sendQ",
  "notSent",
  "listening",
  "type",
  "domain",
  "protocol",
  "incomingCpu",
  "incomingNapiId",
  "local",
  "remote",
  "inode",
  "cookie",
] as const;
export type ReadingName = (typeof readingNames)[number];

/** Each reading's bit. */
export const readingBits: Readonly<Record<ReadingName, number>> = Object.fromEntries(
  readingNames.map((name, i) => [name, 1 << i]),
) as Record<ReadingName, number>;

/**
 * Bit mask of readings; each costs one system call a socket, but that those of queues cost none where `tcpInfo` and `memInfo`
 * are read too and show an established connection without memory in use.
 */
export function readingMask(names: readonly ReadingName[]): number {
  return names.reduce((mask, name) => mask | readingBits[name], 0);
}
