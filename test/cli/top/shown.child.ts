// The view of the fixture frame in a real terminal: keys and sizes work, nothing else moves.
import { openTerminal } from "../../../src/cli/terminal.js";
import { isQuit, withKey } from "../../../src/cli/top/keys.js";
import { screenLines } from "../../../src/cli/top/render.js";
import { openScreen } from "../../../src/cli/top/screen.js";
import { busyView } from "./busy.js";

const { io } = openTerminal();
let state = busyView;
const draw = (): void => screen.draw(screenLines(state, screen.size(), io.paint));
const screen = openScreen(io, {
  redraw: () => draw(),
  key: (key) => {
    if (isQuit(state, key)) process.exit(0);
    if (key.name === "x") throw new Error("thrown on purpose");
    state = withKey(state, key, screen.size());
    draw();
  },
});
draw();
