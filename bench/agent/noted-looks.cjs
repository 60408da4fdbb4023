// The agent's thread with each of its looks noted: when it began, and how long a pause was wanted before it. Looks are turns
// of its JavaScript, and the glances that its native part takes while all is quiet.
const { join } = require("node:path");
const { getEnvironmentData, parentPort, workerData } = require("node:worker_threads");

const observer = process.argv[2];
const { binding } = require(join(observer, "../../binding.js"));
const pace = require(join(observer, "../pace.js"));
/** [how many, then for each: begun (ms of the machine's monotonic clock), pause wanted before it (ms)]. */
const notes = new Float64Array(getEnvironmentData("bench"));
const room = (notes.length - 1) / 2;
const { setTimeout: later } = globalThis;
const clockMs = () => Number(process.hrtime.bigint()) / 1e6;

const note = (begunMs, pauseMs) => {
  const at = notes[0] % room;
  notes[1 + 2 * at] = begunMs;
  notes[2 + 2 * at] = pauseMs;
  notes[0] += 1;
};

/** What the pace last asked for: a pause from the beginning of one look to that of the next. */
let wantedMs;
const { createPace } = pace;
pace.createPace = (options) => {
  const real = createPace(options);
  const next = (...values) => {
    wantedMs = real.next(...values);
    return wantedMs;
  };
  return Object.defineProperty({ next }, "fast", { get: () => real.fast });
};
globalThis.setTimeout = (run, ms, ...values) => {
  if (run.name !== "turn") return later(run, ms, ...values);
  const pauseMs = wantedMs;
  return later(() => {
    note(clockMs(), pauseMs);
    run();
  }, ms);
};

/** See src/kernel/quiet-watch.ts for the arrays. */
binding.QuietWatch = class extends binding.QuietWatch {
  constructor(wake) {
    super(() => {
      const at = clockMs();
      this.take();
      note(at, this.everyMs);
      wake();
    });
  }
  rest(plan, listeners, loops, glances, ...files) {
    [, this.everyMs] = plan;
    this.begunMs = clockMs() - plan[0];
    this.glances = glances;
    this.columns = 1 + 2 * (loops.length / 5) + listeners.length / 7;
    super.rest(plan, listeners, loops, glances, ...files);
  }
  /** Ends the rest, as the agent will. */
  take() {
    this.taken = super.stop();
    for (let i = 0; i < this.taken; i += 1) note(this.begunMs + this.glances[i * this.columns], this.everyMs);
  }
  stop() {
    if (this.taken === undefined) this.take();
    const { taken } = this;
    this.taken = undefined;
    return taken;
  }
};
// As the agent's own file does, of which a build makes one with all that it needs: there nothing could be noted.
const { observe } = require(join(observer, "../observe.js"));
const observation = observe(workerData, (report) => parentPort.postMessage(report));
parentPort.on("message", (request) => {
  if (request.type !== "stop") return observation.handle(request);
  observation.stop();
  process.exit(0);
});
