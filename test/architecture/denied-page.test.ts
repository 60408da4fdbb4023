import test from "ava";
import { renderPage } from "../live/denied/page.js";
import { holdPage } from "./written-page.js";

test("docs/denied.md is what the conditions say", (t) => {
  holdPage(t, __filename, "docs/denied.md", renderPage);
});
