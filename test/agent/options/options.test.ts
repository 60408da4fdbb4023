import test from "ava";
import fc from "fast-check";
import { type OptionSources, resolveOptions } from "../../../src/agent/options/options.js";
import { defaultThresholds } from "../../../src/explain/thresholds.js";
import { rounds } from "../../rounds.js";

const defaults = {
  enabled: true,
  log: "stderr",
  logLevel: "finding",
  intervalMs: 1000,
  sampleMs: 100,
  http: "off",
  httpToken: undefined,
  stacks: true,
  record: "off",
  mute: [],
  redact: "off",
  redactKey: undefined,
  detail: "off",
  logger: undefined,
  thresholds: defaultThresholds,
};

/** What a program without types may pass. */
const untyped = (value: unknown): NonNullable<OptionSources["options"]> => JSON.parse(JSON.stringify(value));

test("nothing given means the defaults and no word about it", (t) => {
  t.deepEqual(resolveOptions({ env: { PATH: "/bin", SOCKSCOPE_LOG: "" } }), { options: defaults, problems: [] });
});

test("every variable is understood", (t) => {
  const { options, problems } = resolveOptions({
    env: {
      SOCKSCOPE: "off",
      SOCKSCOPE_LOG: "/var/log/app.ndjson",
      SOCKSCOPE_LOG_LEVEL: "sample",
      SOCKSCOPE_INTERVAL_MS: "500",
      SOCKSCOPE_SAMPLE_MS: "20",
      SOCKSCOPE_HTTP: "0.0.0.0:9464",
      SOCKSCOPE_HTTP_TOKEN: "s3cret",
      SOCKSCOPE_STACKS: "off",
      SOCKSCOPE_RECORD: "/var/lib/app",
      SOCKSCOPE_MUTE: "accept-wait/event-loop-blocked@3000, syn-queue-overflow",
      SOCKSCOPE_REDACT: "ip",
      SOCKSCOPE_REDACT_KEY: "fleet",
      SOCKSCOPE_DETAIL: "connections",
      SOCKSCOPE_BLOCKED_MS: "300",
      SOCKSCOPE_REQUIRE_ALL: "1",
    },
  });
  t.deepEqual(problems, []);
  t.deepEqual(options, {
    enabled: false,
    log: "/var/log/app.ndjson",
    logLevel: "sample",
    intervalMs: 500,
    sampleMs: 20,
    http: { host: "0.0.0.0", port: 9464 },
    httpToken: "s3cret",
    stacks: false,
    record: "/var/lib/app",
    mute: [
      { symptom: "accept-wait", cause: "event-loop-blocked", port: 3000 },
      { symptom: "syn-queue-overflow", cause: undefined, port: undefined },
    ],
    redact: "ip",
    redactKey: "fleet",
    detail: "connections",
    logger: undefined,
    thresholds: { ...defaultThresholds, blockedMs: 300 },
  });
});

test("options win over the environment, that over the file, that over the defaults", (t) => {
  const { options, problems } = resolveOptions({
    options: { intervalMs: 100, log: undefined },
    env: { SOCKSCOPE_INTERVAL_MS: "200", SOCKSCOPE_SAMPLE_MS: "20" },
    configFile: {
      path: "/app/sockscope.config.json",
      text: '{"intervalMs":300,"sampleMs":30,"log":"off","blockedMs":400}',
    },
  });
  t.deepEqual(problems, []);
  t.deepEqual(options, {
    ...defaults,
    intervalMs: 100,
    sampleMs: 20,
    log: "off",
    thresholds: { ...defaultThresholds, blockedMs: 400 },
  });
});

