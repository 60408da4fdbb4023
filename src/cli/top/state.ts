// What the view shows and how: plain data. Frames and keys make a new state of it, `screenLines` draws it.
import type { Frame } from "../../export/frame/frame.js";

export const panels = ["listeners", "findings", "connections", "network"] as const;
export type PanelName = (typeof panels)[number];

/** A number for each panel. */
export type PerPanel<Value> = Readonly<Record<PanelName, Value>>;

export type Overlay =
  | { readonly kind: "help" }
  /** `id`: of the row that was chosen; it is looked up in each frame anew. */
  | { readonly kind: "details"; readonly panel: PanelName; readonly id: string };

export interface TopState {
  /** What is watched: `node server.js (pid 12)`, `port 3000`, `this machine`. */
  readonly what: string;
  readonly intervalMs: number;
  /** The one that is shown. */
  readonly frame?: Frame | undefined;
  /** The newest one, while paused. */
  readonly latest?: Frame | undefined;
  /** Highest length of each interval, by listener, the newest last. */
  readonly trends: ReadonlyMap<string, readonly number[]>;
  readonly isPaused: boolean;
  readonly focus: PanelName;
  readonly selected: PerPanel<number>;
  /** Index of the order in the panel's list of orders. */
  readonly sort: PerPanel<number>;
  readonly isReversed: PerPanel<boolean>;
  readonly filter: string;
  /** The filter is being typed. */
  readonly isTyping: boolean;
  readonly overlay?: Overlay | undefined;
  /** Lines of the overlay above the first that is shown. */
  readonly overlayTop: number;
  /** One line that a person should know: the process has ended. */
  readonly note?: string | undefined;
}

const zeros: PerPanel<number> = { listeners: 0, findings: 0, connections: 0, network: 0 };

export const firstState = (what: string, intervalMs: number): TopState => ({
  what,
  intervalMs,
  trends: new Map(),
  isPaused: false,
  focus: "listeners",
  selected: zeros,
  sort: zeros,
  isReversed: { listeners: false, findings: false, connections: false, network: false },
  filter: "",
  isTyping: false,
  overlayTop: 0,
});

/** A trend is no longer than a screen is wide. */
const mostPoints = 240;

const grown = (trends: TopState["trends"], { listeners }: Frame): TopState["trends"] =>
  new Map(listeners.map(({ id, peak }) => [id, [...(trends.get(id) ?? []), peak].slice(-mostPoints)]));

/** A paused view goes on to gather, and shows what it showed. */
export const withFrame = (state: TopState, frame: Frame): TopState => {
  const trends = grown(state.trends, frame);
  return state.isPaused ? { ...state, trends, latest: frame } : { ...state, trends, frame };
};
