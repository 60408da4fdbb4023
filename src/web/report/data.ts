// The record that stands in the page as data (src/cli/record/report-file.ts).
import type { FlightRecord } from "../../export/record/record.js";

/** A page without a record, or with a damaged one, shows that there are no frames. */
export const dataOfPage = (): FlightRecord => {
  try {
    const value: unknown = JSON.parse(document.getElementById("record")?.textContent ?? "");
    if (typeof value === "object" && value !== null && "frames" in value) return value as FlightRecord;
  } catch {
    // The same as none.
  }
  return { frames: [], lost: 0 };
};
