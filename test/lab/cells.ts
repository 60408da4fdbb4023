// The table of accept-path symptoms and causes: how each pair is proved, or why it cannot exist.
import {
  type AcceptCause,
  type AcceptSymptom,
  acceptCauses,
  acceptSymptoms,
  type Cause,
  otherCauses,
  type Symptom,
} from "../../src/explain/finding.js";

/** Live: a real fault on a real kernel. Replayed: recorded or modelled snapshots. Excluded: cannot exist. */
export type Proof =
  | { readonly how: "live"; readonly by: string }
  | { readonly how: "replayed"; readonly by: string; readonly because: string }
  | { readonly how: "excluded"; readonly because: string };

export interface Cell {
  readonly symptom: Symptom;
  readonly cause: Cause;
  readonly proof: Proof;
}

const live = (name: string): Proof => ({ how: "live", by: `test/live/${name}.test.ts` });
const excluded = (because: string): Proof => ({ how: "excluded", because });

const shedInstead = excluded(
  "without free descriptors libuv accepts and closes whatever waits, so the queue empties at once: connections-shed",
);
const primaryAccepts = excluded(
  "the cluster primary accepts at once and queues in its own memory: only accept-wait shows it",
);
const drainsAtOnce = excluded(
  "a loop with time to spare empties its queue within milliseconds: nobody waits for long, and no queue stays full for a second",
);
const unclear: Proof = {
  how: "replayed",
  by: "test/explain",
  because: "every live fault leaves evidence; what is unclear has readings missing, which recorded snapshots can lack",
};

const held: Readonly<Record<AcceptCause, Proof>> = {
  "process-stopped": live("fault-process-stopped"),
  "cpu-throttled": live("fault-cpu-throttled"),
  "cpu-starved": live("fault-cpu-starved"),
  "fd-exhausted": shedInstead,
  "event-loop-blocked": live("fault-event-loop-blocked"),
  "not-accepting": live("fault-not-accepting"),
  "event-loop-saturated": live("fault-event-loop-saturated"),
  "cluster-queue": primaryAccepts,
  "backlog-clamped": live("fault-backlog"),
  "backlog-too-small": live("fault-backlog"),
  unknown: unclear,
};
const patient = { ...held, "backlog-clamped": drainsAtOnce, "backlog-too-small": drainsAtOnce };

const rows: Readonly<Record<AcceptSymptom, Readonly<Partial<Record<Cause, Proof>>>>> = {
  "accept-queue-overflow": held,
  "accept-queue-pressure": patient,
  "accept-wait": { ...patient, "cluster-queue": live("fault-cluster-queue") },
  "abandoned-in-queue": patient,
  "ghost-connections": held,
  "connections-reset": { ...held, "listener-closed": live("fault-listener-closed") },
  "connections-shed": {
    "fd-exhausted": live("fault-connections-shed"),
    "max-connections": live("fault-connections-shed"),
  },
  "syn-queue-overflow": {
    "backlog-too-small": live("fault-syn-queue"),
    "syn-flood": live("fault-syn-queue"),
    "handshakes-incomplete": live("fault-syn-queue"),
  },
};

/** Causes in the order of the table: the accept causes, then those of one symptom only. */
export const causes: readonly Cause[] = [...acceptCauses, ...otherCauses];

/** Every symptom with each of its causes. */
export const cells: readonly Cell[] = acceptSymptoms.flatMap((symptom) =>
  causes.flatMap((cause) => {
    const proof = rows[symptom][cause];
    return proof === undefined ? [] : [{ symptom, cause, proof }];
  }),
);

/** Whether this pair is proved live. */
export const isLive = (symptom: AcceptSymptom, cause: Cause): boolean => rows[symptom][cause]?.how === "live";
