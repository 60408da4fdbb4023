// A flight record as one HTML file that opens offline: the built report with the record as data in it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../export/package-root.js";
import type { FlightRecord } from "../../export/record/record.js";
import { UsageError } from "../command.js";

/** What stands in the built report (scripts/page.mjs) where the record goes. */
const place = '<script type="application/json" id="record">';

/** Throws `UsageError` where the package was built without its pages. */
export const reportOf = (record: FlightRecord): string => {
  const template = templateText();
  const at = template.indexOf(place);
  if (at < 0) throw new UsageError("the report's page is not in this build of sockscope: npm run build");
  const end = at + place.length;
  return `${template.slice(0, end)}${dataOf(record)}${template.slice(end)}`;
};

/** JSON that no HTML parser can mistake for markup. */
export const dataOf = (record: FlightRecord): string => JSON.stringify(record).replaceAll("<", "\\u003c");

const templateText = (): string => {
  const file = join(packageRoot() ?? "/", "dist/web/report.html");
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};
