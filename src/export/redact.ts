// SOCKSCOPE_REDACT=ip: remote addresses leave the process only as pseudonyms: the same address is the same
// pseudonym, and nobody without the key can turn it back (HMAC-SHA-256; IPv4 alone could be tried out otherwise).
import type { Finding } from "../explain/finding.js";

export interface Redactor {
  /** Nothing is changed. */
  readonly isOff: boolean;
  /** An address, or an address with a port (`10.0.0.1:80`, `[2001:db8::1]:80`): the port stays. */
  readonly address: (text: string) => string;
  /** The finding as it may leave the process; the listener's own address stays. */
  readonly finding: (finding: Finding) => Finding;
}

/** 4, 6, or 0: no address. */
const isIP = (text: string): number => process.getBuiltinModule("node:net").isIP(text);

/** Anything that may be an address within a text; `isIP` decides. */
const candidate = /(?<![\w.:%-])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*[0-9a-fA-F:])/g;

/** One spelling per address: IPv6 compressed, an IPv4-mapped one as IPv4. */
const canonical = (address: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? (isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address);
};

const replaceAddresses = (text: string, replace: (address: string) => string): string =>
  text.replace(candidate, (found) => {
    // `2001:db8::1: refused`: the last colon is the sentence's.
    const address = isIP(found) === 0 ? found.replace(/:$/, "") : found;
    return isIP(address) === 0 ? found : `${replace(canonical(address))}${found.slice(address.length)}`;
  });

/** Addresses that every host has. */
const isNowhere = (address: string): boolean => /^(127\.0\.0\.1|0\.0\.0\.0|::1?)$/.test(address);

/** As many answers are kept; beyond that all are worked out anew. */
const mostKept = 4096;

/** The same peers come at every look: an HMAC takes 20 µs, an answer that is kept less than one. */
const kept = (work: (text: string) => string): ((text: string) => string) => {
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size >= mostKept) known.clear();
    const now = work(text);
    known.set(text, now);
    return now;
  };
};

/** With `off`, everything passes as it is. Without a key, one that lives as long as this redactor. */
export const createRedactor = (mode: "ip" | "off", key?: string): Redactor => {
  if (mode === "off") return { isOff: true, address: (text) => text, finding: (finding) => finding };
  // Half a megabyte that only this needs.
  const { createHmac, randomBytes } = process.getBuiltinModule("node:crypto");
  const secret = key ?? randomBytes(32);
  const pseudonym = kept((address) => `ip-${createHmac("sha256", secret).update(address).digest("hex").slice(0, 12)}`);
  const address = kept((text) =>
    replaceAddresses(text, pseudonym).replace(/\[(ip-[0-9a-f]{12})(?:%[\w.-]+)?\]/g, "$1"),
  );
  const finding = (given: Finding): Finding => {
    const own = given.subject.address === undefined ? undefined : canonical(given.subject.address);
    const prose = (text: string): string =>
      replaceAddresses(text, (found) => (found === own || isNowhere(found) ? found : pseudonym(found)));
    // `own - peer (fd 21): …`, or a peer alone.
    const example = (text: string): string => {
      const [left = "", ...right] = text.split(" - ");
      return right.length === 0 ? address(left) : [prose(left), ...right.map(address)].join(" - ");
    };
    const { subject, evidence, ruledOut, remedy, summary } = given;
    const peers = {
      ...(subject.peer !== undefined && { peer: address(subject.peer) }),
      ...(subject.examples !== undefined && { examples: subject.examples.map(example) }),
    };
    return {
      ...given,
      subject: { ...subject, ...peers },
      summary: prose(summary),
      evidence: evidence.map((item) => (typeof item.value === "string" ? { ...item, value: prose(item.value) } : item)),
      ruledOut: ruledOut.map((item) => ({ ...item, because: prose(item.because) })),
      remedy: remedy.map(prose),
    };
  };
  return { isOff: false, address, finding };
};
