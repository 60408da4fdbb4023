import { testHeldCells } from "../lab/held.js";

testHeldCells("process-stopped", "SIGSTOP");
