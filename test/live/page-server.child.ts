// A server whose page is looked at: `{ blockMs }` makes it rebuild its index, which holds the main thread, off the CPU so
// that a busy machine does not turn it into another fault.
import { createServer } from "node:http";

const server = createServer(({ url }, response) =>
  response.end(url === "/large" ? Buffer.alloc(8_000_000) : "hello\n"),
);

function rebuildSearchIndex(ms: number): void {
  const until = performance.now() + ms;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (performance.now() < until) Atomics.wait(pause, 0, 0, 10);
}

server.listen({ port: 0, host: "127.0.0.1", backlog: 8 }, () => {
  const address = server.address();
  process.send?.({ port: address !== null && typeof address === "object" ? address.port : 0 });
});
process.on("message", ({ blockMs }: { readonly blockMs: number }) => {
  rebuildSearchIndex(blockMs);
  process.send?.({ unblocked: true });
});
process.on("disconnect", () => process.exit());
