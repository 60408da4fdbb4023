// Bytecode that the kernel runs on each socket of a dump: include/uapi/linux/inet_diag.h, net/ipv4/inet_diag.c
// inet_diag_bc_run. A filter shortens the answer, not the walk of the table.
const JMP = 1;
const S_EQ = 11;
const D_EQ = 12;

// One comparison: op {code, yes, no}, then an op that carries the port in `no`. Both jumps are relative; one that
// ends exactly at the program's end accepts, one that ends 4 beyond it rejects.
const comparisonBytes = 8;
const jumpBytes = 4;

/** Accepts sockets whose local port is one of `local` or whose remote port is one of `remote`; 5,000 ports at most fit. */
export function anyPortFilter(local: readonly number[], remote: readonly number[]): Uint8Array | undefined {
  const comparisons = [...local.map((port) => [S_EQ, port] as const), ...remote.map((port) => [D_EQ, port] as const)];
  if (comparisons.length === 0) return undefined;
  const block = comparisonBytes + jumpBytes;
  const program = new Uint8Array(comparisons.length * block - jumpBytes);
  const view = new DataView(program.buffer);
  comparisons.forEach(([code, port], i) => {
    const at = i * block;
    // Unequal: over the jump to the next comparison, or, after the last one, out.
    view.setUint8(at, code);
    view.setUint8(at + 1, comparisonBytes);
    view.setUint16(at + 2, block, true);
    view.setUint16(at + 6, port, true);
    if (i === comparisons.length - 1) return;
    view.setUint8(at + comparisonBytes, JMP);
    view.setUint8(at + comparisonBytes + 1, jumpBytes);
    view.setUint16(at + comparisonBytes + 2, program.length - at - comparisonBytes, true);
  });
  return program;
}

/** Accepts sockets whose local (remote) port is one of `ports`. */
export const portFilter = (ports: readonly number[], side: "local" | "remote" = "local"): Uint8Array | undefined =>
  side === "local" ? anyPortFilter(ports, []) : anyPortFilter([], ports);
