import test, { type ExecutionContext } from "ava";
import { wantOfAddressSpace } from "../../src/agent/address-space.js";
import { procTree } from "../kernel/proc-tree.js";

const status = "Name:\tnode\nVmSize:\t  728244 kB\nVmData:\t   48612 kB\n";
const limitsOf = (addressSpace: string, data: string): string =>
  [
    "Limit                     Soft Limit           Hard Limit           Units     ",
    `Max data size             ${data}            unlimited            bytes     `,
    `Max address space         ${addressSpace}            unlimited            bytes     \n`,
  ].join("\n");

const wantWith = (t: ExecutionContext, limits: string, used = status): string | undefined =>
  wantOfAddressSpace({ proc: procTree(t, { "self/limits": limits, "self/status": used }) });

test("what a limit leaves is held against what V8 may reserve", (t) => {
  t.is(wantWith(t, limitsOf("unlimited", "unlimited")), undefined);
  t.is(wantWith(t, limitsOf("3000000000", "unlimited")), undefined);
  const [space, data] = [
    wantWith(t, limitsOf("1250000000", "unlimited")),
    wantWith(t, limitsOf("unlimited", "500000000")),
  ];
  t.is(space, "ulimit -v leaves 480 MB of address space, V8 may reserve 1000 for a thread");
  t.is(data, "ulimit -d leaves 429 MB of address space, V8 may reserve 600 for a thread");
});

test("without /proc, and where it says something else, no limit is known", (t) => {
  t.is(wantOfAddressSpace({ proc: procTree(t, {}) }), undefined);
  t.is(wantWith(t, limitsOf("much", "more")), undefined);
  t.is(wantWith(t, limitsOf("1250000000", "500000000"), "Name:\tnode\n"), undefined);
});
