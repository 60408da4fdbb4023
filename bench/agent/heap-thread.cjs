// The agent's thread, which says what its JavaScript heap holds: [used, reserved] bytes, once a second.
const { getHeapStatistics } = require("node:v8");
const { getEnvironmentData } = require("node:worker_threads");

const told = new Float64Array(getEnvironmentData("bench"));
setInterval(() => {
  const { used_heap_size: used, total_physical_size: reserved } = getHeapStatistics();
  told.set([used, reserved]);
}, 1000);
require(process.argv[2]);
