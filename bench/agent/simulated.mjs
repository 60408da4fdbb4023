// One accept scenario of the model in a process of its own: how long it took, how much happened, the most memory it used.
// Usage: simulated.mjs SCENARIO
import { readFileSync } from "node:fs";
import { simulate } from "../../dist/model/index.js";

/** CPU time of this thread so far (proc_pid_schedstat(5)): what others take from it is not the model's. */
const cpuMs = () => Number(readFileSync("/proc/thread-self/schedstat", "latin1").split(" ")[0]) / 1e6;

const began = cpuMs();
const scenario = JSON.parse(process.argv[2]);
const { arrivals, admitted, accepted, listenerDrops } = simulate(scenario);
const ms = cpuMs() - began;
// Segments of handshakes, requests, segments that were dropped, calls of accept: not what the engine does besides.
const segments = (scenario.clients?.speakFirst ? 4 : 3) * admitted + listenerDrops;
const events = segments + accepted;
process.stdout.write(JSON.stringify({ ms, events, clients: arrivals, peakMb: process.resourceUsage().maxRSS / 1024 }));
