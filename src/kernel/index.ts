// sockscope/kernel: every reading of the kernel on its own, one file per interface.
// `readX` reads once; `openX` keeps its descriptors open for periodic use and still works when they have run out.
export { type ProtocolCounters, type ProtocolTable, parseCounterPairs } from "./counter-pairs.js";
export { openCounters, readCounters } from "./counters.js";
export { type CgroupFolders, findCgroup } from "./cgroup.js";
export { type CpuLimit, openCpuQuota, parseCpuMax, parseCpuStat, readCpuLimit, readCpuQuota } from "./cpu-quota.js";
export { type FdsReading, openFds, parseFdLimit, readFds } from "./fds.js";
export { parseCgroupEvents, parseFreezerState, readFrozen } from "./frozen.js";
export { parseNetstat, readNetstat } from "./netstat.js";
export { type Nic, type NicStatistics, readNics } from "./nics.js";
export { openReader } from "./proc-reader.js";
export type { From, KeptReading } from "./proc-root.js";
export { type Availability, procSupport } from "./proc-sources.js";
export { openHostCpu, parseHostCpu, readHostCpu } from "./proc-stat.js";
export { parseSnmp, readSnmp } from "./snmp.js";
export { parseSockstat, readSockstat, type Sockstat } from "./sockstat.js";
export { parseSoftnet, readSoftnet, type SoftnetCpu } from "./softnet-stat.js";
export { parseSysctl, readSysctl, readSysctls } from "./sysctl.js";
export { openTask, parseSchedstat, parseTaskState, parseWchan, readTask } from "./task.js";
