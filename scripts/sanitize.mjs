// The addon under the tools that see what a test cannot: `npm run sanitize -- MODE [PATTERN…]`.
//
//   address   AddressSanitizer and UndefinedBehaviorSanitizer: the tests (all, or those whose path has a PATTERN) on an
//             addon built with them; Node itself is the usual one, with the sanitizer's library loaded first
//   leaks     the same with LeakSanitizer at the end of each process: what the addon has allocated and lost
//   valgrind  memcheck over test/sanitize/readings.ts: memory that is read before it was written
//   threads   ThreadSanitizer over test/sanitize/threads.cc
//   libfuzzer clang's fuzzer over test/sanitize/kernel_answers.cc; PATTERN: how many inputs, 10 million by default. What
//             reaches all code is kept in test/sanitize/kernel_answers.hex
//
// Everything is built in a copy below the temporary folder. Prints what was found in the addon; exits 1 where something was.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeDir } from "./node-dir.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const folder = mkdtempSync(join(tmpdir(), "sockscope-sanitize-"));
const copy = join(folder, "copy");
const logs = join(folder, "logs");
const [mode, ...patterns] = process.argv.slice(2);

const run = (command, args, { env = {}, cwd = copy, stdio = "inherit" } = {}) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (error) console.error(`sanitize: ${command}: ${error.message}`);
  return { status: status ?? 1, stdout: stdout ?? "", stderr: stderr ?? "" };
};
const need = ({ status, stdout, stderr }) => {
  if (status !== 0) throw new Error(`what is checked cannot be built ${stderr}`);
  return stdout;
};

