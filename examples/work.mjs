// The fault that every example can show: synchronous work on the event loop.

/** Indexes documents for `milliseconds`, as a careless request handler would; nothing else runs meanwhile. */
export function rebuildSearchIndex(milliseconds) {
  const until = performance.now() + milliseconds;
  const index = new Map();
  while (performance.now() < until) {
    for (let document = 0; document < 1000; document += 1) index.set(`word ${(document * 7919) % 1000}`, document);
  }
  return index.size;
}

/** How the examples read their settings: PORT, and BACKLOG for a queue small enough to watch it overflow. */
export const port = Number(process.env.PORT ?? 3000);
export const backlog = Number(process.env.BACKLOG ?? 64);
