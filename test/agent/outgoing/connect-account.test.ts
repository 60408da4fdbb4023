import test from "ava";
import { createConnectAccount, failureOf } from "../../../src/agent/outgoing/connect-account.js";

const refused = { code: "ECONNREFUSED", syscall: "connect", address: "10.0.0.9", port: 5432 };

test("an error of connect(2) is told with its place", (t) => {
  t.deepEqual(failureOf(refused), { code: "ECONNREFUSED", place: { address: "10.0.0.9", port: 5432 } });
  t.deepEqual(failureOf({ code: "EAGAIN", syscall: "connect", address: "/run/app.sock" }), {
    code: "EAGAIN",
    place: { path: "/run/app.sock" },
  });
});

test("of several attempts the last one counts", (t) => {
  const timedOut = { ...refused, code: "ETIMEDOUT", address: "2001:db8::1" };
  t.is(failureOf({ code: "ETIMEDOUT", errors: [timedOut, refused] })?.code, "ECONNREFUSED");
});

test("what is not about connect(2) is left out", (t) => {
  for (const error of [
    { ...refused, syscall: "read" },
    { ...refused, code: "ENOTFOUND" },
    "ECONNREFUSED",
    null,
    { errors: [] },
  ])
    t.is(failureOf(error), undefined);
});

test("failures add up by place and error, connects by how long they took", (t) => {
  const account = createConnectAccount();
  const place = { address: "10.0.0.9", port: 5432 };
  account.failed("ECONNREFUSED", place);
  account.failed("ETIMEDOUT", place);
  account.failed("ECONNREFUSED", place);
  account.opened(place, 0.4);
  account.opened(place, 1500);
  account.opened(place, 60_000);
  t.deepEqual(account.failures, [
    { code: "ETIMEDOUT", ...place, count: 1 },
    { code: "ECONNREFUSED", ...place, count: 2 },
  ]);
  t.deepEqual(account.times, [
    { ...place, count: 3, sumMs: 61_500.4, slowestMs: 60_000, buckets: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1] },
  ]);
});

test("of many places those heard of last are kept", (t) => {
  const account = createConnectAccount();
  for (let port = 1; port <= 100; port += 1) account.failed("ECONNREFUSED", { address: "10.0.0.9", port });
  t.deepEqual(
    account.failures.map(({ port }) => port),
    Array.from({ length: 64 }, (_, i) => i + 37),
  );
});
