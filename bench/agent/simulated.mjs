// One accept scenario of the model in a process of its own: how long it took, how much happened, the most memory it used.
// Usage: simulated.mjs SCENARIO
import { simulate } from "../../dist/model/index.js";

const began = performance.now();
const scenario = JSON.parse(process.argv[2]);
const { arrivals, admitted, accepted, listenerDrops } = simulate(scenario);
const ms = performance.now() - began;
// Segments of handshakes, requests, segments that were dropped, calls of accept: not what the engine does besides.
const segments = (scenario.clients?.speakFirst ? 4 : 3) * admitted + listenerDrops;
const events = segments + accepted;
process.stdout.write(JSON.stringify({ ms, events, clients: arrivals, peakMb: process.resourceUsage().maxRSS / 1024 }));
