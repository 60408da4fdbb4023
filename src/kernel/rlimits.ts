// /proc/PID/limits: proc(5), getrlimit(2); kernel fs/proc/base.c proc_pid_limits.

/** The soft limit of the line that begins with `name`, in its unit; `Infinity` where unlimited. Total. */
export function parseRlimit(text: string, name: string): number | undefined {
  const soft = new RegExp(`^${name}\\s+(\\d+|unlimited)\\s`, "m").exec(text)?.[1];
  if (soft === undefined) return undefined;
  return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
}
