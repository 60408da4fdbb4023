// What lies below the sockets, looked at twice: how interfaces are made, and how they were served in between.
import {
  type HostNetwork,
  type HostNic,
  openHostNetwork,
  type PacketsPerInterrupt,
  packetsPerInterrupt,
  readNics,
  readSysctl,
} from "../../kernel/index.js";
import type { NetworkSettings } from "../../snapshot/network.js";

export interface DoctorNic extends HostNic {
  readonly speedMbit?: number | undefined;
  /** Over the short window between the two looks. */
  readonly perInterrupt?: PacketsPerInterrupt | undefined;
}

export interface Below extends Pick<HostNetwork, "cpus" | "interruptCpus" | "tcpMemory" | "cgroupMemory" | "missing"> {
  readonly nics: readonly DoctorNic[];
  readonly settings: NetworkSettings;
}

export interface BelowWatch {
  /** The second look; waits until the window is long enough. */
  end(): Promise<Below>;
}

/** Fewer packets than a few hundred tell nothing, so longer is better; a person waits for it. */
const windowMs = 1000;

/** Takes the first look. `pid`: whose network namespace and cgroup. */
export function watchBelow(pid: number | undefined): BelowWatch {
  const kept = openHostNetwork(pid === undefined ? {} : { pid });
  const before = kept.read()!;
  const window = new Promise((done) => setTimeout(done, windowMs));
  return {
    end: async () => {
      await window;
      try {
        return belowOf(before, kept.read()!, pid === undefined ? (readNics() ?? []) : []);
      } finally {
        kept.close();
      }
    },
  };
}

function belowOf(
  before: HostNetwork,
  after: HostNetwork,
  own: readonly { readonly name: string; readonly speedMbit: number | undefined }[],
): Below {
  const one = (name: string): number | undefined => readSysctl(`net.core.${name}`)?.[0];
  const { cpus, interruptCpus, tcpMemory, cgroupMemory, missing } = after;
  return {
    cpus,
    interruptCpus,
    tcpMemory,
    cgroupMemory,
    missing,
    settings: {
      netdev_max_backlog: one("netdev_max_backlog"),
      netdev_budget: one("netdev_budget"),
      netdev_budget_usecs: one("netdev_budget_usecs"),
    },
    nics: after.nics.map((nic) => ({
      ...nic,
      speedMbit: own.find(({ name }) => name === nic.name)?.speedMbit,
      perInterrupt: nic.loopback === true ? undefined : packetsPerInterrupt(before, after, nic.name),
    })),
  };
}
