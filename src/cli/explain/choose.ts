// Of everything that was followed, what the explanation is about: the worst finding, else what was named.
import { accountOf, type ConnectionAccount } from "../../explain/connections/account.js";
import { severities } from "../../explain/connections/groups.js";
import type { Finding } from "../../explain/finding.js";
import { type ListenerAccount, listenerAccountOf } from "../../explain/listener-account.js";
import type { ListenerReading } from "../../snapshot/snapshot.js";
import { type Followed, lastOf, type Story } from "./follow.js";

export interface Explanation {
  /** Absent: nothing is wrong. */
  readonly finding?: Finding | undefined;
  readonly about: { readonly connection: Followed } | { readonly listener: ListenerReading };
  /** What read(2) and write(2) on the connection would do now, or accept(2) on the listener and the next client. */
  readonly account: ConnectionAccount | ListenerAccount;
}

const waitingOf = (followed: Followed): number => {
  const { recvQBytes = 0, sendQBytes = 0 } = lastOf(followed);
  return recvQBytes + sendQBytes;
};

const gravity = (finding: Finding | undefined): number =>
  finding === undefined
    ? -1
    : severities.indexOf(finding.severity) + (finding.state === "active" ? 0.5 : 0) + finding.confidence / 4;

const worse = (a: Followed, b: Followed): number =>
  gravity(b.finding) - gravity(a.finding) || waitingOf(b) - waitingOf(a);

const ofConnection = (connection: Followed): Explanation => {
  const { looks, finding } = connection;
  const account = accountOf(lastOf(connection), { before: looks[0]?.reading });
  return { finding, about: { connection }, account };
};

const ofListener = (listener: ListenerReading, finding?: Finding): Explanation => ({
  finding,
  about: { listener },
  account: listenerAccountOf(listener),
});

/** `undefined`: nothing of what was named was seen. */
export const choose = ({ connections, listeners, findings }: Story): Explanation | undefined => {
  const [connection] = connections.toSorted(worse);
  const [finding] = findings.toSorted((a, b) => gravity(b) - gravity(a));
  const [listener] = listeners.toSorted((a, b) => b.length / (b.limit + 1) - a.length / (a.limit + 1));
  const isListenerWorse = gravity(finding) > gravity(connection?.finding);
  if (listener && finding && isListenerWorse) {
    const { address, port, path } = finding.subject;
    const meant = listeners.find((one) => one.path === path && one.port === port && one.address === address);
    return ofListener(meant ?? listener, finding);
  }
  if (connection && (connection.finding || !listener)) return ofConnection(connection);
  return listener && ofListener(listener);
};
