// The view in a terminal: frames and keys make the state, the state makes the screen.
import type { Io } from "../command.js";
import { harmless } from "../view/harmless.js";
import { isInterrupt, isQuit, isSuspend, type Key, withKey } from "./keys.js";
import { screenLines } from "./render.js";
import { openScreen } from "./screen.js";
import type { FrameSource } from "./source.js";
import { type TopState, withFrame } from "./state.js";
import { watch } from "./watch.js";

/** Exit status of Ctrl-C, which is a key while the view holds the terminal. */
const interrupted = 130;

/** Until `q` or an interruption; resolves with the exit status. */
export const runView = async (io: Io, source: FrameSource, first: TopState): Promise<number> => {
  const ending = new AbortController();
  let state = first;
  let status = 0;
  const draw = (): void => screen.draw(screenLines(state, screen.size(), io.paint));
  const show = (next: TopState): void => {
    state = next;
    draw();
  };
  const end = (with_: number): void => {
    status = with_;
    ending.abort();
  };
  const press = (key: Key): void => {
    if (isInterrupt(key)) end(interrupted);
    else if (isQuit(state, key)) end(0);
    else if (isSuspend(key)) screen.suspend();
    else show(withKey(state, key, screen.size()));
  };
  const screen = openScreen(io, { redraw: () => draw(), key: press });
  try {
    draw();
    await watch(source, AbortSignal.any([ending.signal, io.interrupted]), {
      frame: (frame) => show(withFrame(state, harmless(frame))),
      gone: () => {
        show({ ...state, note: "the process has ended" });
        return true;
      },
    });
    return status;
  } finally {
    screen.close();
  }
};
