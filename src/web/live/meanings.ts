// What charts and connections are, in words for somebody who meets them for the first time. (Tanks say it themselves.)
import type { ChartSpec } from "../parts/chart-table.js";

export const chartMeanings: Readonly<Record<ChartSpec["id"], readonly string[]>> = {
  queue: [
    "Every look at the listener within the interval, not only the last one: a queue that fills and empties between two frames still shows.",
    "The dashed line is the limit. One connection more than the limit fits; what comes then is dropped.",
  ],
  drops: [
    "Segments that the kernel threw away at this listener, in each interval: SYNs, and last packets of handshakes that found no room. Each client that is hit waits at least a second before it tries again.",
  ],
  loop: [
    "The share of each interval in which the loop did not wait for events. A hundred percent with no turn is a block; the band shows since when, and the name is the JavaScript function that was found running.",
  ],
  wait: [
    "How long the connection at the head of the accept queue had been waiting when it was looked at. For its client the server is connected and silent.",
  ],
};

export const connectionMeaning: readonly string[] = [
  "One socket, as the kernel sees it. Unread: it has arrived and the application has not read it. Unacked: written and not acknowledged by the peer. Not sent: the part of it that has not left yet.",
];
