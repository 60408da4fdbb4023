// Where the time of a CPU profile (V8's .cpuprofile) went, as a clause for the page. Pure.

const named = {
  "(garbage collector)": "garbage collection",
  "(program)": "outside JavaScript",
};

/** `agent/look` for …/dist/agent/look.js; Node's own files and the bench's by their names; addons and V8 by the function's. */
const placeOf = ({ functionName, url }) => {
  const own = /\/dist\/(.*)\.js$/.exec(url)?.[1];
  if (own !== undefined) return own;
  if (url === "") return named[functionName] ?? (functionName || "calls into C++");
  return url.startsWith("node:") ? url : url.replace(/^.*\//, "");
};

/** Idle, and the inspector that has the profile begun and ended. */
const leftOut = ["(idle)", "(root)", "dispatch"];

/** Milliseconds in which each place was on top of the stack, but for what is left out. */
export function placesOf({ nodes, samples, timeDeltas }) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const places = new Map();
  samples.forEach((id, i) => {
    const frame = frames.get(id);
    if (frame.url === "" && leftOut.includes(frame.functionName)) return;
    const place = placeOf(frame);
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
