// What is in an npm tarball, and whether it is what this package ships: the release asks before anything is published.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { gunzipSync } from "node:zlib";

/** Every file that may ship has a name of one of these forms, whatever lies in the folders. */
const forms = [
  /^(package\.json|binding\.gyp|LICENSE|(README|CHANGELOG|SECURITY)\.md)$/,
  /^addon\/[\w/-]+\.(cc|hh)$/,
  /^dist\/(?!test)[\w/.-]+\.(js|js\.map|d\.ts)$/,
  /^dist\/web\/(page|report)\.(html|csp)$/,
  /^(docs|schema|examples\/fleet|examples\/scenarios)\/[\w/.-]+\.(md|png|svg|json|mjs|js|yml|yaml|py|sh|conf|txt)$/,
  /^prebuilds\/linux-(x64|arm64)\/sockscope\.node$/,
  /^src\/cli\/demo\/search-server\.ts$/,
];
const always = ["package.json", "README.md", "LICENSE"];
const dependencies = ["node-gyp-build", "systeminformation"];
/** Scripts that npm runs, or warns of, where the package is installed. */
const installScripts = ["preinstall", "install", "postinstall", "prepare"];

const text = (block, from, length) => block.toString("latin1", from, from + length).replace(/\0.*$/s, "");
const octal = (block, from, length) => Number.parseInt(text(block, from, length), 8) || 0;

/** The entries of a .tgz (POSIX ustar with pax paths): path, type ("0": a file), mode, bytes. */
export const readTarball = (file) => {
  const bytes = gunzipSync(readFileSync(file));
  const entries = [];
  let longPath;
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const header = bytes.subarray(at, at + 512);
    const size = octal(header, 124, 12);
    const type = text(header, 156, 1) || "0";
    const content = bytes.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
    if (type === "x") {
      longPath = /\d+ path=(.*)\n/.exec(content.toString())?.[1];
      continue;
    }
    const path = longPath ?? posix.join(text(header, 345, 155), text(header, 0, 100));
    longPath = undefined;
    entries.push({ path: path.replace(/^package\//, ""), type, mode: octal(header, 100, 8) & 0o777, content });
  }
  return entries;
};

const filesBelow = (folder, path) =>
  statSync(join(folder, path)).isFile()
    ? [path]
    : readdirSync(join(folder, path), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => posix.relative(folder, posix.join(entry.parentPath, entry.name)));

/** What package.json's `files` names in `folder`. */
const expectedIn = (folder) => {
  const { files } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return new Set(
    [...always, ...files].filter((path) => existsSync(join(folder, path))).flatMap((path) => filesBelow(folder, path)),
  );
};

const wrongEntries = function* (entries, folder) {
  const expected = expectedIn(folder);
  const seen = new Set();
  for (const { path, type, mode, content } of entries) {
    if (seen.has(path)) yield `${path}: twice`;
    seen.add(path);
    if (type !== "0") yield `${path}: not a plain file (type ${type})`;
    else if (!forms.some((form) => form.test(path)) || path.includes("..")) yield `${path}: no file of this form ships`;
    else if (!expected.has(path)) yield `${path}: not in ${folder}`;
    else if (!content.equals(readFileSync(join(folder, path)))) yield `${path}: other bytes than in ${folder}`;
    // npm makes the commands executable where it installs them.
    if (mode !== 0o644) yield `${path}: mode ${mode.toString(8)}`;
  }
  for (const path of expected) if (!seen.has(path)) yield `${path}: missing`;
  for (const arch of ["x64", "arm64"])
    if (!seen.has(`prebuilds/linux-${arch}/sockscope.node`)) yield `prebuilds/linux-${arch}/sockscope.node: missing`;
};

const targetsOf = (value) => (typeof value === "string" ? [value] : Object.values(value ?? {}).flatMap(targetsOf));

const wrongManifest = function* (entries) {
  const content = entries.find(({ path }) => path === "package.json")?.content;
  if (content === undefined) return yield "package.json: missing";
  const manifest = JSON.parse(content.toString());
  for (const script of installScripts) if (manifest.scripts?.[script]) yield `package.json: install script ${script}`;
  if (manifest.gypfile !== false) yield "package.json: gypfile must be false, or npm compiles by itself";
  const names = Object.keys(manifest.dependencies ?? {}).sort();
  if (names.join() !== dependencies.join()) yield `package.json: dependencies ${names.join(", ")}`;
  for (const [name, range] of Object.entries(manifest.dependencies ?? {}))
    if (!/^\^\d+\.\d+\.\d+$/.test(range)) yield `package.json: ${name} ${range} is no caret range`;
  if (manifest.optionalDependencies || manifest.bundleDependencies)
    yield "package.json: optional or bundled dependencies";
  if (manifest.license !== "MIT") yield `package.json: license ${manifest.license}`;
  if (manifest.os || manifest.cpu || manifest.libc) yield "package.json: restricted to a platform";
  const paths = new Set(entries.map(({ path }) => path));
  for (const target of targetsOf([manifest.main, manifest.types, manifest.bin, manifest.exports]))
    if (!paths.has(posix.normalize(target))) yield `package.json: ${target} is not in the tarball`;
};

/** What is wrong with the tarball, held against `folder`, a built tree of the same commit; nothing wrong: empty. */
export const verifyTarball = (file, folder) => {
  const entries = readTarball(file);
  return [...wrongEntries(entries, folder), ...wrongManifest(entries)];
};
