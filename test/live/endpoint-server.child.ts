// An application with the agent's endpoint open. A message `{ blockMs }` blocks its main thread, off the CPU.
import { createServer } from "node:http";
import { start } from "../../src/index.js";

const agent = start({ log: "off", intervalMs: 200, ...JSON.parse(process.argv[2] ?? "{}") });
agent.on("status", (status) => process.send?.({ status }));
const server = createServer((_request, response) => response.end("hello\n"));
server.listen({ port: 0, host: "127.0.0.1" }, () => {
  const address = server.address();
  process.send?.({ port: address !== null && typeof address === "object" ? address.port : 0 });
});
process.on("message", ({ blockMs }: { readonly blockMs: number }) => {
  process.send?.({ blocked: true });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMs);
  process.send?.({ blocked: false });
});
process.on("disconnect", () => process.exit());
