// The story of a flight record, in sentences with figures: what happened, when, why, and what to do. Pure: a record in, text
// out; `clock` writes a moment (epoch ms) as the reader's time of day.
import { type Finding, gravity, type Severity, symptoms } from "../../explain/finding.js";
import { inWords, wordsOf } from "../../explain/finding-words.js";
import { placeOf } from "../../explain/format.js";
import type { Frame } from "../../export/frame/frame.js";
import type { FlightRecord } from "../../export/record/record.js";
import { quietly, courseOf, lasting } from "./course.js";
import { type Moment, momentsOf } from "./moments.js";
import { causeWords, symptomWords } from "./words.js";

export interface Story {
  readonly headline: string;
  /** `quiet`: nothing was found. */
  readonly severity: Severity | "quiet";
  /** Sentences, under their headings; a heading without any is left out. */
  readonly what: readonly string[];
  readonly when: readonly string[];
  readonly why: readonly string[];
  /** What to do, most effective first. */
  readonly todo: readonly string[];
  /** What else was wrong at the time. */
  readonly also: readonly Finding[];
  /** What the model says would have happened with it. */
  readonly predicted: readonly string[];
  readonly moments: readonly Moment[];
  /** Each once, as it was known last; what a person should act on first. */
  readonly findings: readonly Finding[];
  /** The one that the story is about. */
  readonly main?: Finding | undefined;
  /** Id of the listener that the charts are about. */
  readonly listener?: string | undefined;
  /** The time that the charts show, epoch ms. */
  readonly from: number;
  readonly to: number;
}

type Clock = (time: number) => string;

/** So much before and after the finding belongs to it. */
const aroundMs = 30_000;

export const composeStory = ({ frames }: Pick<FlightRecord, "frames">, clock: Clock): Story => {
  const findings = findingsOf(frames);
  const main = findings.find(({ severity }) => severity !== "info");
  const listener = listenerOf(frames, main);
  const moments = momentsOf(frames, findings);
  const [first, last] = [frames[0], frames.at(-1)];
  const span = { from: first ? first.time - (first.intervalMs ?? 1000) : 0, to: last?.time ?? 0 };
  if (!main) return { ...quiet(frames, listener, clock), moments, findings, listener, ...span };
  const course = courseOf(frames, main, listener);
  return {
    headline: headlineOf(main),
    severity: main.severity,
    what: [main.summary, ...course.during],
    also: findings.filter((finding) => finding !== main && finding.severity !== "info"),
    when: [...timeSentences(main, span, clock), ...course.before, ...course.after],
    why: whySentences(main),
    todo: main.remedy,
    predicted: predictedSentences(main),
    moments,
    findings,
    main,
    listener,
    from: Math.max(span.from, main.firstSeen - aroundMs),
    to: Math.min(span.to, Math.max(main.lastSeen, main.firstSeen) + aroundMs),
  };
};

/** Each finding as it was known last, the gravest first; of those what loses connections first, then what the code is known of, then the earliest. */
const findingsOf = (frames: readonly Frame[]): readonly Finding[] => {
  const known = new Map<string, Finding>();
  for (const frame of frames) for (const finding of frame.findings) known.set(finding.id, finding);
  const harm = ({ symptom }: Finding): number => symptoms.indexOf(symptom);
  return [...known.values()].toSorted(
    (a, b) =>
      gravity[b.severity] - gravity[a.severity] ||
      harm(a) - harm(b) ||
      Number(a.stack === undefined) - Number(b.stack === undefined) ||
      a.firstSeen - b.firstSeen,
  );
};

/** The main finding's listener, else the one at which most waited. */
const listenerOf = (frames: readonly Frame[], main: Finding | undefined): string | undefined => {
  const { port, path } = main?.subject ?? {};
  const rows = frames.flatMap(({ listeners }) => listeners);
  const own = rows.filter((row) => (path === undefined ? port !== undefined && row.port === port : row.path === path));
  return (own.length > 0 ? own : rows).toSorted((a, b) => b.peak - a.peak)[0]?.id;
};

/** The place goes before what explains: `Connection attempts were dropped at 127.0.0.1:3000: the accept queue was full`. */
const headlineOf = (finding: Finding): string => {
  const [happened = "", ...explained] = symptomWords[finding.symptom].split(": ");
  return [`${happened}${placeWords(finding)}`, ...explained].join(": ");
};

const predictedSentences = ({ prediction = {} }: Finding): readonly string[] =>
  Object.entries(prediction).map(([name, value]) =>
    name === "withheld" ? `no prediction: ${inWords(value)}` : `${wordsOf(name)}: ${inWords(value)}`,
  );

const placeWords = ({ subject }: Finding): string => {
  const { port, path, interface: link, peer, cpu } = subject;
  if (path !== undefined || port !== undefined) return ` at ${placeOf(subject)}`;
  if (link !== undefined) return ` at ${link}`;
  if (cpu !== undefined) return ` on CPU ${cpu}`;
  return peer === undefined ? "" : ` to ${peer}`;
};

const timeSentences = (
  { firstSeen, lastSeen, state }: Finding,
  { from, to }: { readonly from: number; readonly to: number },
  clock: Clock,
): readonly string[] => {
  const end =
    state === "resolved"
      ? `and was over at ${clock(lastSeen)}, after ${lasting(lastSeen - firstSeen)}`
      : `and had not ended when the record did, ${lasting(to - firstSeen)} later`;
  const before = firstSeen - from;
  return [
    `It began at ${clock(firstSeen)} ${end}.`,
    before < 1000
      ? `The record begins with it and goes on until ${clock(to)}.`
      : `The record begins ${lasting(before)} before it and goes on until ${clock(to)}.`,
  ];
};

const whySentences = ({ cause, stack, confidence, ruledOut }: Finding): readonly string[] => [
  causeWords[cause],
  ...(stack?.[0] === undefined ? [] : [`The code that was running: ${stack[0]}.`]),
  ...ruledOutSentence(ruledOut),
  ...(confidence < 0.7 ? [`The evidence carries this with a confidence of ${confidence.toFixed(2)} only.`] : []),
];

/** Some fit as well and come later: they are not ruled out. */
const ruledOutSentence = (ruledOut: Finding["ruledOut"]): readonly string[] => {
  const out = ruledOut.filter(({ because }) => !because.startsWith("fits too"));
  const names = out.map(({ cause }) => cause);
  return names.length === 0 ? [] : [`Looked into and ruled out: ${names.join(", ")}; the figures are below.`];
};

const quiet = (
  frames: readonly Frame[],
  listener: string | undefined,
  clock: Clock,
): Pick<Story, "headline" | "severity" | "what" | "when" | "why" | "todo" | "predicted" | "also"> => {
  const [first, last] = [frames[0], frames.at(-1)];
  const empty = { why: [], todo: [], predicted: [], also: [], severity: "quiet" } as const;
  if (!first || !last) return { ...empty, headline: "The record holds no frames", what: [], when: [] };
  return {
    ...empty,
    headline: "Nothing to act on was found",
    what: quietly(frames, listener),
    when: [`The record covers ${lasting(last.time - first.time)}, from ${clock(first.time)} to ${clock(last.time)}.`],
  };
};
