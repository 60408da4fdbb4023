// The fault that every example can show: synchronous work on the event loop.

/** Sorts and joins documents for `milliseconds`, as a careless request handler would; nothing else runs meanwhile. */
export function rebuildSearchIndex(milliseconds) {
  const until = performance.now() + milliseconds;
  let index = [];
  while (performance.now() < until) {
    index = Array.from({ length: 1000 }, (_, document) => `${(document * 7919) % 1000}`).sort();
  }
  return index.length;
}

/** How the examples read their settings: PORT, and BACKLOG for a queue small enough to watch it overflow. */
export const port = Number(process.env.PORT ?? 3000);
export const backlog = Number(process.env.BACKLOG ?? 64);
