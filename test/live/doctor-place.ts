// Runs in a network namespace of its own with bad settings: two listeners, then `sockscope doctor --json`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

async function main(): Promise<void> {
  writeFileSync("/proc/sys/net/core/somaxconn", "100");
  writeFileSync("/proc/sys/net/ipv4/tcp_abort_on_overflow", "1");
  const wide = createServer().listen({ host: "127.0.0.1", port: 4001 });
  const small = createServer().listen({ host: "::1", port: 4002, backlog: 3 });
  await Promise.all([once(wide, "listening"), once(small, "listening")]);
  const doctor = spawn(
    process.execPath,
    [join(__dirname, "../../src/cli/main.js"), "doctor", ...process.argv.slice(2)],
    {
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  const [status] = (await once(doctor, "close")) as [number];
  wide.close();
  small.close();
  process.exitCode = status;
}

void main();
