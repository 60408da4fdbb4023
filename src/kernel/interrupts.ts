// /proc/interrupts: interrupts by number and CPU (kernel/irq/proc.c show_interrupts). Of the whole host.
import { openReader } from "./proc-reader.js";
import { type From, type KeptReading, once, procPath } from "./proc-root.js";

/** One line. Counters are 32 bits wide and wrap. */
export interface Interrupt {
  /** What stands before the colon: `38`, `LOC`, `IPI0`. */
  readonly label: string;
  /** Its number; `undefined` of the architecture's own kinds (`LOC`, `NMI`, …). */
  readonly irq: number | undefined;
  /** By CPU, in the order of `cpus`; a kind that is not counted per CPU (`ERR`) has one. */
  readonly counts: readonly number[];
  /** Chip, number at the chip and trigger, as the kernel prints them: `PCI-MSIX-0000:00:03.0 1-edge`. */
  readonly chip: string;
  /** Who asked for it, several where it is shared: `virtio2-input.0`, `eth0-TxRx-3`. Of a kind: what it is. */
  readonly actions: readonly string[];
}

export interface Interrupts {
  /** Numbers of the online CPUs: the columns. */
  readonly cpus: readonly number[];
  readonly rows: readonly Interrupt[];
}

/** Interrupts; `undefined` where /proc/interrupts cannot be read. Its cost grows with CPUs × interrupts. */
export function readInterrupts(from: From = {}): Interrupts | undefined {
  return once(openInterrupts(from));
}

/** The same over a descriptor that stays open. */
export function openInterrupts(from: From = {}): KeptReading<Interrupts> {
  const reader = openReader(procPath(from, "interrupts"));
  return {
    close: reader.close,
    read: () => {
      const text = reader.read();
      return text === undefined ? undefined : parseInterrupts(text);
    },
  };
}

/**
 * Total: lines that do not begin with a label and a number are left out. `wanted`: only these interrupts; on a host of
 * many CPUs the rest of the file costs more than all other readings together.
 */
export function parseInterrupts(text: string, wanted?: ReadonlySet<number>): Interrupts {
  const [header = "", ...lines] = text.split("\n");
  const cpus = [...header.matchAll(/\bCPU(\d{1,6})\b/g)].map((match) => Number(match[1]));
  const chosen = wanted === undefined ? lines : lines.filter((line) => wanted.has(Number.parseInt(line, 10)));
  return { cpus, rows: chosen.flatMap((line) => parseLine(line, cpus.length) ?? []) };
}

function parseLine(line: string, cpus: number): Interrupt | undefined {
  const label = /^ *([0-9A-Za-z]+):/.exec(line);
  if (!label) return undefined;
  const counts: number[] = [];
  let at = label[0].length;
  // A description may begin with a number: no more columns than CPUs.
  const column = / *(\d{1,10})(?= |$)/y;
  for (; counts.length < cpus; at = column.lastIndex) {
    column.lastIndex = at;
    const match = column.exec(line);
    if (!match) break;
    counts.push(Number(match[1]));
  }
  if (counts.length === 0) return undefined;
  const irq = /^\d{1,9}$/.test(label[1]!) ? Number(label[1]) : undefined;
  return { label: label[1]!, irq, counts, ...describe(line.slice(at).trim(), irq === undefined) };
}

// Two blanks stand before the actions, but also between chip and number. A line may have no action at all; then its
// last part is number and trigger: `5-edge`, `27 Level`.
function describe(text: string, isKind: boolean): Pick<Interrupt, "chip" | "actions"> {
  if (isKind) return { chip: "", actions: text === "" ? [] : [text] };
  const parts = text.split(/ {2,}/);
  const last = parts.at(-1)!;
  const none = parts.length === 1 || /^\d+(-\S+| (Edge|Level)(-\S+)?)?$/.test(last);
  const chip = (none ? parts : parts.slice(0, -1)).join(" ");
  return { chip, actions: none ? [] : last.split(/, */) };
}
