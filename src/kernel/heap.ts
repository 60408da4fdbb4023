// This thread's JavaScript heap: napi_adjust_external_memory (V8's Heap::ReportExternalMemoryPressure).
import { binding } from "../binding.js";

/**
 * Collects all that nothing leads to, at once, some milliseconds for each megabyte in use; the second time gives back
 * pages that the first left half empty. For threads whose old generation may take a few hundred megabytes at most: a
 * larger one is not collected.
 */
export function collectGarbage(): void {
  binding?.collectGarbage();
}
