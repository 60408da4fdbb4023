// sockscope/kernel: every reading of the kernel on its own, one file per interface.
// `readX` reads once; `openX` keeps its descriptors open for periodic use and still works when they have run out.
export type { SocketAddress } from "./address.js";
export { type CgroupFolders, findCgroup } from "./cgroup.js";
export {
  type CgroupMemory,
  type MemoryLimit,
  parseFlatKeyed,
  openCgroupMemory,
  parseLimit,
  readCgroupMemory,
} from "./cgroup-memory.js";
export { type CloseEvents, openCloseEvents } from "./close-events.js";
export { connectionOf, connectionOfDiag, timerOf } from "./connection-reading.js";
export { type ProtocolCounters, type ProtocolTable, parseCounterPairs } from "./counter-pairs.js";
export { openCounters, readCounters } from "./counters.js";
export { type CpuLimit, openCpuQuota, parseCpuMax, parseCpuStat, readCpuLimit, readCpuQuota } from "./cpu-quota.js";
export { type CpuShares, cpuShares } from "../snapshot/cpu-shares.js";
export { type CpuTime, openCpuTimes, parseCpuTimes, readCpuTimes } from "./cpu-time.js";
export { connectDiag, type Diag, dumpSockets, openDiag, type OpenDiagOptions } from "./diag.js";
export type { DumpFilter } from "./diag-dump.js";
export type { DiagListener } from "./diag-listeners.js";
export type { Rows } from "./netlink-rows.js";
export {
  type Channels,
  type Coalescing,
  type DriverInfo,
  type EthtoolOptions,
  type EthtoolReading,
  readEthtool,
  type RingSizes,
} from "./ethtool.js";
export { type FdsReading, openFds, parseFdLimit, readFds } from "./fds.js";
export { parseCgroupEvents, parseFreezerState, readFrozen } from "./frozen.js";
export { type HostCpu, type HostNetwork, openHostNetwork, readHostNetwork } from "./host-network.js";
export type { HostNic } from "./host-nics.js";
export type { InetDiagSocket } from "./inet-diag.js";
export type { DiagAttribute, Family, SocketId } from "./inet-request.js";
export { type Interrupt, type Interrupts, openInterrupts, parseInterrupts, readInterrupts } from "./interrupts.js";
export type { NetLink } from "./links.js";
export { type ListenerQueue, readListener } from "./listener.js";
export { currentTid, type Loop, loopOfListeners, readLoops, registerLoop } from "./loops.js";
export { type MemInfo, memInfoOf } from "./mem-info.js";
export { type Napi, type Netdev, type NicQueue, openNetdev, type QueueStatistics } from "./netdev-genl.js";
export { openNetstat, parseNetstat, readNetstat } from "./netstat.js";
export { type IrqRole, irqRole, type NicIrq, readDeviceIrqs, readNicIrqs, selectNicIrqs } from "./nic-irqs.js";
export { type Nic, type NicStatistics, readNics } from "./nics.js";
export { type PacketsPerInterrupt, packetsPerInterrupt } from "../snapshot/packets-per-interrupt.js";
export { parsePageBytes, readPageBytes } from "./page-size.js";
export { openReader } from "./proc-reader.js";
export type { From, KeptReading } from "./proc-root.js";
export { type Availability, procSupport } from "./proc-sources.js";
export { openHostCpu, parseHostCpu, readHostCpu } from "./proc-stat.js";
export type { Qdisc } from "./qdiscs.js";
export { type Queues, readQueues } from "./queues.js";
export { readMemInfo, readTcpInfo } from "./read-one.js";
export { openRtnetlink, readLinks, readQdiscs, type Rtnetlink } from "./rtnetlink.js";
export { openSnmp, parseSnmp, readSnmp } from "./snmp.js";
export {
  type ColumnNames,
  createColumns,
  everyColumn,
  type FillableColumns,
  type SocketColumns,
} from "./socket-columns.js";
export type { SocketDump } from "./socket-dump.js";
export type { SocketPart } from "./socket-part.js";
export type { SocketReading } from "./socket-reading.js";
export type { ReadingName } from "./socket-row.js";
export { SocketTable } from "./socket-table.js";
export { readSockets, type ReadSocketsOptions } from "./sockets.js";
export { openSockstat, parseSockstat, readSockstat, type Sockstat } from "./sockstat.js";
export { type CpuSoftirqs, openSoftirqs, parseSoftirqs, readSoftirqs } from "./softirqs.js";
export { openSoftnet, parseSoftnet, readSoftnet, type SoftnetCpu } from "./softnet-stat.js";
export { socketSupport, type Support, support } from "./support.js";
export { parseSysctl, readSysctl, readSysctls } from "./sysctl.js";
export { fdOf, type Target } from "./target.js";
export { openTask, parseSchedstat, parseTaskState, parseWchan, readTask } from "./task.js";
export { openTcpMemory, readTcpMemory, type TcpMemory, type TcpMemoryLimits } from "./tcp-memory.js";
export { type TcpInfo, tcpInfoOf } from "./tcp-info.js";
export type { DiagUnixListener } from "./unix-diag.js";
export { SocketWalk, walkSockets, type WalkOptions } from "./walk.js";
export { writeNow } from "./write-now.js";
