// One accept scenario of the model in a process of its own: how long it took, how much happened, the most memory it used.
// Usage: simulated.mjs SCENARIO
import { simulate } from "../../dist/model/index.js";

const began = performance.now();
const { arrivals, admitted, accepted, listenerDrops } = simulate(JSON.parse(process.argv[2]));
const ms = performance.now() - began;
// What a client's way in shows to the outside: its SYN, a place in the queue or none, the accept.
const events = arrivals + admitted + accepted + listenerDrops;
process.stdout.write(JSON.stringify({ ms, events, clients: arrivals, peakMb: process.resourceUsage().maxRSS / 1024 }));
