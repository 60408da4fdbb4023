// What the kernel, a container's runtime or an administrator denies: netlink, /proc, the file system, privileges.
import { join } from "node:path";
import { packageRoot } from "../../package-root.js";
import type { Condition, Works } from "./condition.js";

const deny = (...rules: readonly string[]): readonly string[] => [
  "python3",
  join(packageRoot, "test/live/denied/deny.py"),
  ...rules,
  "--",
];
/** In a mount namespace of its own, after these commands. */
const mounted = (...commands: readonly string[]): readonly string[] => [
  "unshare",
  "--mount",
  "sh",
  "-c",
  `set -e; ${commands.join("; ")}; exec "$@"`,
  "sh",
];
const hide = (path: string): string => `mount -t tmpfs none ${path}`;
const asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"];

/** AF_NETLINK, NETLINK_SOCK_DIAG, and what gVisor's kernel does not know. */
const [netlink, sockDiag] = ["socket:0=16", "socket:0=16:2=4"];
const sockaddrNlBytes = 12;
const overNetlink = ["sock_diag", "unix_diag", "closeEvents", "rtnetlink", "netdev"];
export const ofProc = [
  "netstat",
  "snmp",
  "sockstat",
  "softnet-stat",
  "softirqs",
  "interrupts",
  "tcp_mem",
  "sysctl",
  "task",
  "schedstat",
  "proc-stat",
  "fds",
  "cpu-quota",
  "cgroup-memory",
  "frozen",
];
const whole: Works = { finding: "while blocked", stack: true };
const withoutNetlink: Works = { ...whole, missing: overNetlink, told: /sock_diag: / };

export const confined: readonly Condition[] = [
  { name: "nothing is denied", how: "as it comes", works: whole },
  {
    name: "seccomp answers netlink with EPERM",
    how: "a filter on `socket(AF_NETLINK)`, as of strict container profiles",
    wrap: deny(`${netlink}:EPERM`),
    works: withoutNetlink,
  },
  {
    name: "seccomp answers netlink with EAFNOSUPPORT",
    how: "a filter on `socket(AF_NETLINK)`, as of systemd's `RestrictAddressFamilies=`",
    wrap: deny(`${netlink}:EAFNOSUPPORT`),
    works: withoutNetlink,
  },
  {
    name: "seccomp ends the thread that asks for netlink",
    how: "a filter on `socket(AF_NETLINK)`, SECCOMP_RET_KILL_THREAD (libseccomp's SCMP_ACT_KILL)",
    wrap: deny(`${netlink}:KILL_THREAD`),
    works: withoutNetlink,
  },
  {
    name: "no inet_diag in the kernel",
    how: "netlink requests answered with ENOENT, as a kernel does that finds no such module",
    wrap: deny(`sendto:5=${sockaddrNlBytes}:ENOENT`),
    works: { ...whole, missing: ["sock_diag", "unix_diag", "rtnetlink", "netdev"], told: /sock_diag: / },
  },
  {
    name: "a kernel like gVisor's",
    how: "no NETLINK_SOCK_DIAG (EPROTONOSUPPORT), no SO_MEMINFO, SO_COOKIE, SO_INCOMING_* (ENOPROTOOPT)",
    wrap: deny(
      `${sockDiag}:EPROTONOSUPPORT`,
      ...[55, 57, 49, 56].map((option) => `getsockopt:1=1:2=${option}:ENOPROTOOPT`),
    ),
    works: {
      finding: "no",
      stack: false,
      missing: [
        "sock_diag",
        "unix_diag",
        "closeEvents",
        "SO_MEMINFO",
        "SO_COOKIE",
        "SO_INCOMING_CPU",
        "SO_INCOMING_NAPI_ID",
      ],
      told: /SO_COOKIE: ENOPROTOOPT/,
    },
  },
  {
    name: "no /proc",
    how: "an empty folder in its place",
    asRoot: true,
    wrap: mounted(hide("/proc")),
    works: { ...whole, missing: ofProc },
  },
  {
    name: "no /proc/sys",
    how: "an empty folder in its place",
    asRoot: true,
    wrap: mounted(hide("/proc/sys")),
    works: { ...whole, missing: ["sysctl", "tcp_mem"] },
  },
  {
    name: "no /sys, /proc/interrupts and /proc/softirqs masked",
    how: "as container runtimes do: an empty folder, /dev/null over the files",
    asRoot: true,
    wrap: mounted(hide("/sys"), ...["interrupts", "softirqs"].map((name) => `mount --bind /dev/null /proc/${name}`)),
    works: { ...whole, missing: ["nics", "interrupts", "softirqs", "cpu-quota", "cgroup-memory", "frozen"] },
  },
  {
    name: "another user's processes are hidden",
    how: "`hidepid=2`, as nobody",
    asRoot: true,
    wrap: [...mounted("mount -t proc -o hidepid=2 proc /proc"), ...asNobody],
    works: whole,
  },
  {
    name: "a user without privileges, among others' sockets",
    how: "as nobody, `no_new_privs`",
    asRoot: true,
    wrap: asNobody,
    works: whole,
  },
  {
    name: "a read-only file system",
    how: "`/` mounted read-only, SOCKSCOPE_LOG and SOCKSCOPE_RECORD on it",
    asRoot: true,
    wrap: mounted("mount -o remount,bind,ro /"),
    env: { SOCKSCOPE_LOG: "/sockscope.ndjson", SOCKSCOPE_RECORD: "/records" },
    works: { ...whole, told: /EROFS/ },
  },
  {
    name: "a PID namespace",
    how: "`unshare --pid --mount-proc`, as a container",
    asRoot: true,
    wrap: ["unshare", "--pid", "--fork", "--mount-proc"],
    works: whole,
  },
  {
    name: "a PID namespace with /proc of another one",
    how: "`unshare --pid` alone",
    asRoot: true,
    wrap: ["unshare", "--pid", "--fork"],
    works: { ...whole, missing: ["task", "schedstat"] },
  },
];
