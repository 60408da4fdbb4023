// SIGUSR2 asks for a flight record, where SOCKSCOPE_RECORD is set and nobody else handles that signal. Only the main
// thread receives signals; Node's handle of a listened-to signal does not keep the process alive.
const signal = "SIGUSR2";

/** Returns what gives the signal up. As soon as the application listens to it, it is the application's alone. */
export const onRecordSignal = (record: () => void): (() => void) => {
  // Also Node's own use: --report-on-signal and --heapsnapshot-signal listen as well.
  if (process.listenerCount(signal) > 0) return () => undefined;
  const leave = (): void => {
    process.off(signal, record);
    process.off("newListener", yieldTo);
  };
  const yieldTo = (event: string | symbol, listener: unknown): void => {
    if (event === signal && listener !== record) leave();
  };
  process.on(signal, record);
  process.on("newListener", yieldTo);
  return leave;
};
