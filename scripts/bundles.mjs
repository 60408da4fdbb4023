// Makes one file of what an application's start loads (dist/agent/agent.js, as tsc left it, is one of 27 that cost 0.4 ms
// each), and one of what the observer's thread runs (dist/agent/observer.js, one of 302).
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

const bundle = (entry, name, options) =>
  build({
    entryPoints: [join(root, entry)],
    absWorkingDir: root,
    outfile: `dist/agent/${name}.js`,
    allowOverwrite: true,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: ["node20.19"],
    external: ["node-gyp-build"],
    sourcemap: true,
    sourcesContent: false,
    logLevel: "warning",
    ...options,
  });

/** What the start requires at the moment of need stays a file of its own. */
const requiredLater = {
  name: "required later",
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind !== "require-call") return undefined;
      const from = relative(join(root, "src/agent"), resolve(resolveDir, path));
      return { path: from.startsWith(".") ? from : `./${from}`, external: true };
    });
  },
};

/**
 * Of what tsc wrote, as each of its files then becomes a function, compiled when it is first required: V8 would parse one
 * large function at once, in memory that malloc keeps for that thread. It keeps the text, too: without comments, and
 * without characters beyond ASCII, for which each would take two bytes.
 */
const lean = { minifyWhitespace: true, legalComments: "none" };

export const writeBundles = async () => {
  await bundle("dist/agent/observer.js", "observer", lean);
  await bundle("src/agent/agent.ts", "agent", { plugins: [requiredLater] });
};
