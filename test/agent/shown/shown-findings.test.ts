import test from "ava";
import { createShownFindings } from "../../../src/agent/shown/shown-findings.js";
import type { Finding } from "../../../src/explain/finding.js";

const finding = (id: string, state: Finding["state"]): Finding => ({
  id,
  symptom: "accept-queue-overflow",
  cause: "event-loop-blocked",
  severity: "warning",
  confidence: 1,
  state,
  subject: { kind: "listener" },
  summary: "",
  evidence: [],
  ruledOut: [],
  remedy: [],
  firstSeen: 0,
  lastSeen: 0,
});

test("active findings come first, resolved ones stay for a minute, and each stands once", (t) => {
  const shown = createShownFindings();
  const ids = (at: number): string[] => shown.list(at).map(({ id, state }) => `${id} ${state}`);
  shown.add(finding("a", "active"), 0);
  shown.add(finding("b", "active"), 10);
  shown.add(finding("a", "active"), 20);
  t.deepEqual(ids(20), ["a active", "b active"]);
  shown.add(finding("a", "resolved"), 1000);
  t.deepEqual(ids(1000), ["b active", "a resolved"]);
  t.deepEqual(ids(61_000), ["b active"]);
});
