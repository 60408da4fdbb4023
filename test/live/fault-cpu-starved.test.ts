import { testHeldCells } from "../lab/held.js";

testHeldCells("cpu-starved", "a busy neighbour with a far higher weight on the same core");
