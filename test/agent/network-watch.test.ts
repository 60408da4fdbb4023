// Looks below the sockets: bounded, rarely while all is quiet, at once when something there moves.
import test from "ava";
import { networkReadingOf, openNetworkWatch } from "../../src/agent/network-watch.js";
import { readHostNetwork } from "../../src/kernel/host-network.js";

test("a host of thousands of interfaces is shown by those that moved most", (t) => {
  const host = readHostNetwork();
  const nics = Array.from({ length: 3000 }, (_, n) => ({
    name: `veth${n}`,
    statistics: { rx_packets: n, rx_bytes: 5n, collisions: 3 },
  }));
  const reading = networkReadingOf({ ...host, nics }, undefined);
  t.is(reading.nics.length, 64);
  t.is(reading.nics[0]!.name, "veth2999");
  t.deepEqual(reading.nics[0]!.statistics, { rx_packets: 2999, rx_bytes: 5n });
});

test("quiet, it looks every ten seconds; a repeated segment makes it look sooner", (t) => {
  const watch = openNetworkWatch({ spentMs: () => 0 });
  t.teardown(() => watch.close());
  const looks = (from: number, repeated: (at: number) => number): readonly number[] => {
    const taken: number[] = [];
    for (let at = from; at < from + 20_000; at += 1000) {
      if (watch.read(at, false, { RetransSegs: repeated(at) })) taken.push(at);
    }
    return taken;
  };
  // What others do on this host may make it look more often: never less.
  t.true(looks(1000, () => 7).length >= 2);
  t.is(looks(21_000, (at) => at).length, 20);
});

test("while a listener is in trouble it keeps away, unless something below looks wrong", (t) => {
  const watch = openNetworkWatch({ spentMs: () => 0 });
  t.teardown(() => watch.close());
  t.is(watch.read(1000, true, {}), undefined);
  t.is(watch.read(2000, true, { TCPAbortOnMemory: 0 }), undefined);
  t.truthy(watch.read(3000, true, { TCPAbortOnMemory: 5 }));
});

test("one that is dear is taken less often: a hundredth of the time while something below looks wrong, every two seconds at least", (t) => {
  let spent = 0;
  const cost = { ms: 0 };
  const spentMs = (): number => {
    spent += cost.ms;
    return spent;
  };
  const watch = openNetworkWatch({ spentMs });
  t.teardown(() => watch.close());
  const taken: number[] = [];
  for (let at = 1000; at <= 8000; at += 500) {
    cost.ms = at < 4000 ? 10 : 500;
    if (watch.read(at, true, { TCPAbortOnMemory: at })) taken.push(at);
  }
  t.deepEqual(taken, [1500, 2000, 3000, 4000, 6000, 8000]);
});
