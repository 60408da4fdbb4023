// What ss(8) of iproute2 says of sockets (`ss -tinmoeO`), as words; and our readings in the same words, spelled as ss
// spells them (misc/ss.c tcp_show_info, tcp_stats_print), so that the two are compared whole.
import { command } from "./command.js";
import type { InetDiagSocket, MemInfo, TcpInfo } from "../../src/kernel/index.js";

export interface SsSocket {
  readonly state: string;
  readonly recvQ: number;
  readonly sendQ: number;
  readonly local: string;
  readonly peer: string;
  /** `rto` → `204`, `timer` → `(on,200ms,0)`; a word without a value is `""`. */
  readonly words: Readonly<Record<string, string>>;
}

const congestions: ReadonlySet<string> = new Set(["cubic", "reno", "bbr"]);

const wordsOf = (tokens: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    tokens.map((token) => {
      if (congestions.has(token)) return ["congestion", token];
      const [, name = token, value = ""] = /^([\w-]+):(.*)$/s.exec(token) ?? [];
      return [name, value];
    }),
  );

/** Some values stand behind a blank. */
const apart = /\b(send|pacing_rate|delivery_rate) (?=\d)/g;

export const parseSs = (text: string): readonly SsSocket[] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [state = "", recvQ, sendQ, local = "", peer = "", ...tokens] = line
        .trim()
        .replaceAll(apart, "$1:")
        .split(/\s+/);
      return { state, recvQ: Number(recvQ), sendQ: Number(sendQ), local, peer, words: wordsOf(tokens) };
    });

/** Sockets that fit ss's own filter; `run`: where, a namespace for instance. */
export const ss = (
  filter: string,
  run: (file: string, ...args: readonly string[]) => string = command,
): readonly SsSocket[] => parseSs(run("ss", "-tinmoeOH", ...filter.split(" ")));

/** printf's %g. */
const g = (value: number): string => String(Number(value.toPrecision(6)));
const bps = (bytesPerSecond: number): string => `${(8 * bytesPerSecond).toFixed(0)}bps`;

/** Kept by the kernel at its default, and left out by ss then. */
const usualReordering = 3;
const largestSsthreshShown = 0xffff;

type Words = Readonly<Record<string, string | undefined>>;
const flag = (holds: boolean): string | undefined => (holds ? "" : undefined);
const unlessZero = (value: number | bigint | undefined): string | undefined => (value ? String(value) : undefined);
const limited = (part: number, busy: number): string | undefined =>
  part ? `${Math.floor(part / 1000)}ms(${((100 * part) / busy).toFixed(1)}%)` : undefined;

const ms = (micros: number | undefined): string | undefined => (micros ? g(micros / 1000) : undefined);

