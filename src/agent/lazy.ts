// A part that is made, and its files loaded, when it is first needed: an application's start pays only for what it uses.

export interface Lazy<Part> {
  get(): Part;
  /** `undefined`: it was not needed so far. */
  readonly made: Part | undefined;
}

export const lazy = <Part>(make: () => Part): Lazy<Part> => {
  let made: Part | undefined;
  return {
    get: () => (made ??= make()),
    get made() {
      return made;
    },
  };
};
