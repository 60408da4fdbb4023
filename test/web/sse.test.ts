import test from "ava";
import { createEventParser } from "../../src/web/live/sse.js";

const stream =
  'event: history\ndata: [1,\ndata: 2]\n\n: still here\n\nevent: frame\r\nid: 7\r\ndata: {"v":1}\r\n\r\ndata:bare\n\n';
const events = [
  { type: "history", data: "[1,\n2]" },
  { type: "frame", data: '{"v":1}' },
  { type: "message", data: "bare" },
];

test("events are the same wherever the stream is cut", (t) => {
  for (let cut = 0; cut <= stream.length; cut += 1) {
    const parser = createEventParser();
    t.deepEqual([...parser.push(stream.slice(0, cut)), ...parser.push(stream.slice(cut))], events);
  }
});

test("events are the same character by character", (t) => {
  const parser = createEventParser();
  t.deepEqual(
    stream.split("").flatMap((character) => parser.push(character)),
    events,
  );
});

test("comments, unknown fields and events without data say nothing", (t) => {
  t.deepEqual(createEventParser().push(": hello\n\nretry: 5\n\nevent: empty\n\n"), []);
});

test("a line without an end is refused after eight million characters", (t) => {
  const parser = createEventParser();
  parser.push(`data: ${"x".repeat(7_999_000)}`);
  t.throws(() => parser.push("x".repeat(2000)), { instanceOf: RangeError });
});
