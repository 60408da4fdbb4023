import { testHeldCells } from "../lab/held.js";

testHeldCells("cpu-throttled", "a tenth of a CPU by cgroup quota");
