import { testHeldCells } from "../lab/held.js";

testHeldCells("event-loop-blocked", "a synchronous function");
