import test from "ava";
import fc from "fast-check";
import {
  attributeAt,
  attributeBytes,
  dumpAgain,
  encodeRequest,
  exchange,
  type Link,
  readFrames,
} from "../../src/kernel/netlink.js";
import { int32, joined, message, replay, viewOf } from "./recorded.js";

const [ERROR, DONE, ROW] = [2, 3, 20];
const [MULTI, INTERRUPTED] = [2, 0x12];
const row = (value: number, flags = MULTI): Uint8Array => message(ROW, flags, int32(value));
const done = (errno = 0, flags = MULTI): Uint8Array => message(DONE, flags, int32(-errno));

const question = { type: 20, payload: new Uint8Array(4) };

const ask = (link: Link, dump = true) => {
  const rows: number[] = [];
  const buffer = new Uint8Array(1024);
  const outcome = exchange(
    link,
    question,
    dump,
    () => buffer,
    (view, start) => rows.push(view.getInt32(start, true)),
  );
  return { rows, ...outcome };
};

const again = (link: Link) => {
  let rows: number[] = [];
  const buffer = new Uint8Array(1024);
  const outcome = dumpAgain(
    link,
    question,
    () => buffer,
    () => {
      rows = [];
      return (view, start) => rows.push(view.getInt32(start, true));
    },
  );
  return { rows, ...outcome };
};

const whole = { errno: 0, partial: false, interrupted: false };

test("a request carries its length, type, flags and sequence", (t) => {
  const view = viewOf(encodeRequest({ type: 20, payload: Uint8Array.of(1, 2, 3, 4, 5) }, 9, true));
  t.is(view.byteLength, 24);
  t.deepEqual(
    [view.getUint32(0, true), view.getUint16(4, true), view.getUint16(6, true), view.getUint32(8, true)],
    [21, 20, 0x301, 9],
  );
});

test("a dump over several datagrams is whole when NLMSG_DONE says no error", (t) => {
  const link = replay([joined(row(1), row(2)), row(3), done()]);
  t.deepEqual(ask(link), { rows: [1, 2, 3], ...whole });
});

test("an exact answer needs no NLMSG_DONE", (t) => {
  t.deepEqual(ask(replay([row(7, 0)]), false), { rows: [7], ...whole });
});

test("a dump whose rows lack NLM_F_MULTI goes on to its NLMSG_DONE", (t) => {
  t.deepEqual(ask(replay([joined(row(1, 0), row(2, 0)), done()])), { rows: [1, 2], ...whole });
});

test("NLMSG_ERROR is the answer of the whole request", (t) => {
  t.deepEqual(ask(replay([message(ERROR, 0, joined(int32(-2), new Uint8Array(16)))])), {
    rows: [],
    errno: 2,
    partial: false,
    interrupted: false,
  });
});

test("an errno inside NLMSG_DONE is not lost", (t) => {
  t.like(ask(replay([row(1), done(2)])), { rows: [1], errno: 2 });
});

test("messages of another exchange or another socket are left out", (t) => {
  const stale = row(1);
  viewOf(stale).setUint32(8, 0x12345678, true);
  const foreign = row(2);
  viewOf(foreign).setUint32(12, 99, true);
  t.deepEqual(ask(replay([joined(stale, foreign, row(3)), done()])), { rows: [3], ...whole });
});

test("an interrupted dump is asked again and is whole if the next one is", (t) => {
  const link = replay([row(1, INTERRUPTED), done()], [row(1), row(2), done()]);
  t.deepEqual(again(link), { rows: [1, 2], ...whole });
  t.is(link.asked.length, 2);
});

test("a dump interrupted three times is partial", (t) => {
  const interrupted = [row(1), done(0, INTERRUPTED)];
  const link = replay(interrupted, interrupted, interrupted, [row(1), done()]);
  t.deepEqual(again(link), { rows: [1], errno: 0, partial: true, interrupted: true });
  t.is(link.asked.length, 3);
});

test("a datagram that was cut off or lost makes the rest partial", (t) => {
  const [EMSGSIZE, ENOBUFS] = [-90, -105];
  t.deepEqual(ask(replay([row(1), EMSGSIZE, done()])), { rows: [1], errno: 0, partial: true, interrupted: false });
  t.deepEqual(ask(replay([ENOBUFS, row(2), done()])), { rows: [2], errno: 0, partial: true, interrupted: false });
});

test("losses without end give up with their errno", (t) => {
  t.like(ask(replay(Array.from({ length: 100 }, () => -105))), { rows: [], errno: 105, partial: true });
});

test("an answer that ends early is partial", (t) => {
  t.like(ask(replay([row(1)])), { rows: [1], errno: 11, partial: true });
});

test("a request that cannot be sent says why", (t) => {
  const link = { ...replay(), send: () => -1 };
  t.deepEqual(ask(link), { rows: [], errno: 1, partial: false, interrupted: false });
});

test("a message that is longer than its datagram ends it and is not told", (t) => {
  const broken = row(2);
  viewOf(broken).setUint32(0, 400, true);
  t.deepEqual(ask(replay([joined(row(1), broken), done()])), {
    rows: [1],
    errno: 0,
    partial: true,
    interrupted: false,
  });
});

test("any datagrams at all are answered without a throw, and every message told lies in its datagram", (t) => {
  const link = fc.array(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: -200, max: 0 })), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(link, (datagrams) => {
      const buffer = new Uint8Array(512);
      exchange(
        replay(datagrams),
        question,
        true,
        () => buffer,
        (_view, start, end) => {
          if (!(start >= 16 && end >= start && end <= 300)) throw new Error(`${start}..${end}`);
        },
      );
    }),
  );
  t.pass();
});

test("frames of any bytes with the right sequence stay within them", (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 200 }), (bytes) => {
      const view = viewOf(bytes);
      const frames = { untilDone: false, done: false, errno: 0, partial: false, interrupted: false };
      readFrames(view, bytes.length, view.getUint32(8, true), view.getUint32(12, true), frames, (_view, start, end) => {
        if (!(start <= end && end <= bytes.length)) throw new Error(`${start}..${end}`);
      });
    }),
  );
  t.pass();
});

test("an attribute is found behind unknown ones, and a malformed list ends the search", (t) => {
  const bytes = Uint8Array.of(5, 0, 99, 0, 1, 0, 0, 0, 8, 0, 7, 0x80, 1, 2, 3, 4);
  t.is(attributeAt(viewOf(bytes), 0, 16, 7), 12);
  t.is(attributeBytes(viewOf(bytes), 12), 4);
  t.is(attributeAt(viewOf(bytes), 0, 16, 8), -1);
  t.is(attributeAt(viewOf(Uint8Array.of(2, 0, 7, 0)), 0, 4, 7), -1);
  t.is(attributeAt(viewOf(Uint8Array.of(9, 0, 7, 0)), 0, 4, 7), -1);
});
