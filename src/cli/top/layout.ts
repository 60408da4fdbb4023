// How many lines each panel gets: what it needs at least first, then the one in focus, then the others in turn.
import { type PanelName, type PerPanel, panels } from "./state.js";

export interface Need {
  /** Lines below the panel's title without which it says nothing, and with which it says everything. */
  readonly least: number;
  readonly all: number;
}

/** When there is no room for all: the one in focus stays, then these in turn. */
const importance: readonly PanelName[] = ["listeners", "findings", "connections", "network"];

const titleLines = 1;

/** Lines below the title, by panel; a panel for which there is no room is left out. */
export const layOut = (
  room: number,
  needs: PerPanel<Need>,
  focus: PanelName,
): readonly { readonly panel: PanelName; readonly lines: number }[] => {
  const lines = new Map<PanelName, number>();
  let left = room;
  for (const panel of new Set([focus, ...importance])) {
    const { least, all } = needs[panel];
    const wanted = titleLines + Math.min(least, all);
    if (wanted > left && lines.size > 0) continue;
    lines.set(panel, Math.max(0, Math.min(wanted, left) - titleLines));
    left -= wanted;
  }
  const grow = (panel: PanelName, most: number): number => {
    const has = lines.get(panel);
    if (has === undefined) return 0;
    const more = Math.max(0, Math.min(most, left, needs[panel].all - has));
    lines.set(panel, has + more);
    left -= more;
    return more;
  };
  // The one in focus grows twice as fast.
  const growAll = (): number => [focus, ...importance].reduce((sum, panel) => sum + grow(panel, 1), 0);
  while (growAll() > 0);
  return panels.flatMap((panel) => {
    const count = lines.get(panel);
    return count === undefined ? [] : [{ panel, lines: count }];
  });
};

/** The first row of a list that is shown, so that the selected one is seen. */
export const firstShown = (selected: number, count: number, room: number): number =>
  Math.max(0, Math.min(selected - Math.floor(room / 2), count - room));
