// What support() tells of the addon's readings, in its order.
export const addonReadings: readonly string[] = [
  "addon",
  "TCP_INFO",
  "SO_MEMINFO",
  "SO_COOKIE",
  "SIOCINQ",
  "SIOCOUTQ",
  "SIOCOUTQNSD",
  "SO_INCOMING_CPU",
  "SO_INCOMING_NAPI_ID",
  "sock_diag",
  "unix_diag",
  "closeEvents",
  "rtnetlink",
  "netdev",
  "loops",
];
