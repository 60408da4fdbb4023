// Which interrupts are a network device's: msi_irqs of its device in sysfs (drivers/pci/msi/msi.c,
// Documentation/ABI/testing/sysfs-bus-pci). Never by name alone: `virtio3-rx` is a vsock, not a network card.
import type { IrqRole, NicIrq } from "../snapshot/network.js";
import { readdirSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import type { Interrupt } from "./interrupts.js";
import { type From, readText, sysPath } from "./proc-root.js";

export type { IrqRole, NicIrq };

/** Numbers of the interrupts of the device in this sysfs folder; `undefined`: it has none that sysfs knows. */
export function readDeviceIrqs(folder: string): readonly number[] | undefined {
  // A virtio device has none of its own: they are those of the PCI device that carries it.
  const virtio = linkName(`${folder}/subsystem`) === "virtio";
  const msi = numbersIn(`${folder}/msi_irqs`) ?? (virtio ? numbersIn(`${folder}/../msi_irqs`) : undefined);
  if (msi !== undefined && msi.length > 0) return msi;
  // One line shared with others, without MSI.
  const single = Number(readText(`${folder}/irq`)?.trim() || 0);
  return Number.isInteger(single) && single > 0 ? [single] : undefined;
}

/** The same of an interface, as the sysfs that is mounted here names it: that of the namespace that mounted it. */
export function readNicIrqs(name: string, from: From = {}): readonly number[] | undefined {
  return name.includes("/") ? undefined : readDeviceIrqs(sysPath(from, `class/net/${name}/device`));
}

function numbersIn(folder: string): readonly number[] | undefined {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d{1,9}$/.test(name))
      .map(Number)
      .toSorted((one, other) => one - other);
  } catch {
    return undefined;
  }
}

function linkName(path: string): string | undefined {
  try {
    return basename(readlinkSync(path));
  } catch {
    return undefined;
  }
}

// Only after sysfs has said that the interrupt is the device's. Drivers name as they like; these are virtio_net,
// then ixgbe, i40e, ice, ena, bnxt, mlx5, gve, xen-netfront and what follows their habits.
const roles: readonly (readonly [RegExp, IrqRole["serves"]])[] = [
  [/[-_:](?:config|control|event|mgmnt|misc|async|aux|link)\d*(?:@|$)/i, "control"],
  [/^virtio\d+-input\.(\d+)$/, "rx"],
  [/^virtio\d+-output\.(\d+)$/, "tx"],
  [/-tx-?rx-?(\d+)/i, "both"],
  [/-rx-?tx-?(\d+)/i, "both"],
  [/-(?:fp|comp)-?(\d+)/, "both"],
  [/_comp-?(\d+)/, "both"],
  [/-rx-?(\d+)/i, "rx"],
  [/-tx-?(\d+)/i, "tx"],
  [/-q(\d+)-rx$/, "rx"],
  [/-q(\d+)-tx$/, "tx"],
];

/** What the name of an action tells; `undefined`: nothing. Total. */
export function irqRole(action: string): IrqRole | undefined {
  for (const [pattern, serves] of roles) {
    const match = pattern.exec(action);
    if (match) return { serves, queue: match[1] === undefined ? undefined : Number(match[1]) };
  }
  return undefined;
}

/** The lines of these interrupts; one that nobody asked for yet has none. */
export function selectNicIrqs(rows: readonly Interrupt[], irqs: readonly number[]): readonly NicIrq[] {
  const wanted = new Set(irqs);
  return rows.flatMap(({ irq, actions, counts }) => {
    if (irq === undefined || !wanted.has(irq)) return [];
    const [action] = actions;
    return [{ irq, action, role: action === undefined ? undefined : irqRole(action), counts }];
  });
}