test("a malformed value costs one line that names the key, the value and what is accepted", (t) => {
  const { options, problems } = resolveOptions({
    options: untyped({ logger: { info: 1 }, blockedMs: -1 }),
    env: {
      SOCKSCOPE_INTERVAL_MS: "soon",
      SOCKSCOPE_LOG_LEVEL: "debug\n",
      SOCKSCOPE_HTTP: "localhost:99999",
      SOCKSCOPE_HTTP_TOKEN: "two words",
    },
    configFile: { path: "/app/sockscope.config.json", text: '{"stacks":"maybe"}' },
  });
  t.deepEqual(options, defaults);
  t.deepEqual(problems, [
    "sockscope: SOCKSCOPE_LOG_LEVEL is \"debug\\n\"; accepted: finding or sample; using 'finding'".replace(/'/g, '"'),
    'sockscope: SOCKSCOPE_INTERVAL_MS is "soon"; accepted: a whole number of milliseconds from 50 to 3600000; using 1000',
    'sockscope: SOCKSCOPE_HTTP is "localhost:99999"; accepted: host:port, [ipv6]:port, a port (loopback), a unix path that contains a /, or off; using "off"',
    "sockscope: SOCKSCOPE_HTTP_TOKEN is (not shown); accepted: visible ASCII characters without blanks; using none",
    'sockscope: stacks in /app/sockscope.config.json is "maybe"; accepted: on or off; using on',
    "sockscope: option logger is { info: 1 }; accepted: an object with the functions info, warn, error; using none",
    "sockscope: option blockedMs is -1; accepted: a number, 0 or greater; using 200",
  ]);
});

test("an unknown key costs one warning wherever it stands", (t) => {
  const { options, problems } = resolveOptions({
    options: untyped({ colour: "red" }),
    env: { SOCKSCOPE_INTERVALL: "1" },
    configFile: { path: "/app/sockscope.config.json", text: '{"logger":"pino","__proto__":1}' },
  });
  t.deepEqual(options, defaults);
  t.deepEqual(problems, [
    "sockscope: SOCKSCOPE_INTERVALL is not known and is ignored",
    "sockscope: option colour is not known and is ignored",
    "sockscope: logger in /app/sockscope.config.json is not known and is ignored",
    "sockscope: __proto__ in /app/sockscope.config.json is not known and is ignored",
  ]);
});

test("sources that cannot be used are named and the defaults hold", (t) => {
  const hostile = Object.defineProperty({}, "log", {
    enumerable: true,
    get: () => {
      throw new Error("no");
    },
  });
  for (const [given, expected] of [
    [{ options: untyped(5) }, /^sockscope: the argument of start\(\) is 5; accepted: an object; using the defaults$/],
    [{ options: hostile }, /^sockscope: the argument of start\(\) cannot be read/],
    [{ configFile: { path: "/a.json", text: "{" } }, /^sockscope: \/a\.json is no JSON .*using the defaults$/],
    [{ configFile: { path: "/a.json", text: "[]" } }, /^sockscope: \/a\.json is \[\]; accepted: an object/],
    [
      { configFile: { path: "/a.json", error: "cannot be read (EACCES)" } },
      /^sockscope: \/a\.json cannot be read \(EACCES\)/,
    ],
  ] as const) {
    const { options, problems } = resolveOptions({ env: {}, ...given });
    t.deepEqual(options, defaults);
    t.is(problems.length, 1);
    t.regex(problems[0] ?? "", expected);
  }
});

test("an endpoint that others can reach stays closed without a token", (t) => {
  const { options, problems } = resolveOptions({ env: { SOCKSCOPE_HTTP: "0.0.0.0:9464" } });
  t.is(options.http, "off");
  t.is(problems.length, 1);
  for (const http of ["127.0.0.1:1", "localhost:1", "[::1]:1", "9464", "/run/sockscope.sock"])
    t.deepEqual(resolveOptions({ env: { SOCKSCOPE_HTTP: http } }).problems, [], http);
});

test("whatever is given, options come out and every problem is one line", (t) => {
  const variable = fc.constantFrom("SOCKSCOPE_MUTE", "SOCKSCOPE_HTTP", "SOCKSCOPE_INTERVAL_MS", "SOCKSCOPE_LOG");
  const key = fc.constantFrom("mute", "http", "logger", "stacks", "blockedMs", "sampleMs", "__proto__");
  const anything = fc.anything({ withBigInt: true, withNullPrototype: true, withObjectString: true });
  const sources = fc.record({
    options: fc.oneof(fc.dictionary(key, anything), anything).map(Object),
    env: fc.dictionary(variable, fc.string({ unit: "binary" })),
    configFile: fc.record({ path: fc.constant("/app/sockscope.config.json"), text: fc.oneof(fc.json(), fc.string()) }),
  });
  t.notThrows(() =>
    fc.assert(
      fc.property(sources, (given) => {
        const { options, problems } = resolveOptions(given);
        return options.intervalMs >= 50 && problems.every((line) => /^sockscope: [^\n]*$/.test(line));
      }),
      { numRuns: rounds(500) },
    ),
  );
});
