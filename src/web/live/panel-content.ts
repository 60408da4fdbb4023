// What the side panel says of whatever was pressed: what it is, its figures now, the kernel's names. No DOM.
import type { Finding } from "../../explain/finding.js";
import { chartTable } from "../parts/chart-table.js";
import type { Figure } from "../parts/figure.js";
import { orAbsent, tally } from "../parts/units.js";
import { columns, moreFigures, placeOfRow } from "./columns.js";
import { chartMeanings, connectionMeaning } from "./meanings.js";
import type { Store } from "./store.js";
import { tanks } from "./tanks/index.js";
import { acceptQueue } from "./tanks/accept-queue.js";
import { findingsAbout, type Tank, type TankId, type View } from "./tanks/tank.js";

export type Selection =
  | { readonly kind: "tank"; readonly id: TankId }
  | { readonly kind: "listener" | "connection" | "finding" | "chart"; readonly id: string };

export interface PanelContent {
  readonly title: string;
  readonly meaning: readonly string[];
  readonly figures: readonly Figure[];
  readonly findings: readonly Finding[];
  /** Query of `/explain`, which says in words what a call on it would do now. */
  readonly ask?: string | undefined;
}

const gone = (what: string): PanelContent => ({
  title: what,
  meaning: ["It is no longer there."],
  figures: [],
  findings: [],
});

export const panelContent = (selection: Selection, view: View | undefined, store: Store): PanelContent => {
  if (!view) return { title: "", meaning: ["The first frame has not come yet."], figures: [], findings: [] };
  if (selection.kind === "tank") return ofTank(tanks.find(({ id }) => id === selection.id)!, view, store);
  return others[selection.kind](selection.id, view, store);
};

const counterFigures = ({ counters }: Tank, { frame }: View): readonly Figure[] =>
  counters.flatMap((name) => {
    const moved = frame.counters?.[name];
    return moved === undefined
      ? []
      : [{ name: "All listeners and connections, this interval", value: `+${tally(moved)}`, kernel: name }];
  });

const ofTank = (tank: Tank, view: View, { findings }: Store): PanelContent => {
  const id = tank.id === "accept" || tank.id === "syn" ? view.listener?.id : undefined;
  return {
    title: id === undefined ? tank.title : `${tank.title} of ${id}`,
    meaning: tank.meaning,
    figures: [...tank.read(view).figures, ...counterFigures(tank, view)],
    findings: findingsAbout(tank, findings),
    ask: id === undefined ? undefined : `listener=${encodeURIComponent(id)}`,
  };
};

const ofListener = (id: string, view: View, store: Store): PanelContent => {
  const listener = view.frame.listeners.find((one) => one.id === id);
  return listener
    ? { ...ofTank(acceptQueue, { ...view, listener }, store), title: `Listener ${id}` }
    : gone(`Listener ${id}`);
};

const ofConnection = (id: string, view: View, store: Store): PanelContent => {
  const row = view.connections?.rows.find((one) => one.id === id);
  if (!row) return gone("Connection");
  return {
    title: `Connection with ${placeOfRow(row)}`,
    meaning: connectionMeaning,
    figures: [
      { name: "Local address", value: orAbsent(row.local, String) },
      ...[...columns, ...moreFigures].map(({ title, text, kernel }) => ({ name: title, value: text(row), kernel })),
      { name: "Identity", value: id, kernel: "SO_COOKIE" },
    ],
    findings: store.findings.filter((finding) => row.findings.includes(finding.id)),
    ask: `connection=${encodeURIComponent(id)}`,
  };
};

const ofFinding = (id: string, _view: View, { findings }: Store): PanelContent => {
  const finding = findings.find((one) => one.id === id);
  if (!finding) return gone("Finding");
  return {
    title: finding.symptom,
    meaning: [`The whole page on it: docs/symptoms/${finding.symptom}.md in the package; its cause: docs/causes.md.`],
    figures: [],
    findings: [finding],
  };
};

const ofChart = (id: string, view: View, store: Store): PanelContent => {
  const spec = chartTable.find((one) => one.id === id)!;
  const { columns: data, says } = spec.read(store.frames, view.listener?.id);
  const figures = spec.lines.flatMap(({ label }, n) => {
    const values = (data[n + 1] ?? []).filter((value) => value !== null);
    if (values.length === 0) return [];
    return [
      { name: `${label}, now`, value: spec.write(values.at(-1)!) },
      {
        name: `${label}, most in the time shown`,
        value: spec.write(values.reduce((most, value) => Math.max(most, value))),
      },
    ];
  });
  return { title: spec.title, meaning: [...chartMeanings[spec.id], `${says}.`], figures, findings: [] };
};

const others = { listener: ofListener, connection: ofConnection, finding: ofFinding, chart: ofChart };
