// A small /proc, /sys and cgroupfs in a temporary folder: path → text.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ExecutionContext } from "ava";

/** Writes the files; a text that begins with `-> ` becomes a symbolic link. `ROOT` in a text is the folder's path. */
export function procTree(t: ExecutionContext, files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "sockscope-proc-")));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    const full = join(root, path);
    mkdirSync(dirname(full), { recursive: true });
    if (text.startsWith("-> ")) symlinkSync(text.slice(3), full);
    else writeFileSync(full, text.replaceAll("ROOT", root));
  }
  return root;
}
