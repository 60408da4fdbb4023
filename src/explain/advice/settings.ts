// Advice on settings: net/socket.c __sys_listen, net/ipv4/tcp_input.c tcp_conn_request, ip-sysctl.rst.
import type { ListenerReading } from "../../snapshot/snapshot.js";
import type { Advice } from "./adviser.js";
import { placeOf } from "../format.js";
import { nodeListenBacklog } from "./listeners.js";
import type { SetUp } from "./readings.js";

/** Linux's default since 5.4. */
const defaultSomaxconn = 4096;
/** Below this, half of the buffer as window gives less than 84 Mbit/s at 50 ms. */
const smallBufferBytes = 1_048_576;

/** Settings of the network namespace that lose connections or starve them. */
export function adviseOnSettings(setUp: SetUp): readonly Advice[] {
  return [...somaxconn(setUp), ...synQueue(setUp), ...abortOnOverflow(setUp), ...buffers(setUp)];
}

function somaxconn({ settings, listeners }: SetUp): readonly Advice[] {
  const value = settings.somaxconn;
  if (value === undefined || value >= nodeListenBacklog) return [];
  const cut = (listeners ?? []).filter(({ transport, limit }) => transport === "tcp" && limit === value);
  const names = cut.length === 0 ? "" : `; at that limit now: ${cut.map(placeOf).join(", ")}`;
  return [
    {
      severity: "warning",
      subject: "net.core.somaxconn",
      because: `somaxconn ${value} cuts every accept queue to ${value + 1} connections, also Node's default of ${nodeListenBacklog}${names}`,
      remedy: `sysctl -w net.core.somaxconn=${defaultSomaxconn}, then let the server listen() again: the limit is taken at listen()`,
      source: "/proc/sys/net/core/somaxconn",
    },
  ];
}

function synQueue({ settings, listeners }: SetUp): readonly Advice[] {
  const source = "/proc/sys/net/ipv4/tcp_syncookies";
  const subject = "net.ipv4.tcp_syncookies";
  if (settings.tcp_syncookies === 2)
    return [
      {
        severity: "warning",
        subject,
        because:
          "tcp_syncookies 2 answers every SYN with a cookie: clients that then find the accept queue full believe that they are connected, and TCPReqQFullDoCookies counts all SYNs",
        remedy: "sysctl -w net.ipv4.tcp_syncookies=1",
        source,
      },
    ];
  if (settings.tcp_syncookies !== 0) return [];
  const off: Advice = {
    severity: "warning",
    subject,
    because: "tcp_syncookies 0 drops the SYNs beyond a full SYN queue, so a SYN flood shuts honest clients out",
    remedy: "sysctl -w net.ipv4.tcp_syncookies=1",
    source,
  };
  return [off, ...maxSynBacklog(settings.tcp_max_syn_backlog, listeners ?? [])];
}

/** Matters without cookies only: the last quarter is kept for proven peers, M − M/4 + 1 half-open ones are admitted. */
function maxSynBacklog(value: number | undefined, listeners: readonly ListenerReading[]): readonly Advice[] {
  const largest = Math.max(0, ...listeners.filter(({ transport }) => transport === "tcp").map(({ limit }) => limit));
  if (value === undefined || value - (value >> 2) >= largest) return [];
  return [
    {
      severity: "warning",
      subject: "net.ipv4.tcp_max_syn_backlog",
      because: `without cookies tcp_max_syn_backlog ${value} admits ${value - (value >> 2) + 1} half-open connections, fewer than the largest accept queue here takes (${largest + 1})`,
      remedy: `sysctl -w net.ipv4.tcp_max_syn_backlog=${Math.ceil((largest * 4) / 3)}`,
      source: "/proc/sys/net/ipv4/tcp_max_syn_backlog",
    },
  ];
}

function abortOnOverflow({ settings }: SetUp): readonly Advice[] {
  if (settings.tcp_abort_on_overflow !== 1) return [];
  return [
    {
      severity: "warning",
      subject: "net.ipv4.tcp_abort_on_overflow",
      because:
        "tcp_abort_on_overflow 1 resets clients whose handshake ends while the accept queue is full, instead of letting them try again",
      remedy: "sysctl -w net.ipv4.tcp_abort_on_overflow=0",
      source: "/proc/sys/net/ipv4/tcp_abort_on_overflow",
    },
  ];
}

function buffers({ settings }: SetUp): readonly Advice[] {
  const defaults = { tcp_rmem: "4096 131072 6291456", tcp_wmem: "4096 16384 4194304" } as const;
  return (["tcp_rmem", "tcp_wmem"] as const).flatMap((name) => {
    const largest = settings[name]?.[2];
    if (largest === undefined || largest >= smallBufferBytes) return [];
    const mbit = (largest / 2 / 0.05) * 8e-6;
    return [
      {
        severity: "warning" as const,
        subject: `net.ipv4.${name}`,
        because: `${name} allows at most ${largest} bytes: about ${mbit.toFixed(1)} Mbit/s for one connection at 50 ms round trip`,
        remedy: `sysctl -w net.ipv4.${name}="${defaults[name]}"`,
        source: `/proc/sys/net/ipv4/${name}`,
      },
    ];
  });
}
