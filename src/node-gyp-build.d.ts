// node-gyp-build has no types of its own.
declare module "node-gyp-build" {
  /** Loads prebuilds/ or build/Release of the package in `folder`, whichever is there; throws if none is. */
  function load(folder: string): unknown;
  export = load;
}
