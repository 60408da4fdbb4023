// The agent's thread with a CPU profile of a stretch of its life: BENCH_PROFILE is JSON of { file, fromMs, ms }.
const { writeFileSync } = require("node:fs");
const { Session } = require("node:inspector");
const { getEnvironmentData } = require("node:worker_threads");

const { file, fromMs, ms } = getEnvironmentData("profile");
const session = new Session();
session.connect();
session.post("Profiler.enable");
session.post("Profiler.setSamplingInterval", { interval: 200 });
setTimeout(() => {
  session.post("Profiler.start");
  setTimeout(() => {
    session.post("Profiler.stop", (_error, { profile }) => writeFileSync(file, JSON.stringify(profile)));
    session.disconnect();
  }, ms);
}, fromMs);
require(process.argv[2]);
