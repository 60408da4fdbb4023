// SIGUSR2 asks for a flight record, where SOCKSCOPE_RECORD is set and nobody else handles that signal. Only the main
// thread receives signals; Node's handle of a listened-to signal does not keep the process alive.
const signal = "SIGUSR2";

/** Returns what gives the signal up. As soon as the application listens to it, it is the application's alone. */
export const onRecordSignal = (record: () => void): (() => void) => {
  // Also Node's own use: --report-on-signal and --heapsnapshot-signal listen as well.
  if (process.listenerCount(signal) > 0) return () => undefined;
  const answer = (): void => {
    if (process.listenerCount(signal) === 1) record();
  };
  const leave = (): void => {
    process.off(signal, answer);
    process.off("newListener", yieldTo);
  };
  // Told before the other listener is there: were ours gone already, Node would stop to catch the signal.
  const yieldTo = (event: string | symbol): void => {
    if (event === signal) queueMicrotask(leave);
  };
  process.on(signal, answer);
  process.on("newListener", yieldTo);
  return leave;
};
