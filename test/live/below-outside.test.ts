// What lies below the sockets, seen by `sockscope diagnose --pid` from another network namespace: needs root.
import test, { type ExecutionContext } from "ava";
import type { Finding } from "../../src/explain/finding.js";
import { runCli } from "../cli/run-cli.js";
import { launch } from "../lab/child.js";
import { tcpMemoryFor, canLimitTcpMemory } from "../lab/memory.js";
import { compiled } from "../lab/root.js";
import { type Host, layPath, type Path } from "../lab/transfer/path.js";

const possible = process.getuid?.() === 0;
const live = possible || process.env.SOCKSCOPE_REQUIRE_ALL === "1" ? test.serial : test.serial.skip;
const why = possible ? "" : " (needs root)";

const start = async (t: ExecutionContext, { ns }: Host, spec: object): Promise<number> => {
  const argv = [process.execPath, compiled("transfer/apps/end.js"), JSON.stringify(spec)];
  const program = launch(t.teardown.bind(t), ns, { argv });
  await program.hear("ready");
  return program.pid;
};

const place = (t: ExecutionContext): Promise<Path> => layPath(t.teardown.bind(t), { path: { kind: "veth" } });

/** What `diagnose --pid` found of these symptoms at warning or above. */
const diagnosed = async (t: ExecutionContext, pid: number, symptom: string): Promise<readonly Finding[]> => {
  const { stdout, stderr } = await runCli("diagnose", "--pid", String(pid), "--duration", "4s", "--json");
  if (stderr !== "") t.log(stderr);
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
  t.log(findings.map(({ severity, summary }) => `${severity}: ${summary}`).join("\n"));
  return findings.filter((finding) => finding.symptom === symptom && finding.severity !== "info");
};

live(`from outside a queue that throws packets away is named with its interface and limit${why}`, async (t) => {
  const { near, far } = await place(t);
  const pid = await start(t, near, { host: near.address, listen: true, send: {} });
  near.ns.run("tc", ..."qdisc add dev wire root tbf rate 50mbit burst 5kb limit 10kb".split(" "));
  await start(t, far, { host: near.address, count: 10 });
  const [finding] = await diagnosed(t, pid, "packets-dropped");
  t.like(finding, { cause: "qdisc-full", subject: { kind: "interface", interface: "wire" } });
  t.regex(finding!.summary, /its queue \(tbf, room for \d+(\.\d)? KB\) was full, behind a shaper of 6\.3 MB\/s/);
});

const v1 = possible && canLimitTcpMemory();
(v1 ? test.serial : test.serial.skip)(
  `from outside the cgroup that holds a process's sockets back is the process's own${v1 ? "" : " (needs root and cgroup v1)"}`,
  async (t) => {
    const { near, far } = await place(t);
    const pid = await start(t, near, { host: near.address, listen: true, read: "none" });
    tcpMemoryFor(t.teardown.bind(t), pid)(524_288);
    await start(t, far, { host: near.address, count: 6, send: {} });
    const [finding] = await diagnosed(t, pid, "memory-pressure");
    t.like(finding, { cause: "cgroup-memory", subject: { kind: "process", pid } });
  },
);