const tcpWords = (info: TcpInfo): Words => {
  const { options = 0, retrans, totalRetrans, busyMicros = 0, rttMicros = 0, pacingRate, maxPacingRate } = info;
  return {
    ts: flag((options & 1) !== 0),
    sack: flag((options & 2) !== 0),
    ecn: flag((options & 8) !== 0),
    ecnseen: flag((options & 16) !== 0),
    fastopen: flag((options & 32) !== 0),
    wscale: (options & 4) !== 0 ? `${info.sndWscale},${info.rcvWscale}` : undefined,
    rto: ms(info.rtoMicros),
    backoff: unlessZero(info.backoff),
    rtt: rttMicros ? `${g(rttMicros / 1000)}/${g((info.rttvarMicros ?? 0) / 1000)}` : undefined,
    ato: ms(info.atoMicros),
    mss: unlessZero(info.sndMssBytes),
    rcvmss: unlessZero(info.rcvMssBytes),
    advmss: unlessZero(info.advmssBytes),
    pmtu: unlessZero(info.pmtuBytes),
    cwnd: unlessZero(info.cwnd),
    ssthresh: (info.ssthresh ?? Infinity) < largestSsthreshShown ? String(info.ssthresh) : undefined,
    bytes_sent: unlessZero(info.bytesSent),
    bytes_retrans: unlessZero(info.bytesRetrans),
    bytes_acked: unlessZero(info.bytesAcked),
    bytes_received: unlessZero(info.bytesReceived),
    segs_out: unlessZero(info.segsOut),
    segs_in: unlessZero(info.segsIn),
    data_segs_out: unlessZero(info.dataSegsOut),
    data_segs_in: unlessZero(info.dataSegsIn),
    lastsnd: unlessZero(info.lastDataSentMs),
    lastrcv: unlessZero(info.lastDataRecvMs),
    lastack: unlessZero(info.lastAckRecvMs),
    pacing_rate: pacingRate
      ? `${bps(pacingRate)}${maxPacingRate === undefined ? "" : `/${bps(maxPacingRate)}`}`
      : undefined,
    delivery_rate: info.deliveryRate ? bps(info.deliveryRate) : undefined,
    delivered: unlessZero(info.delivered),
    delivered_ce: unlessZero(info.deliveredCe),
    app_limited: flag(info.appLimited === true),
    busy: busyMicros ? `${Math.floor(busyMicros / 1000)}ms` : undefined,
    rwnd_limited: limited(info.rwndLimitedMicros ?? 0, busyMicros),
    sndbuf_limited: limited(info.sndbufLimitedMicros ?? 0, busyMicros),
    unacked: unlessZero(info.unacked),
    retrans: retrans || totalRetrans ? `${retrans}/${totalRetrans}` : undefined,
    lost: unlessZero(info.lost),
    sacked: unlessZero(info.sacked),
    dsack_dups: unlessZero(info.dsackDups),
    fackets: unlessZero(info.fackets),
    reordering: info.reordering === usualReordering ? undefined : unlessZero(info.reordering),
    reord_seen: unlessZero(info.reordSeen),
    rcv_rtt: ms(info.rcvRttMicros),
    rcv_space: unlessZero(info.rcvSpaceBytes),
    rcv_ssthresh: unlessZero(info.rcvSsthreshBytes),
    notsent: unlessZero(info.notSentBytes),
    minrtt: ms(info.minRttMicros),
    rcv_ooopack: unlessZero(info.rcvOoopack),
    snd_wnd: unlessZero(info.sndWndBytes),
  };
};

const memWords = (mem: MemInfo): Words => ({
  skmem: `(${[
    `r${mem.rmemAlloc}`,
    `rb${mem.rcvbuf}`,
    `t${mem.wmemAlloc}`,
    `tb${mem.sndbuf}`,
    `f${mem.fwdAlloc}`,
    `w${mem.wmemQueued}`,
    `o${mem.optmem}`,
    `bl${mem.sockBacklogBytes}`,
    `d${mem.drops}`,
  ].join(",")})`,
});

const there = (words: Words): Record<string, string> =>
  Object.fromEntries(Object.entries(words).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

/** tcp_info and SO_MEMINFO of a socket in ss's words. */
export const infoWords = (tcp: TcpInfo, mem: MemInfo): Record<string, string> =>
  there({ ...tcpWords(tcp), ...memWords(mem) });

const timers: readonly (string | undefined)[] = [undefined, "on", "keepalive", "timewait", "persist"];

/** ss.c print_ms_timer. */
const inTimer = (expiresMs: number): string => {
  const [minutes, seconds] = [Math.floor(expiresMs / 60_000), Math.floor(expiresMs / 1000) % 60];
  const left = minutes > 0 || seconds > 9 ? 0 : expiresMs % 1000;
  const shown = minutes > 9 ? 0 : seconds;
  return [
    minutes > 0 ? `${minutes}min` : "",
    shown > 0 ? `${shown}${left > 0 ? "." : "sec"}` : "",
    left > 0 ? `${String(left).padStart(3, "0")}ms` : "",
  ].join("");
};

/** A whole row of sock_diag in ss's words. */
export const diagWords = (socket: InetDiagSocket): Record<string, string> => {
  const { timer, expiresMs, retransmits, uid, inode, cookie, congestion, tcpInfo, memInfo } = socket;
  return {
    ...infoWords(tcpInfo!, memInfo!),
    ...there({
      timer: timers[timer] && `(${timers[timer]},${inTimer(expiresMs)},${retransmits})`,
      uid: uid === 0 ? undefined : String(uid),
      ino: String(inode),
      sk: cookie.toString(16),
      congestion,
    }),
  };
};
