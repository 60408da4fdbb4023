// The report of a flight record: one file, opened from disk. The record is data in the page; everything is made of it once.
import "uplot/dist/uPlot.min.css";
import "../parts/theme.css";
import "../parts/chart.css";
import "../parts/finding.css";
import "./report.css";
import "./story.css";
import "./moments.css";
import "./connections.css";
import "./environment.css";
import { html } from "../parts/element.js";
import { renderFinding } from "../parts/finding.js";
import { clock } from "../parts/units.js";
import { createAround } from "./around.js";
import { connectionsSection } from "./connections.js";
import { dataOfPage } from "./data.js";
import { environmentSection } from "./environment.js";
import { headOf } from "./head.js";
import { momentsSection } from "./moments-view.js";
import { composeStory } from "./story.js";
import { storySection } from "./story-view.js";

const record = dataOfPage();
const story = composeStory(record, clock);

const findings = story.findings.map((finding) =>
  html("div", { id: `finding-${finding.id}` }, renderFinding(finding, { isOpen: finding === story.main })),
);
const allFindings =
  findings.length === 0
    ? undefined
    : html("section", { class: "findings" }, html("h2", {}, "All findings, with their evidence"), ...findings);

const main = html("main", {}, headOf(record, story), storySection(story));
document.body.prepend(main);
document.title = `${story.headline} · sockscope`;

// Charts measure the place that they have: they come after it is there.
const around = createAround(record.frames, story);
main.append(
  ...[
    around,
    momentsSection(story.moments),
    allFindings,
    connectionsSection(record.frames, story),
    environmentSection(record),
  ].filter((section) => section !== undefined),
);

// What is folded away on the screen belongs on paper.
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});
