// A hello-world server that says, once it listens, what its main thread has used so far, and ends.
const { createServer } = require("node:http");
const { readFileSync } = require("node:fs");

const server = createServer((_request, response) => response.end("hello\n"));
server.listen(0, "127.0.0.1", () => {
  // The kernel books a thread's time when it goes to sleep.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
  process.stdout.write(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "latin1").split(" ")[0], () =>
    process.exit(0),
  );
});
