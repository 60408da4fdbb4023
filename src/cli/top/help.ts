// The words of the view's help.

type Rows = readonly (readonly [string, string])[];

const keyRows: Rows = [
  ["q, Ctrl-C", "quit"],
  ["↑ ↓, j k", "choose a row; PageUp, PageDown, Home and End go further"],
  ["Enter", "everything that is known of the chosen row, with its findings; Esc goes back"],
  ["Tab, ← →", "the next panel; it gets the most room"],
  ["s, r", "sort by the next column; turn the order round"],
  ["/ or f", "show only what contains a text: a port, a peer, a state, a cause; Esc shows all again"],
  ["p, space", "pause: what is shown stays, looking goes on"],
  ["Ctrl-Z", "put it into the background; fg brings it back"],
];

const columnRows: Rows = [
  ["▲ △ ·", "critical, warning, for your information"],
  ["queue", "connections in the accept queue, and how many fit: one more than the kernel's limit"],
  ["peak", "the longest queue of the interval"],
  ["new, drops", "segments dropped at this listener in the interval, and since it exists (SO_MEMINFO)"],
  ["oldest", "how long the first in the queue has waited"],
  ["SYNs", "handshakes that are open (SYN-RECV)"],
  ["recv-Q", "bytes that have arrived and that nobody has read"],
  ["send-Q", "bytes written that the peer has not acknowledged; bars are held against the longest queue shown"],
  ["retr", "segments sent again in the interval"],
  ["in/s, out/s", "bytes received and acknowledged by the peer, a second"],
  ["–", "not known from here; never the same as 0"],
];

export const helpRows: readonly (readonly [title: string, rows: Rows])[] = [
  ["Keys", keyRows],
  ["What stands there", columnRows],
];
