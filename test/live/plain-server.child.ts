// A plain HTTP server without any agent: the target of `diagnose`. A message `{ blockMs }` blocks its main thread
// off the CPU, so that a busy machine does not turn it into another fault.
import { createServer } from "node:http";

const server = createServer((_request, response) => response.end("hello\n"));
server.listen({ port: 0, host: "127.0.0.1", backlog: 8 }, () => {
  const address = server.address();
  if (address !== null && typeof address === "object") process.send?.({ port: address.port });
});
process.on("message", ({ blockMs }: { readonly blockMs: number }) => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMs);
});
process.on("disconnect", () => process.exit());
