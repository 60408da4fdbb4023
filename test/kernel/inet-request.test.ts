// What is asked of sock_diag(7): requests byte for byte, filters, addresses.
import test from "ava";
import { ipv6Text, parseAddress } from "../../src/kernel/address.js";
import { diagDump } from "../../src/kernel/diag-dump.js";
import { anyPortFilter, portFilter } from "../../src/kernel/diag-filter.js";
import { getRequest, inetRequests } from "../../src/kernel/inet-request.js";
import { recorded, replay, viewOf } from "./recorded.js";

test("a request asks for exactly the states and attributes that were named", (t) => {
  const query = { states: 1 << 10, attributes: ["info", "memInfo"] } as const;
  const [one, ...none] = inetRequests({ ...query, family: "ipv6" });
  t.deepEqual([one?.type, one?.payload.length, none.length], [20, 56, 0]);
  t.deepEqual([...one!.payload.subarray(0, 8)], [10, 6, 0b100_0010, 0, 0, 4, 0, 0]);
});

test("both families of TCP are one question, of UDP two", (t) => {
  const query = { states: 1 << 10, attributes: ["memInfo"], bytecode: Uint8Array.of(1, 2, 3, 4) } as const;
  const [both, ...none] = inetRequests(query);
  t.deepEqual([both?.type, both?.payload.length, none.length], [18, 68, 0]);
  t.deepEqual([...both!.payload.subarray(0, 4), ...both!.payload.subarray(52, 56)], [0, 0, 0, 64, 0, 4, 0, 0]);
  t.deepEqual([...both!.payload.subarray(60)], [8, 0, 1, 0, 1, 2, 3, 4]);
  t.deepEqual(
    inetRequests({ ...query, protocol: "udp" }).map(({ type, payload }) => [type, payload[0], payload[1]]),
    [
      [20, 2, 17],
      [20, 10, 17],
    ],
  );
});

test("the filter of two ports jumps over the second comparison when the first fits", (t) => {
  // prettier-ignore
  t.deepEqual([...portFilter([80, 0x1234])!], [11, 8, 12, 0, 0, 0, 80, 0, 1, 4, 12, 0, 11, 8, 12, 0, 0, 0, 0x34, 0x12]);
  t.deepEqual([...portFilter([80], "remote")!], [12, 8, 12, 0, 0, 0, 80, 0]);
  t.is(portFilter([]), undefined);
});

test("a filter of local or remote ports compares both in one program", (t) => {
  t.deepEqual([...anyPortFilter([80], [443])!], [11, 8, 12, 0, 0, 0, 80, 0, 1, 4, 12, 0, 12, 8, 12, 0, 0, 0, 187, 1]);
  t.is(anyPortFilter([], []), undefined);
  const found = diagDump(replay([recorded("estab-port-3000")]), { anyPorts: { local: [1], remote: [33258] } });
  t.deepEqual(
    [...found].map((socket) => socket.remotePort),
    [33258],
  );
});

test("an exact get carries ports, addresses and cookie, all ones for any", (t) => {
  const { payload } = getRequest({ localAddress: "::1", localPort: 80, cookie: 5n }, []);
  const bytes = payload.subarray(8);
  t.is(payload[0], 10);
  t.deepEqual([...bytes.subarray(0, 20)], [0, 80, 0, 0, ...Array.from({ length: 15 }, () => 0), 1]);
  t.deepEqual([...bytes.subarray(40)], [5, 0, 0, 0, 0, 0, 0, 0]);
  t.throws(() => getRequest({ localAddress: "localhost", localPort: 80 }, []), { instanceOf: TypeError });
  t.throws(() => getRequest({ localAddress: "::1", localPort: 80, remoteAddress: "1.2.3.4" }, []));
});

test("addresses become text as RFC 5952 has it, and back", (t) => {
  for (const text of ["::", "::1", "2001:db8::1", "fe80::1:0:0:1", "1:0:2::3", "::ffff:10.0.0.1", "1:2:3:4:5:6:7:8"]) {
    const { bytes } = parseAddress(text);
    t.is(ipv6Text(viewOf(bytes), 0), text);
  }
  t.deepEqual([...parseAddress("10.0.0.255").bytes], [10, 0, 0, 255]);
  t.deepEqual([...parseAddress("fe80::1%eth0").bytes], [0xfe, 0x80, ...Array.from({ length: 13 }, () => 0), 1]);
});
