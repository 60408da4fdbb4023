// Text of others (paths, peers, names of functions) made harmless for a terminal: no control characters, nothing that
// takes two columns or none, nothing that turns the direction of writing.

/** Latin, Greek, Cyrillic, punctuation, arrows, lines, blocks: each takes one column. */
const oneColumn =
  /[^\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u25ff\u2713]/gu;

/** As many columns as characters; whatever cannot be shown so is a `?`. */
export const printable = (text: string): string => text.normalize("NFC").replace(oneColumn, "?");

/** Control characters but the newline, and what turns the direction of writing. */
const controls = /[^\P{Cc}\n]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A message in any script, without what a terminal would obey. */
export const withoutControls = (text: string): string => text.replace(controls, "?");
