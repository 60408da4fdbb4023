// A plain HTTP server without any agent: the target of `diagnose`. A message `{ blockMs }` blocks its main thread
// off the CPU, so that a busy machine does not turn it into another fault.
import { createServer } from "node:http";

const server = createServer((_request, response) => response.end("hello\n"));
// With an argument: a unix listener of that path.
const [path] = process.argv.slice(2);
server.listen(path === undefined ? { port: 0, host: "127.0.0.1", backlog: 8 } : { path, backlog: 8 }, () => {
  const address = server.address();
  process.send?.({ port: address !== null && typeof address === "object" ? address.port : 0 });
});
process.on("message", ({ blockMs }: { readonly blockMs: number }) => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMs);
});
process.on("disconnect", () => process.exit());
