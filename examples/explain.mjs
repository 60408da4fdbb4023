// A response that does not arrive: explain() says which end holds it, from either end's socket.
//   node examples/explain.mjs
import { once } from "node:events";
import { createServer, get } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { explain } from "sockscope";

const server = createServer((_request, response) => response.end(Buffer.alloc(64 * 1024 * 1024)));
server.listen(0, "127.0.0.1");
const connection = once(server, "connection");
await once(server, "listening");
const [response] = await once(get(server.address()), "response");
const [socket] = await connection;
response.pause(); // the client has something else to do

explain(socket); // the first question is what the second one is compared with
await wait(3000);
for (const [who, end] of [
  ["server", socket],
  ["client", response.socket],
]) {
  const { finding, account } = explain(end);
  console.log(`${who}: ${finding?.symptom} / ${finding?.cause}\n  ${finding?.summary}`);
  console.log(`  read(2)  ${account.read.why}\n  write(2) ${account.write.why}`);
}
process.exit();
