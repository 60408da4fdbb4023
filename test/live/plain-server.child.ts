// A plain HTTP server without any agent: the target of `diagnose`. A message `{ blockMs }` blocks its main thread.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const server = createServer((_request, response) => response.end("hello\n"));
server.listen({ port: 0, host: "127.0.0.1", backlog: 8 }, () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on("message", ({ blockMs }: { readonly blockMs: number }) => {
  const until = performance.now() + blockMs;
  while (performance.now() < until);
});
process.on("disconnect", () => process.exit());
