// SOCKSCOPE_REDACT=ip in the command's own environment: what it shows, serves or writes has pseudonyms for remote addresses.
import type { Finding } from "../explain/finding.js";
import { createRedactor, type Redactor } from "../export/redact.js";
import type { Explanation } from "./explain/choose.js";
import type { Followed } from "./explain/follow.js";

let here: Redactor | undefined;

/** One for the whole command; the same finding is the same object again. */
export const redactorHere = (): Redactor => (here ??= open());

const open = (): Redactor => {
  const { SOCKSCOPE_REDACT: mode, SOCKSCOPE_REDACT_KEY: key } = process.env;
  const redactor = createRedactor(mode === "ip" ? "ip" : "off", key || undefined);
  const told = new WeakMap<Finding, Finding>();
  const finding = (given: Finding): Finding => {
    const known = told.get(given) ?? redactor.finding(given);
    told.set(given, known);
    return known;
  };
  return { ...redactor, finding };
};

export const redactedExplanation = ({ finding, about, account }: Explanation, redact: Redactor): Explanation => ({
  finding: finding && redact.finding(finding),
  about: "listener" in about ? about : { connection: redactedFollowed(about.connection, redact) },
  account,
});

const redactedFollowed = ({ looks, finding }: Followed, redact: Redactor): Followed => ({
  finding: finding && redact.finding(finding),
  looks: looks.map((look) => {
    const { remoteAddress } = look.reading;
    const shown = remoteAddress === undefined ? {} : { remoteAddress: redact.address(remoteAddress) };
    return { ...look, reading: { ...look.reading, ...shown } };
  }),
});