/** The tracked files and those that will be, without what is built. */
const copyCheckout = () => {
  mkdirSync(logs, { recursive: true });
  const files = need(run("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, stdio: "pipe" }));
  for (const file of files.split("\n").filter((name) => name !== ""))
    cpSync(join(root, file), join(copy, file), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
};

const build = (sanitizers) => {
  const dir = nodeDir();
  const args = [join(root, "node_modules/node-gyp/bin/node-gyp.js"), "rebuild", "--loglevel=error"];
  const env = sanitizers ? { GYP_DEFINES: `sanitize=${sanitizers}` } : {};
  need(run(process.execPath, [...args, ...(dir ? [`--nodedir=${dir}`] : [])], { env }));
  need(run(process.execPath, ["scripts/build.mjs", "--tests"]));
};

/** What the tools wrote of the addon: a report each, split where a tool begins the next one. */
const reports = (begins) =>
  readdirSync(logs)
    .flatMap((file) => readFileSync(join(logs, file), "utf8").split(begins))
    .filter((report) => report.includes("sockscope.node"));

const verdict = (status, found, what) => {
  for (const report of found.slice(0, 20)) console.log(report);
  console.log(
    `sanitize ${mode}: ${what}: ${found.length} reports that name the addon, ${readdirSync(logs).length} logs`,
  );
  return status !== 0 || found.length > 0 ? 1 : 0;
};

const library = (name) => need(run("gcc", [`-print-file-name=${name}`], { stdio: "pipe" })).trim();

const withAddress = (leaks, usual) => {
  copyCheckout();
  build("address,undefined");
  const env = {
    LD_PRELOAD: library("libasan.so"),
    ASAN_OPTIONS: `detect_leaks=${leaks ? 1 : 0}:log_path=${logs}/address:detect_stack_use_after_return=1`,
    LSAN_OPTIONS: "exitcode=0",
    UBSAN_OPTIONS: `print_stacktrace=1:log_path=${logs}/undefined`,
  };
  const chosen = patterns.length > 0 ? patterns : usual;
  const { status } = run(process.execPath, ["scripts/test.mjs", ...chosen], { env });
  // Of leaks, those alone that a function of the addon allocated: Node leaves much to the end of its process.
  return verdict(
    leaks ? 0 : status,
    reports(leaks ? /\n\n/ : /(?==+\n==\d+==ERROR)|(?=^\S+: runtime error)/m),
    "tests",
  );
};

const readingTests = [
  "live/socket-walk",
  "live/listener-readings",
  "live/connection-reading",
  "live/write-now",
  "live/loops",
];

const withValgrind = () => {
  copyCheckout();
  build();
  const tool = ["-q", "--smc-check=all-non-file", `--log-file=${logs}/valgrind.%p`];
  const { status } = run("valgrind", [...tool, process.execPath, "build-test/test/sanitize/readings.js"]);
  return verdict(status, reports(/==\d+== ?\n/), "every reading");
};

const includes = () => [
  `-I${join(nodeDir() ?? "/usr", "include/node")}`,
  "-Iaddon",
  "-D_GNU_SOURCE",
  "-std=c++17",
  "-g",
  "-O1",
];
const kernelSources = () =>
  readdirSync(join(copy, "addon/kernel"))
    .filter((file) => file.endsWith(".cc"))
    .map((file) => `addon/kernel/${file}`);

const withThreads = () => {
  copyCheckout();
  const program = join(folder, "threads");
  const sources = ["test/sanitize/threads.cc", "addon/napi/loop_registry.cc", ...kernelSources()];
  need(run("g++", [...includes(), "-fsanitize=thread", ...sources, "-o", program, "-lpthread"]));
  const { status } = run(program, [], { env: { TSAN_OPTIONS: "halt_on_error=0" } });
  console.log(`sanitize threads: exit ${status}, which is ${status === 0 ? "no race" : "a race or a broken promise"}`);
  return status;
};

const wrapped = "syscall getsockopt getsockname getpeername open lseek ioctl recvmsg".split(" ");

const withLibfuzzer = () => {
  copyCheckout();
  const program = join(folder, "kernel_answers");
  const flags = [
    "-fsanitize=fuzzer,address,undefined",
    "-fno-sanitize-recover=undefined",
    ...wrapped.map((name) => `-Wl,--wrap=${name}`),
  ];
  need(run("clang++", [...includes(), ...flags, "test/sanitize/kernel_answers.cc", ...kernelSources(), "-o", program]));
  const [runs = "10000000"] = patterns;
  const corpus = join(folder, "corpus");
  mkdirSync(corpus);
  const kept = join(root, "test/sanitize/kernel_answers.hex");
  const inputs = readFileSync(kept, "latin1")
    .split("\n")
    .filter((line) => line !== "");
  for (const [at, hex] of inputs.entries()) writeFileSync(join(corpus, `kept-${at}`), Buffer.from(hex, "hex"));
  const options = [`-runs=${runs}`, "-max_len=1024", "-timeout=5", "-print_final_stats=1"];
  const { status, stderr } = run(program, [corpus, ...options], { stdio: "pipe" });
  const told = stderr.split("\n").filter((line) => !/^#|^INFO|NEW_FUNC|# Uses/.test(line));
  console.log(told.join("\n").trim());
  if (status === 0) {
    const least = join(folder, "least");
    mkdirSync(least);
    run(program, ["-merge=1", "-max_len=256", least, corpus], { stdio: "pipe" });
    const lines = readdirSync(least).map((file) => readFileSync(join(least, file)).toString("hex"));
    writeFileSync(
      kept,
      `${lines.toSorted((one, other) => one.length - other.length || (one < other ? -1 : 1)).join("\n")}\n`,
    );
  }
  console.log(
    `sanitize libfuzzer: exit ${status}, at most ${runs} inputs, beginning with ${inputs.length} that were kept`,
  );
  return status;
};

const modes = {
  address: { packages: "g++", check: () => withAddress(false, []) },
  leaks: { packages: "g++", check: () => withAddress(true, readingTests) },
  valgrind: { packages: "g++ valgrind", check: withValgrind },
  threads: { packages: "g++", check: withThreads },
  libfuzzer: { packages: "clang libclang-rt-dev", check: withLibfuzzer },
};

if (!Object.hasOwn(modes, mode ?? "")) {
  console.error(`npm run sanitize -- ${Object.keys(modes).join("|")} [PATTERN…]`);
  process.exit(2);
}
try {
  process.exitCode = modes[mode].check();
} catch (error) {
  console.error(`sanitize ${mode}: ${error.message.trim()} (needs Debian's ${modes[mode].packages})`);
  process.exitCode = 2;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
