import { testHeldCells } from "../lab/held.js";

testHeldCells("not-accepting", "an inherited listener that nobody accepts from");
