// Colour for a terminal (ECMA-48 SGR). Nothing may depend on it to be understood: without colour the text is the same.

const styles = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;
export type Style = keyof typeof styles;
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_style, text) => text;

export const coloured: Paint = (style, text) =>
  text === "" ? "" : `\u001b[${styles[style][0]}m${text}\u001b[${styles[style][1]}m`;

/** NO_COLOR (no-color.org) wins, then FORCE_COLOR, then whether it is a terminal that is not dumb. */
export const wantsColour = (env: NodeJS.ProcessEnv, isTTY: boolean): boolean => {
  if (env.NO_COLOR) return false;
  const force = env.FORCE_COLOR;
  if (force !== undefined) return force !== "0" && force !== "false";
  return isTTY && env.TERM !== "dumb";
};
