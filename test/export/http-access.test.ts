import test from "ava";
import { type Asked, refusalOf } from "../../src/export/http/access.js";

const ask = (headers: Asked["headers"] = {}, more: Partial<Asked> = {}): Asked => ({
  method: "GET",
  url: "/metrics",
  headers: { host: "localhost:9464", ...headers },
  isNear: true,
  ...more,
});
const token = "s3cret-token";
const bearer = (value: string): Asked["headers"] => ({ authorization: `Bearer ${value}` });

test("a loopback Host is answered without a token, any other is not", (t) => {
  const loopback = ["localhost", "LOCALHOST:80", "127.0.0.1", "127.9.8.7:1", "[::1]", "[::1]:9464"];
  const others = [
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "10.0.0.1:9464",
    "127.0.0.1@evil",
    "",
    "localhost:",
    "::1",
  ];
  t.deepEqual(
    loopback.map((host) => refusalOf(ask({ host }), undefined)),
    loopback.map(() => undefined),
  );
  t.deepEqual(
    others.map((host) => refusalOf(ask({ host }), undefined)?.status),
    others.map(() => 403),
  );
  t.is(refusalOf(ask({ host: undefined }), undefined)?.status, 403);
});

test("a loopback Host that comes from elsewhere needs the token: a Host is only what a client says", (t) => {
  t.is(refusalOf(ask({}, { isNear: false }), undefined)?.status, 403);
  t.is(refusalOf(ask({}, { isNear: false }), token)?.status, 401);
  t.is(refusalOf(ask(bearer(token), { isNear: false }), token), undefined);
});

test("the token opens any Host, another token none, not even a loopback one", (t) => {
  const far = { host: "app.example:9464" };
  t.is(refusalOf(ask({ ...far, ...bearer(token) }), token), undefined);
  t.is(refusalOf(ask({ ...far, authorization: `bearer  ${token}` }), token), undefined);
  const wrong = [
    bearer(`${token}x`),
    bearer(token.slice(1)),
    bearer(""),
    { authorization: `Basic ${token}` },
    { authorization: token },
    {},
  ];
  t.deepEqual(
    wrong.map((headers) => refusalOf(ask({ ...far, ...headers }), token)?.status),
    wrong.map(() => 401),
  );
  t.is(refusalOf(ask(bearer("guess")), token)?.status, 401);
  t.is(refusalOf(ask(bearer("guess")), undefined), undefined);
});

test("pages of other origins are not answered; a link that leads to the page is", (t) => {
  const linked = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  t.is(refusalOf(ask({ origin: "http://localhost:9464" }), undefined), undefined);
  t.is(refusalOf(ask({ "sec-fetch-site": "same-origin" }), undefined), undefined);
  t.is(refusalOf(ask(linked, { url: "/?from=alert" }), undefined), undefined);
  const foreign = [
    ask({ origin: "http://localhost:3000" }),
    ask({ origin: "null" }),
    ask({ "sec-fetch-site": "cross-site" }),
    ask({ "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" }),
    ask(linked, { url: "/findings" }),
    ask({ ...linked, "sec-fetch-dest": "iframe" }, { url: "/" }),
    ask({ origin: "https://evil.example", ...bearer(token) }),
  ];
  t.deepEqual(
    foreign.map((asked) => refusalOf(asked, token)?.status),
    foreign.map(() => 403),
  );
});

test("only GET and HEAD of a path, without a body and not too long", (t) => {
  const wrong: readonly (readonly [Asked, number])[] = [
    [ask({}, { method: "POST" }), 405],
    [ask({}, { method: "OPTIONS" }), 405],
    [ask({}, { url: `/${"x".repeat(3000)}` }), 414],
    [ask({}, { url: "http://localhost:9464/metrics" }), 400],
    [ask({}, { url: "*" }), 400],
    [ask({ "content-length": "5" }), 400],
    [ask({ "transfer-encoding": "chunked" }), 400],
  ];
  t.deepEqual(
    wrong.map(([asked]) => refusalOf(asked, undefined)?.status),
    wrong.map(([, status]) => status),
  );
  t.is(refusalOf(ask({ "content-length": "0" }, { method: "HEAD" }), undefined), undefined);
});
