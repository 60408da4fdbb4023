// Refused segments to clients: a client whose SYN was dropped repeats it after 1, 2, 3, 4, 5, 7, 11, 19 … s (Linux,
// tcp_syn_linear_timeouts = 4; without it 1, 3, 7, 15 s). Whoever is due is taken off before new ones are counted.

/** Seconds after the first SYN at which it is repeated: `linear` + 1 steps of 1 s, then doubling. */
export const retrySchedule = (linear: number, retries = 6): readonly number[] => {
  const times: number[] = [];
  let at = 0;
  for (let i = 0; i < linear + retries; i += 1) {
    at += i <= linear ? 1 : 2 ** (i - linear);
    times.push(at);
  }
  return times;
};

/** Kernel timers fire up to an eighth late (timer wheel), and looks are apart. */
const lateShare = 0.125;
const lateMs = 150;
const earlyMs = 30;
const maxCohorts = 256;

interface Cohort {
  readonly at: number;
  /** Still outside. */
  clients: number;
  /** Whose present retry has not been seen yet. */
  due: number;
  attempt: number;
}

export interface Clients {
  /** Segments refused since the last call, and the time now. Call it also when there were none. */
  fold(refused: number, at: number): void;
  /** Distinct clients that were refused at least once. */
  readonly total: number;
  /** Clients that have not come in yet. */
  readonly outside: number;
  /** Longest delay added to somebody who came in, or has waited so far, in ms of the schedule. */
  readonly worstMs: number;
  /** Mean delay over all of them, ms of the schedule. */
  readonly meanMs: number;
}

export const createClients = (linear: number): Clients => {
  const schedule = retrySchedule(linear).map((seconds) => seconds * 1000);
  let cohorts: Cohort[] = [];
  let total = 0;
  let worstMs = 0;
  let delayMs = 0;

  const admit = (cohort: Cohort, n: number, afterMs: number): void => {
    cohort.clients -= n;
    delayMs += n * afterMs;
    if (n > 0) worstMs = Math.max(worstMs, afterMs);
  };

  /** Retries that were due and did not show among the refused were let in, or nobody tries any more. */
  const advance = (cohort: Cohort, at: number): void => {
    const passedMs = at - cohort.at;
    const presentMs = schedule[cohort.attempt];
    if (presentMs !== undefined && passedMs > presentMs * (1 + lateShare) + lateMs) {
      admit(cohort, cohort.due, presentMs);
      cohort.due = 0;
    }
    for (let next = schedule[cohort.attempt + 1]; next !== undefined && passedMs >= next - earlyMs; ) {
      admit(cohort, cohort.due, schedule[cohort.attempt] ?? 0);
      cohort.attempt += 1;
      cohort.due = cohort.clients;
      next = schedule[cohort.attempt + 1];
    }
  };

  return {
    fold: (refused, at) => {
      for (const cohort of cohorts) advance(cohort, at);
      let rest = refused;
      for (const cohort of cohorts) {
        const repeated = Math.min(cohort.due, rest);
        cohort.due -= repeated;
        rest -= repeated;
      }
      cohorts = cohorts.filter(
        ({ clients, due, attempt }) => clients > 0 && (due > 0 || attempt < schedule.length - 1),
      );
      if (rest <= 0) return;
      total += rest;
      const last = cohorts.at(-1);
      if (last && cohorts.length >= maxCohorts) {
        last.clients += rest;
        return;
      }
      cohorts.push({ at, clients: rest, due: 0, attempt: -1 });
    },
    get total(): number {
      return total;
    },
    get outside(): number {
      return cohorts.reduce((sum, { clients }) => sum + clients, 0);
    },
    get worstMs(): number {
      return Math.max(worstMs, ...cohorts.map(({ attempt }) => schedule[attempt + 1] ?? schedule.at(-1)!));
    },
    get meanMs(): number {
      const pending = cohorts.reduce((sum, c) => sum + c.clients * (schedule[c.attempt + 1] ?? schedule.at(-1)!), 0);
      return total === 0 ? 0 : (delayMs + pending) / total;
    },
  };
};
