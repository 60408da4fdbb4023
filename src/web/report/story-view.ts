// The story as it is read: what, when, why, what to do.
import type { Finding } from "../../explain/finding.js";
import { html } from "../parts/element.js";
import type { Story } from "./story.js";

export const storySection = ({ what, when, why, todo, predicted, also }: Story): HTMLElement =>
  html(
    "section",
    { class: "story", "aria-label": "The story" },
    ...part("What happened", what, "lead"),
    ...part("When", when),
    ...part("Why", why),
    ...listed("What to do", "ol", todo),
    ...listed("With that, says the model", "ul", predicted),
    ...(also.length === 0
      ? []
      : [html("h2", {}, "Also wrong at the time"), html("ul", { class: "also" }, ...also.map(alsoItem))]),
  );

const part = (title: string, sentences: readonly string[], name?: string): readonly HTMLElement[] =>
  sentences.length === 0
    ? []
    : [
        html("h2", {}, title),
        html("div", { class: name }, ...sentences.map((text) => html("p", {}, ...withCode(text)))),
      ];

const listed = (title: string, tag: "ol" | "ul", lines: readonly string[]): readonly HTMLElement[] =>
  lines.length === 0
    ? []
    : [html("h2", {}, title), html(tag, {}, ...lines.map((line) => html("li", {}, ...withCode(line))))];

const alsoItem = (finding: Finding): HTMLElement =>
  html(
    "li",
    {},
    html("a", { href: `#finding-${finding.id}` }, finding.symptom),
    ` (${finding.cause}): `,
    ...withCode(finding.summary),
  );

/** `rebuildSearchIndex (/app/server.js:12:9)` within a sentence. */
const code = /[\w$.<>#]+ \((?:file:\/\/)?\/[^\s()]+:\d+:\d+\)/g;

const withCode = (text: string): readonly (string | HTMLElement)[] => {
  const parts: (string | HTMLElement)[] = [];
  let at = 0;
  for (const match of text.matchAll(code)) {
    parts.push(text.slice(at, match.index), html("code", {}, match[0]));
    at = match.index + match[0].length;
  }
  return [...parts, text.slice(at)];
};
