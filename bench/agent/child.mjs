// A program of this folder in a process of its own, which is asked one thing at a time over its channel.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));

/** What `node --import` is given to start the agent. */
export const registerPath = `${root}dist/register.js`;
/** … and what to give it, so that its thread begins with this file of the bench. */
export const ownThread = (file) => ({
  preload: `${folder}own-thread.cjs`,
  env: { BENCH_REGISTER: registerPath, BENCH_THREAD: file },
});
export const emptyWorkerPath = `${folder}empty-worker.cjs`;

/** What the application has of it is no part of a measurement: only what the agent does by itself. */
const environment = (given) => {
  const kept = Object.entries(process.env).filter(([name]) => !/^(SOCKSCOPE|NODE_OPTIONS)/.test(name));
  return { ...Object.fromEntries(kept), ...given };
};

/** `preload`: a file for --import. `cpu`: the one core that it may use. Resolves once it says that it is ready. */
export const startChild = async (file, { args = [], env = {}, preload, cpu, output = "inherit" } = {}) => {
  const execArgv = preload ? ["--import", preload] : [];
  const place =
    cpu === undefined ? {} : { execPath: "taskset", execArgv: ["-c", `${cpu}`, process.execPath, ...execArgv] };
  const child = fork(`${folder}${file}`, args.map(String), {
    execArgv,
    ...place,
    env: environment(env),
    stdio: ["ignore", "inherit", output, "ipc"],
    serialization: "advanced",
  });
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(signal ?? code)));
  const answer = () =>
    new Promise((resolve, reject) => {
      const failed = (why) => reject(new Error(`${file} ended: ${why}`));
      void ended.then(failed);
      child.once("message", resolve);
    });
  const ready = await answer();
  return {
    pid: child.pid,
    ready,
    stderr: child.stderr,
    ended,
    /** Resolves with the answer. */
    ask(message) {
      const answered = answer();
      child.send(message);
      return answered;
    },
    async stop() {
      child.disconnect();
      const force = setTimeout(() => child.kill("SIGKILL"), 3000);
      await ended;
      clearTimeout(force);
    },
  };
};

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
