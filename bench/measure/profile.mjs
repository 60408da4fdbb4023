// Where the time of a CPU profile (V8's .cpuprofile) went, as a clause for the page.
import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";

const named = {
  "(garbage collector)": "garbage collection",
  "(program)": "outside JavaScript",
};

const maps = new Map();
const mapOf = (url) => {
  if (!maps.has(url)) {
    const file = `${url.startsWith("file:") ? fileURLToPath(url) : url}.map`;
    maps.set(url, existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, "utf8"))) : undefined);
  }
  return maps.get(url);
};

/** `agent/look` for what came of src/agent/look.ts, also where a bundle has it; `undefined`: it is not the product's. */
const ownPlace = ({ url, lineNumber, columnNumber }) => {
  const file = /\/dist\/(.*)\.js$/.exec(url)?.[1];
  if (file === undefined) return undefined;
  const { originalSource = "" } = mapOf(url)?.findEntry(lineNumber, columnNumber) ?? {};
  return /\bsrc\/(.*)\.ts$/.exec(originalSource)?.[1] ?? file;
};

/** Of the frames below, the first of our own; of those that only hand on what the kernel tells, who asked them. */
const callerOf = (frames) => {
  const own = frames.flatMap((frame) => ownPlace(frame) ?? []);
  return own.find((place) => !place.startsWith("kernel/")) ?? own[0];
};

/**
 * `agent/look` for …/dist/agent/look.js; Node's own files and the bench's by their names. An addon's functions have one
 * address in common, and V8 names all of them as the last one: they are told by who called.
 */
const placeOf = ([frame, ...below]) => {
  const { functionName, url } = frame;
  const own = ownPlace(frame);
  if (own !== undefined) return own;
  if (url !== "") return url.startsWith("node:") ? url : url.replace(/^.*\//, "");
  const caller = callerOf(below);
  return named[functionName] ?? (caller === undefined ? functionName || "calls into C++" : `C++ for ${caller}`);
};

/** Each node's frames, its own first. */
const stacksOf = (nodes) => {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const stackOf = (id) => (id === undefined ? [] : [frames.get(id), ...stackOf(parents.get(id))]);
  return new Map(nodes.map(({ id }) => [id, stackOf(id)]));
};

/** Idle, and the inspector that has the profile begun and ended. */
const leftOut = ["(idle)", "(root)", "dispatch"];

/** Milliseconds in which each place was on top of the stack, but for what is left out. */
export function placesOf({ nodes, samples, timeDeltas }) {
  const stacks = stacksOf(nodes);
  const places = new Map();
  samples.forEach((id, i) => {
    const [frame, ...below] = stacks.get(id);
    if (frame.url === "" && leftOut.includes(frame.functionName)) return;
    const place = placeOf([frame, ...below]);
    places.set(place, (places.get(place) ?? 0) + timeDeltas[i] / 1000);
  });
  return places;
}

const largest = (places, most) => [...places].sort(([, one], [, other]) => other - one).slice(0, most);

/** `agent/look 31 %, garbage collection 12 %, …`: the `most` largest of the whole. */
export const sharesText = (places, most = 7) => {
  const all = [...places.values()].reduce((sum, ms) => sum + ms, 0);
  const texts = largest(places, most).map(([place, ms]) => `${place} ${Math.round((100 * ms) / all)} %`);
  return texts.join(", ");
};

/** `node:internal/modules/cjs/loader 3.1 ms, …`: where the first spent more than the second. */
export const differenceText = (places, others, most = 7) => {
  const more = new Map([...places].map(([place, ms]) => [place, ms - (others.get(place) ?? 0)]));
  return largest(more, most)
    .filter(([, ms]) => ms > 0)
    .map(([place, ms]) => `${place} ${ms.toFixed(1)} ms`)
    .join(", ");
};
