// The binary of another Node, from the npm package node-linux-ARCH, kept in .node/. From the command line
// `node scripts/node-binary.mjs VERSION [ARCH]` prints its path.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./stale.mjs";

/** The path of Node `version` (a major or a full version); fetched when it is not there yet, `undefined` where it cannot be had. */
export const nodeBinary = (version, arch = process.arch) => {
  const name = `node-linux-${arch}`;
  const prefix = join(root, ".node", arch === process.arch ? version : `${version}-${arch}`);
  const node = join(prefix, `node_modules/${name}/bin/node`);
  if (existsSync(node)) return node;
  // --force: npm would refuse the binary of another architecture, which qemu runs.
  const options = ["--prefix", prefix, "--no-save", "--no-audit", "--no-fund", "--silent", "--force"];
  spawnSync("npm", ["install", ...options, `${name}@${version}`], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  return existsSync(node) ? node : undefined;
};

if (process.argv[1] === import.meta.filename) {
  const [version = "", arch] = process.argv.slice(2);
  const node = nodeBinary(version, arch);
  if (node === undefined) {
    console.error(`node-binary: Node ${version} for ${arch ?? process.arch} cannot be had from the registry`);
    process.exit(1);
  }
  console.log(node);
}
