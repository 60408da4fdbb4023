// The series of the process's TCP connections: how many in which state, and what those sampled at each interval hold.
import type { ConnectionsReading } from "../../snapshot/connection.js";
import { createHistogram } from "../../snapshot/histogram.js";
import type { MetricFamily } from "./reading.js";
import { metricOf } from "./table.js";

export interface ConnectionSeries {
  /** Once an interval. */
  interval(reading: ConnectionsReading): void;
  collect(): readonly MetricFamily[];
}

/** As the semantic conventions of OpenTelemetry write ss's states. */
const stateNames: ReadonlyMap<string, string> = new Map([
  ["ESTAB", "established"],
  ["SYN-SENT", "syn_sent"],
  ["SYN-RECV", "syn_received"],
  ["FIN-WAIT-1", "fin_wait_1"],
  ["FIN-WAIT-2", "fin_wait_2"],
  ["TIME-WAIT", "time_wait"],
  ["UNCONN", "closed"],
  ["CLOSE-WAIT", "close_wait"],
  ["LAST-ACK", "last_ack"],
  ["CLOSING", "closing"],
  ["unread", "unknown"],
]);

export const createConnectionSeries = (): ConnectionSeries => {
  const recvQueue = createHistogram(metricOf("sockscope_tcp_recv_queue_bytes").bounds);
  const sendQueue = createHistogram(metricOf("sockscope_tcp_send_queue_bytes").bounds);
  let last: ConnectionsReading | undefined;
  /** States that were met: a state that nobody is in any more is 0. */
  const states = new Set(["ESTAB"]);

  return {
    interval(reading) {
      last = reading;
      for (const state of Object.keys(reading.counts)) if (stateNames.has(state)) states.add(state);
      for (const { transport, state, recvQBytes, sendQBytes } of reading.rows) {
        if (transport !== "tcp" || state === "SYN-SENT") continue;
        if (recvQBytes !== undefined) recvQueue.add(recvQBytes);
        if (sendQBytes !== undefined) sendQueue.add(sendQBytes);
      }
      recvQueue.add(0, reading.empty ?? 0);
      sendQueue.add(0, reading.empty ?? 0);
    },
    collect() {
      if (!last) return [];
      const { counts, census } = last;
      const points = [...states].map((state) => ({
        labels: { state: stateNames.get(state)! },
        value: counts[state] ?? 0,
      }));
      return [
        { name: "sockscope_tcp_connections", points },
        { name: "sockscope_tcp_recv_queue_bytes", points: [{ labels: {}, histogram: recvQueue.read() }] },
        { name: "sockscope_tcp_send_queue_bytes", points: [{ labels: {}, histogram: sendQueue.read() }] },
        { name: "sockscope_tcp_rtt_seconds", points: census ? [{ labels: {}, histogram: census.rtt }] : [] },
        { name: "sockscope_tcp_retransmits_total", points: census ? [{ labels: {}, value: census.retransmits }] : [] },
      ];
    },
  };
};
