// Round-trip time and the retransmission timeout (net/ipv4/tcp_input.c: tcp_rtt_estimator, tcp_set_rto). µs, scaled as
// the kernel does: srtt by 8, mdev by 4.
import { ticksOf, type Tcp } from "./tcp.js";

export const leastRtoMicros = 200_000;
export const leastRtoTicks = 50;
/** TCP_RTO_MAX: 120 s. */
export const mostRtoTicks = 30_000;

function firstSample(tcp: Tcp, micros: number): void {
  tcp.srtt = micros * 8;
  tcp.mdev = micros * 2;
  tcp.rttvar = Math.max(tcp.mdev, leastRtoMicros);
  tcp.mdevMax = tcp.rttvar;
  tcp.rttSeq = tcp.sndNxt;
}

function nextSample(tcp: Tcp, micros: number): void {
  let error = micros - (tcp.srtt >> 3);
  tcp.srtt += error;
  if (error < 0) {
    error = -error - (tcp.mdev >> 2);
    if (error > 0) error >>= 3;
  } else error -= tcp.mdev >> 2;
  tcp.mdev += error;
  if (tcp.mdev > tcp.mdevMax) {
    tcp.mdevMax = tcp.mdev;
    tcp.rttvar = Math.max(tcp.rttvar, tcp.mdevMax);
  }
  if (tcp.sndUna <= tcp.rttSeq) return;
  if (tcp.mdevMax < tcp.rttvar) tcp.rttvar -= (tcp.rttvar - tcp.mdevMax) >> 2;
  tcp.rttSeq = tcp.sndNxt;
  tcp.mdevMax = leastRtoMicros;
}

/** A packet that was sent once was acknowledged after `nanos`. */
export function measureRtt(tcp: Tcp, nanos: number): void {
  const micros = Math.max(1, Math.round(nanos / 1000));
  if (tcp.srtt === 0) firstSample(tcp, micros);
  else nextSample(tcp, micros);
  tcp.srtt = Math.max(1, tcp.srtt);
  tcp.rto = Math.min(ticksOf((tcp.srtt >> 3) + tcp.rttvar), mostRtoTicks);
  tcp.backoff = 0;
}
