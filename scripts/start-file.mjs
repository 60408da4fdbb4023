// Makes one file of what an application's start loads (dist/agent/agent.js, as tsc left it, is one of 27 that cost 0.4 ms
// each): what its source imports is in it, what it requires at the moment of need stays a file of its own.
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const entry = "agent/agent";

const requiredLater = {
  name: "required later",
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind !== "require-call") return undefined;
      const from = relative(join(root, "src", dirname(entry)), resolve(resolveDir, path));
      return { path: from.startsWith(".") ? from : `./${from}`, external: true };
    });
  },
};

export const writeStartFile = async () => {
  await build({
    entryPoints: [join(root, `src/${entry}.ts`)],
    absWorkingDir: root,
    outfile: `dist/${entry}.js`,
    allowOverwrite: true,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: ["node20.19"],
    external: ["node-gyp-build"],
    sourcemap: true,
    sourcesContent: false,
    logLevel: "warning",
    plugins: [requiredLater],
  });
};
