// Findings as series: those active by what they are known as now, and those that ended by what they ended as. Both begin
// with 0 when a kind is first met, so that the first one shows as an increase.
import type { Finding } from "../../explain/finding.js";
import type { Labels, MetricFamily } from "./reading.js";

export interface FindingSeries {
  /** When it begins, changes or ends. */
  finding(finding: Finding): void;
  collect(): readonly MetricFamily[];
}

interface Kind {
  readonly labels: Labels;
  readonly active: Set<string>;
  ended: number;
}

export const createFindingSeries = (): FindingSeries => {
  const kinds = new Map<string, Kind>();

  const kindOf = ({ symptom, cause, severity }: Finding): Kind => {
    const key = `${symptom}/${cause}/${severity}`;
    const kind = kinds.get(key) ?? { labels: { symptom, cause, severity }, active: new Set(), ended: 0 };
    kinds.set(key, kind);
    return kind;
  };
  return {
    finding(finding) {
      for (const { active } of kinds.values()) active.delete(finding.id);
      const kind = kindOf(finding);
      if (finding.state === "active") kind.active.add(finding.id);
      else kind.ended += 1;
    },
    collect() {
      const all = [...kinds.values()];
      return [
        {
          name: "sockscope_findings_active",
          points: all.map(({ labels, active }) => ({ labels, value: active.size })),
        },
        { name: "sockscope_findings_total", points: all.map(({ labels, ended }) => ({ labels, value: ended })) },
      ];
    },
  };
};
