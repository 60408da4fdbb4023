// The process that asks `systeminformation`; prints one line of JSON (inventory.ts `Inventory`).
import { cpu, mem, networkInterfaces, osInfo, system } from "systeminformation";
import type { Inventory } from "./inventory.js";

const known = (...words: readonly (string | undefined)[]): string | undefined =>
  words.filter((word) => word).join(" ") || undefined;

const asked = async <T>(question: Promise<T>): Promise<T | undefined> => question.catch(() => undefined);

async function main(): Promise<void> {
  const [os, machine, processor, memory, links] = await Promise.all([
    asked(osInfo()),
    asked(system()),
    asked(cpu()),
    asked(mem()),
    asked(networkInterfaces()),
  ]);
  const inventory: Inventory = {
    distribution: known(os?.distro, os?.release),
    virtualisation: machine?.virtual ? known(machine.virtualHost, machine.model) : undefined,
    cpu: known(processor?.manufacturer, processor?.brand),
    memoryBytes: memory?.total,
    interfaces: [links ?? []].flat().map((link) => ({ name: link.iface, type: link.type, isDefault: link.default })),
  };
  process.stdout.write(`${JSON.stringify(inventory)}\n`);
}

void main();
