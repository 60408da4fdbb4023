import test from "ava";
import fc from "fast-check";
import { UsageError } from "../../src/cli/command.js";
import { isEnd, parsePlace, servesAs } from "../../src/cli/explain/place.js";

test("a socket's end is written as address and port, as a port, or as a path", (t) => {
  const read = (text: string) => parsePlace("LOCAL", text);
  t.deepEqual(
    ["127.0.0.1:3000", "[::1]:3000", ":3000", "3000", "*:3000", "/run/app.sock", "@app", "./app.sock"].map(read),
    [
      { address: "127.0.0.1", port: 3000 },
      { address: "::1", port: 3000 },
      { port: 3000 },
      { port: 3000 },
      { port: 3000 },
      { path: "/run/app.sock" },
      { path: "@app" },
      { path: "./app.sock" },
    ],
  );
});

test("addresses are compared in one spelling, a v4-mapped one as the IPv4 address that it stands for", (t) => {
  t.deepEqual(parsePlace("LOCAL", "[0:0:0:0:0:0:0:1]:80"), { address: "::1", port: 80 });
  t.deepEqual(parsePlace("LOCAL", "[::ffff:10.0.0.1]:80"), { address: "10.0.0.1", port: 80 });
  t.true(isEnd({ address: "10.0.0.1", port: 80 }, "::ffff:10.0.0.1", 80));
  t.false(isEnd({ address: "10.0.0.1", port: 80 }, "10.0.0.2", 80));
  t.true(isEnd({ address: "0.0.0.0", port: 80 }, "10.0.0.2", 80));
  t.true(isEnd({ port: 80 }, "::1", 80));
  t.false(isEnd({ port: 80 }, "::1", 81));
});

test("a listener at the very address is meant before one that is bound to all", (t) => {
  const place = { address: "127.0.0.1", port: 80 };
  t.deepEqual(
    [
      servesAs(place, place),
      servesAs(place, { address: "0.0.0.0", port: 80 }),
      servesAs(place, { address: "::", port: 80 }),
      servesAs(place, { address: "10.0.0.1", port: 80 }),
      servesAs({ address: "::1", port: 80 }, { address: "0.0.0.0", port: 80 }),
      servesAs({ port: 80 }, { address: "10.0.0.1", port: 80 }),
      servesAs({ path: "/a" }, { path: "/a" }),
      servesAs({ path: "/a" }, { address: "::", port: 80 }),
    ],
    [2, 1, 1, 0, 0, 2, 2, 0],
  );
});

test("what is no socket's end is refused with what stood there and what is accepted", (t) => {
  for (const [text, why] of [
    ["localhost:80", "has no numeric address"],
    ["::1:80", "needs brackets around its IPv6 address"],
    ["[1.2.3.4]:80", "has no IPv6 address in brackets"],
    ["0", "has no port from 1 to 65535"],
    ["1.2.3.4:70000", "has no port from 1 to 65535"],
    ["1.2.3.4", "is no socket's address"],
    ["", "is no socket's address"],
  ] as const)
    t.is(
      t.throws(() => parsePlace("PEER", text), { instanceOf: UsageError }).message,
      `PEER: "${text}" ${why}; accepted: 127.0.0.1:3000, [::1]:3000, :3000, 3000, or a unix socket's path (/run/app.sock, @abstract)`,
    );
});

test("any text is read or refused", (t) => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parsePlace("LOCAL", text);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
      }
    }),
  );
  t.pass();
});
