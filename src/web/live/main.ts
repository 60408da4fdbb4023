// The live page: takes frames from the observer and shows them. Everything visible follows from the store, the line's state and
// what somebody chose; a frame redraws at most once per animation frame.
import "uplot/dist/uPlot.min.css";
import "../parts/theme.css";
import "../parts/chart.css";
import "../parts/finding.css";
import "./page.css";
import "./header.css";
import "./path/path.css";
import "./path/tank.css";
import "./controls.css";
import "./connections.css";
import "./panel.css";
import "./token-form.css";
import { chartTable } from "../parts/chart-table.js";
import { createChart } from "../parts/chart.js";
import { html, setText } from "../parts/element.js";
import { newsOf } from "./announcer.js";
import { askInWords, urlOf } from "./ask.js";
import { createConnectionsView } from "./connections.js";
import { createFindingsView } from "./findings.js";
import { createHeader } from "./header.js";
import { createListenerChoice } from "./listener-choice.js";
import { createPanel } from "./panel.js";
import { panelContent, type Selection } from "./panel-content.js";
import { createPathView } from "./path/path-view.js";
import { createSpanChoice } from "./span-choice.js";
import { statusOf } from "./status-text.js";
import { emptyStore, type Store, withEvent } from "./store.js";
import { type LineState, openStream } from "./stream.js";
import { createTokenForm, storedToken } from "./token-form.js";
import { viewOf } from "./view.js";

let store: Store = emptyStore;
let line: LineState = { is: "connecting" };
let lastFrameAt: number | undefined;
let isDrawDue = false;

const pick = (selection: Selection): void => panel.open(selection);
const panel = createPanel({ ask: askInWords, onOpen: () => drawPanel() });
const header = createHeader(() => stream.retry());
const token = createTokenForm(() => stream.retry());
const path = createPathView((id) => pick({ kind: "tank", id }));
const findings = createFindingsView((id) => pick({ kind: "finding", id }));
const connections = createConnectionsView((id) => pick({ kind: "connection", id }));
const charts = chartTable.map((spec) => createChart(spec, () => pick({ kind: "chart", id: spec.id })));
const choice = createListenerChoice(
  () => drawSoon(),
  (id) => pick({ kind: "listener", id }),
);
const spans = createSpanChoice(() => drawSoon());
const news = html("div", { class: "unseen", role: "status" });

const bar = html("div", { class: "bar" }, choice.element, spans.element);
const main = html(
  "main",
  { class: "waiting" },
  token.element,
  findings.element,
  html("section", { class: "picture", "aria-label": "The path" }, path.element),
  html("section", { class: "charts", "aria-label": "Over time" }, bar, ...charts.map(({ element }) => element)),
  connections.element,
);
document.body.prepend(header.element, main, panel.element, news);

const drawPanel = (): void => {
  const selection = panel.selection();
  if (selection) panel.show(panelContent(selection, viewOf(store, choice.chosen()), store));
};

const draw = (): void => {
  isDrawDue = false;
  const view = viewOf(store, choice.chosen());
  main.classList.toggle("waiting", view === undefined);
  if (!view) return;
  const { frames } = store;
  const window = { from: view.frame.time / 1000 - spans.seconds(), to: view.frame.time / 1000 };
  header.frames(frames);
  choice.update(view);
  path.update(view, store.findings);
  findings.update(store.findings, view.frame.time - frames[0]!.time);
  connections.update(view.connections);
  const drawn = frames.filter(({ time }) => time / 1000 >= window.from - 5);
  for (const chart of charts) chart.update(drawn, view.listener?.id, window);
  drawPanel();
  const active = store.findings.filter(({ state, severity }) => state === "active" && severity !== "info").length;
  document.title = `${active > 0 ? `▲ ${active} · ` : ""}${view.frame.process ? `pid ${view.frame.process.pid} · ` : ""}sockscope`;
};

function drawSoon(): void {
  if (isDrawDue) return;
  isDrawDue = true;
  requestAnimationFrame(draw);
}

const showStatus = (): void => {
  const intervalMs = store.frames.at(-1)?.intervalMs ?? 1000;
  const status = statusOf(line, { lastFrameAt, intervalMs, lostFrames: store.lostFrames }, Date.now());
  header.status(status);
  main.classList.toggle("stale", status.tone === "bad");
};

const stream = openStream({
  url: urlOf("events"),
  token: storedToken,
  onState(state) {
    line = state;
    main.classList.toggle("locked", state.is === "locked");
    if (state.is === "locked") token.show(state.refused);
    else if (state.is === "open") token.hide();
    showStatus();
  },
  onEvent(event) {
    const before = store;
    store = withEvent(store, event);
    if (store === before) return;
    if (store.frames !== before.frames && store.frames.length > 0) lastFrameAt = Date.now();
    const said = newsOf(before.findings, store.findings);
    if (said !== undefined) setText(news, said);
    showStatus();
    drawSoon();
  },
});
setInterval(showStatus, 1000);
