// `sockscope diagnose` on connections of processes that know nothing of it.
import { readdirSync, readlinkSync } from "node:fs";
import test from "ava";
import type { Finding } from "../../src/explain/finding.js";
import { startCli } from "../cli/run-cli.js";
import { eventually } from "../lab/eventually.js";
import { createNamespace } from "../lab/netns.js";
import { asRoot } from "./needs.js";
import { startHolder } from "./holder.js";

interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly listeners: readonly { readonly port?: number }[];
  readonly missing: readonly { readonly source: string; readonly reason: string }[];
}

type Diagnosed = Diagnosis & { readonly status: number | null };

const startDiagnosis = (...args: readonly (string | number)[]) => {
  const { child, ended } = startCli(["diagnose", ...args.map(String), "--json"]);
  const said = async (): Promise<Diagnosed> => {
    const { status, stdout, stderr } = await ended;
    if (stdout === "") throw new Error(stderr);
    return { ...(JSON.parse(stdout) as Diagnosis), status };
  };
  return { pid: child.pid!, said };
};
const diagnose = (...args: readonly (string | number)[]): Promise<Diagnosed> => startDiagnosis(...args).said();

/** It has opened sock_diag, its only socket, and looks for the first time. */
const begins = (pid: number): boolean => {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`).startsWith("socket:");
    } catch {
      return false;
    }
  });
};
const grave = ({ findings }: Diagnosis): readonly string[] =>
  findings.filter(({ severity }) => severity !== "info").map(({ symptom, cause }) => `${symptom} ${cause}`);

test.serial(
  "a peer that does not read is named from outside, once for all its connections, in the server's and the port's view",
  async (t) => {
    const server = await startHolder(t, ["serve", "writes"]);
    await startHolder(t, ["connect", "pauses", server.port, 5]);
    const seen = await diagnose("--pid", server.pid, "--duration", "5s");
    t.deepEqual(grave(seen), ["write-stalled peer-not-reading"]);
    t.is(seen.status, 1);
    t.like(seen.findings[0]!.subject, { kind: "connections", port: server.port, pid: server.pid, count: 5 });
    t.deepEqual(
      seen.listeners.map(({ port }) => port),
      [server.port],
    );
    t.deepEqual(seen.missing, []);
    const byPort = await diagnose("--port", server.port, "--duration", "3500ms");
    t.deepEqual(grave(byPort), ["write-stalled peer-not-reading"]);
    t.is(byPort.findings[0]!.subject.pid, server.pid);
  },
);

test.serial("a client without listeners that leaves its data unread is watched by its pid", async (t) => {
  const server = await startHolder(t, ["serve", "writes"]);
  const client = await startHolder(t, ["connect", "pauses", server.port, 2]);
  const seen = await diagnose("--pid", client.pid, "--duration", "7s");
  t.deepEqual(grave(seen), ["read-stalled application-not-reading"]);
  t.like(seen.findings[0]!.subject, { kind: "connections", pid: client.pid, count: 2 });
  t.deepEqual([seen.listeners, seen.missing], [[], []]);
});

test.serial("healthy transfers are no finding", async (t) => {
  const server = await startHolder(t, ["serve", "reads"]);
  await startHolder(t, ["connect", "reads", server.port, 20]);
  const seen = await diagnose("--pid", server.pid, "--duration", "3s");
  t.deepEqual([seen.findings, seen.status], [[], 0]);
});

asRoot("a process in another network namespace is watched by its pid", async (t) => {
  const { enter } = createNamespace((undo) => t.teardown(undo));
  const server = await startHolder(t, ["serve", "writes"], enter);
  await startHolder(t, ["connect", "pauses", server.port, 1], enter);
  const seen = await diagnose("--pid", server.pid, "--duration", "4s");
  t.deepEqual(grave(seen), ["write-stalled peer-not-reading"]);
  t.like(seen.findings[0]!.subject, { kind: "connection", pid: server.pid });
});

test.serial(
  "connections that the peer closed and the application did not are told as a leak once they are added",
  async (t) => {
    const server = await startHolder(t, ["serve", "keeps"]);
    const client = await startHolder(t, ["connect", "reads", server.port, 6]);
    const { pid, said } = startDiagnosis("--pid", server.pid, "--duration", "15s");
    await eventually("the watch begins", () => begins(pid));
    const lookedAt = performance.now() + 1000;
    await eventually("it has looked", () => performance.now() > lookedAt);
    client.child.send("end");
    t.deepEqual(grave(await said()), ["connections-leaking close-wait"]);
  },
);
