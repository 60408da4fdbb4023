// The colours of theme.css, for a canvas, which cannot read custom properties by itself.

/** The value that the custom property has now: it differs between light and dark. */
export const themeColour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();
