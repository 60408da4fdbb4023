// Checks a nic scenario before it runs.
import {
  boolean,
  boundTotal,
  type Check,
  count,
  fail,
  int32,
  integer,
  list,
  most,
  number,
  object,
  oneOf,
  pattern,
  positiveSeconds,
} from "../checks.js";
import type { NicScenario } from "./scenario.js";

const mostCpus = 256;
const cpuNumber = integer(0, mostCpus - 1);

const cpuNumbers: Check = (value, path) => {
  list(cpuNumber)(value, path);
  if ((value as readonly number[]).length === 0) fail(path, value, "a list of at least one CPU");
};

const version: Check = (value, path) => {
  if (typeof value !== "string" || !/^\d+\.\d+(\.\d+)?$/.test(value)) fail(path, value, 'a version such as "6.18"');
};

const nic = object(
  {},
  {
    ring: integer(1, 65_536),
    packetBytes: integer(1, 65_536),
    lineRate: number(1, 1e12),
    device: oneOf("nic", "loopback", "veth"),
    queues: integer(1, mostCpus),
    irqCpus: cpuNumbers,
    rpsCpus: cpuNumbers,
    interruptPause: number(0, 1),
    napi_defer_hard_irqs: integer(0, int32),
    gro_flush_timeout: integer(0, 1_000_000_000),
    groSegments: integer(1, 64),
    rechecks: boolean,
    threaded: boolean,
  },
);

const cpu = object(
  { interruptCost: number(0, 1), packetCost: number(1e-9, 1) },
  {
    driverCost: number(0, 1),
    pollCost: number(0, 1),
    count: integer(1, mostCpus),
    hz: oneOf(100, 250, 300, 1000),
    program: boolean,
  },
);

const shape = object(
  {
    kind: oneOf("nic"),
    cpu,
    arrivals: list(pattern(count, { flows: integer(1, most), burst: integer(1, most), jitter: boolean })),
  },
  {
    nic,
    sysctl: object(
      {},
      {
        base: oneOf("linux", "host"),
        netdev_budget: integer(1, int32),
        netdev_budget_usecs: integer(1, int32),
        dev_weight: integer(1, 65_536),
        netdev_max_backlog: integer(0, int32),
      },
    ),
    kernel: version,
    seed: integer(0, 2 ** 32 - 1),
    until: positiveSeconds,
  },
);

/** A shorter pause between deferred polls makes more of them than a run should compute. */
const shortestFlushNs = 1000;

/** `value` is a nic scenario; throws ScenarioError. */
export const checkNic: Check = (value, path) => {
  shape(value, path);
  const scenario = value as NicScenario;
  // Time to compute goes with the packets.
  boundTotal(scenario, "packets");
  const flush = scenario.nic?.gro_flush_timeout ?? 0;
  if (flush > 0 && flush < shortestFlushNs)
    fail("$.nic.gro_flush_timeout", flush, `0 or at least ${shortestFlushNs} (nanoseconds)`);
};
