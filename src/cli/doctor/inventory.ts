// The machine's inventory by `systeminformation`, in a process of its own: it starts dozens of children, blocks its
// loop, and ends its process under the permission model.
import { spawn } from "node:child_process";
import { join } from "node:path";

export interface Inventory {
  readonly distribution: string | undefined;
  /** `KVM`, `Docker Container`, …; `undefined` on bare metal and where it cannot be told. */
  readonly virtualisation: string | undefined;
  readonly cpu: string | undefined;
  readonly memoryBytes: number | undefined;
  readonly interfaces: readonly { readonly name: string; readonly type: string; readonly isDefault: boolean }[];
}

const mostBytes = 1_048_576;

export interface Asking {
  /** Is given what ends the process, for an interruption. */
  readonly onStart?: ((kill: () => void) => void) | undefined;
  readonly timeoutMs?: number | undefined;
  /** The program that prints the inventory. */
  readonly program?: string | undefined;
}

/** Resolves with the inventory or with the reason why there is none; never rejects. */
export function readInventory({
  onStart,
  timeoutMs = 5000,
  program = join(__dirname, "inventory-child.js"),
}: Asking = {}): Promise<Inventory | { readonly reason: string }> {
  return new Promise((done) => {
    try {
      const { NODE_OPTIONS: _, ...env } = process.env;
      const child = spawn(process.execPath, [program], {
        env,
        stdio: ["ignore", "pipe", "ignore"],
        // A group of its own, so that its children end with it.
        detached: true,
      });
      const kill = (): void => killGroup(child.pid);
      onStart?.(kill);
      let output = "";
      const timer = setTimeout(() => {
        kill();
        done({ reason: `systeminformation: no answer within ${timeoutMs / 1000} s` });
      }, timeoutMs);
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        if (output.length < mostBytes) output += text;
      });
      child.on("error", (error) => {
        clearTimeout(timer);
        done({ reason: `systeminformation: ${error.message}` });
      });
      child.on("close", (code, signal) => {
        clearTimeout(timer);
        kill();
        done(parseInventory(output) ?? { reason: `systeminformation: its process ended with ${signal ?? code}` });
      });
    } catch (error) {
      done({ reason: `systeminformation: ${error instanceof Error ? error.message : String(error)}` });
    }
  });
}

/** The child's one line. Total. */
export function parseInventory(output: string): Inventory | undefined {
  try {
    const value: unknown = JSON.parse(output);
    return isInventory(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isInventory(value: unknown): value is Inventory {
  return typeof value === "object" && value !== null && "interfaces" in value && Array.isArray(value.interfaces);
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}
