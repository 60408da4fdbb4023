// What an open endpoint of the target knows, beside what is seen from outside: its findings know Node's side and the stack.
import type { Finding } from "../../explain/finding.js";
import type { Endpoint } from "./endpoint.js";
import { askTrusted } from "./endpoint-token.js";
import { parseFindings } from "./told-findings.js";

export interface Inside {
  readonly endpoint: string;
  readonly pid: number;
  /** Why it does not answer. */
  readonly reason?: string | undefined;
}

export interface InsideFindings extends Inside {
  readonly findings: readonly Finding[];
}

/** Never rejects. `isNamed`: the user named this process. */
export const findingsOf = async (
  endpoint: Endpoint,
  isNamed: boolean,
  signal?: AbortSignal,
): Promise<InsideFindings> => {
  const { pid, name } = endpoint;
  const answer = await askTrusted(endpoint, isNamed, { path: "/findings", signal });
  if ("reason" in answer) return { endpoint: name, pid, findings: [], reason: answer.reason };
  const findings = parseFindings(answer.body);
  return findings
    ? { endpoint: name, pid, findings: findings.map((finding) => ofProcess(finding, pid)) }
    : { endpoint: name, pid, findings: [], reason: "its answer is no list of findings" };
};

/** Inside, nobody has to say whose a socket is. */
const ofProcess = (finding: Finding, pid: number): Finding => {
  const { subject } = finding;
  const isOwn = ["listener", "connection", "connections", "process"].includes(subject.kind);
  return isOwn ? { ...finding, subject: { ...subject, pid: subject.pid ?? pid } } : finding;
};

/** On one listener and cause these are one finding whose symptom only rises. */
const ladder: ReadonlySet<string> = new Set([
  "accept-queue-pressure",
  "accept-wait",
  "abandoned-in-queue",
  "accept-queue-overflow",
]);

/** Findings of one key tell of one fault. */
export const faultOf = ({ symptom, subject }: Finding): string => {
  const { kind, pid, address, port, path, peer, interface: link, cpu } = subject;
  return JSON.stringify([
    ladder.has(symptom) ? "accept-queue" : symptom,
    kind,
    pid,
    address,
    port,
    path,
    peer,
    link,
    cpu,
  ]);
};

/** Each fault once: what was found inside, and from outside what inside does not know of. */
export const joined = (outside: readonly Finding[], inside: readonly Finding[]): readonly Finding[] => {
  const known = new Set(inside.map(faultOf));
  return [...inside, ...outside.filter((finding) => !known.has(faultOf(finding)))];
};
