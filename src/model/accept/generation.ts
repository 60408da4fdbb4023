// Where kernels differ on the accept path. Releases: of the mainline, and of the stable series that took the change over.
import { type ModelSysctls, sysctlDefaults } from "../sysctl.js";

export interface Generation {
  /** Requests that the SYN queue of a listener with this limit holds at most. */
  readonly synQueueHolds: (limit: number) => number;
  readonly sysctlDefaults: ModelSysctls;
}

/** "6.12.10" and whatever a distribution appends; 4.10 was the first that looked at the accept queue alone. */
const releasePattern = /^(\d+)\.(\d+)(?:\.(\d+))?(?:[-+ ].*)?$/;
const oldest = [4, 10, 0];

/** [major, minor, patch]; undefined for what is no release, or older than the model knows. */
export const versionOf = (release: string): readonly number[] | undefined => {
  const version = releasePattern
    .exec(release)
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  return version && isFrom(version, oldest) ? version : undefined;
};

const isFrom = (version: readonly number[], since: readonly number[]): boolean => {
  const differs = version.findIndex((part, index) => part !== since[index]);
  return differs < 0 || version[differs]! > since[differs]!;
};

/** "tcp/dccp: allow a connection when sk_max_ack_backlog is zero": `>` where `>=` was, so one request more. */
const oneMoreSince = [
  [5, 4, 290],
  [5, 10, 234],
  [5, 15, 177],
  [6, 1, 125],
  [6, 6, 72],
  [6, 12, 10],
] as const;
const oneMoreForAllSince = [6, 13, 0];
/** "net: set default somaxconn to 4096". */
const largerSomaxconnSince = [5, 4, 0];
const somaxconnBefore = 128;
/** tcp_syn_linear_timeouts; before, SYNs were repeated after 1, 2, 4 … seconds. */
const linearTimeoutsSince = [6, 5, 0];

const holdsOneMore = (version: readonly number[]): boolean =>
  isFrom(version, oneMoreForAllSince) ||
  oneMoreSince.some((since) => version[0] === since[0] && version[1] === since[1] && isFrom(version, since));

/** `release` as uname tells it; without one the newest kernel that was measured (6.18). */
export function generationOf(release: string | undefined): Generation {
  const version = release === undefined ? undefined : versionOf(release);
  if (!version) return { synQueueHolds: (limit) => limit + 1, sysctlDefaults };
  const extra = holdsOneMore(version) ? 1 : 0;
  return {
    synQueueHolds: (limit) => limit + extra,
    sysctlDefaults: {
      ...sysctlDefaults,
      ...(!isFrom(version, largerSomaxconnSince) && { somaxconn: somaxconnBefore }),
      ...(!isFrom(version, linearTimeoutsSince) && { tcp_syn_linear_timeouts: 0 }),
    },
  };
}
