// What Node is told to deny, and what it is told at all.
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { addonReadings } from "../../kernel/addon-readings.js";
import { packageRoot } from "../../package-root.js";
import type { Condition, Works } from "./condition.js";
import { ofProc } from "./conditions-kernel.js";

const known = process.allowedNodeEnvironmentFlags;
const flag = (name: string): readonly string[] => (known.has(name) ? [name] : []);
/** The permission model, as this Node calls it; from Node 25 on sockets need a permission, too. */
const permission = [known.has("--permission") ? "--permission" : "--experimental-permission", ...flag("--allow-net")];
const [worker, addons, everyFile] = ["--allow-worker", "--allow-addons", "--allow-fs-read=*"];
const ownFiles = [packageRoot, realpathSync(join(packageRoot, "node_modules"))].map(
  (path) => `--allow-fs-read=${path}/*`,
);
/** Node's own, in each thread. */
const warnings = /^\(node:\d+\) (ExperimentalWarning|SecurityWarning|\[(DEP|PERM))|^\(Use `node --trace/;
const inspecting = /^Debugger listening|^For help, see|^Starting inspector/;

const whole: Works = { finding: "while blocked", stack: true };
const noStack: Works = { ...whole, stack: false };
const withoutAddon: Works = { finding: "no", stack: false, missing: addonReadings, told: /addon: / };

export const nodes: readonly Condition[] = [
  {
    name: "the permission model, everything needed allowed",
    how: "`--permission --allow-worker --allow-addons --allow-fs-read=*`",
    flags: [...permission, worker, addons, everyFile],
    others: warnings,
    works: noStack,
  },
  {
    name: "the permission model without workers",
    how: "`--permission --allow-addons --allow-fs-read=*`",
    flags: [...permission, addons, everyFile],
    others: warnings,
    works: {
      finding: "afterwards",
      causes: ["event-loop-blocked", "event-loop-saturated", "unknown"],
      stack: false,
      told: /no Worker can be started/,
    },
  },
  {
    name: "the permission model without addons",
    how: "`--permission --allow-worker --allow-fs-read=*`",
    flags: [...permission, worker, everyFile],
    others: warnings,
    works: withoutAddon,
  },
  {
    name: "the permission model without files",
    how: "`--permission --allow-worker --allow-addons`, only the program's own files may be read",
    flags: [...permission, worker, addons, ...ownFiles],
    others: warnings,
    works: { ...noStack, missing: [...ofProc, "nics"] },
  },
  {
    name: "the permission model with nothing",
    how: "`--permission`, only the program's own files may be read",
    flags: [...permission, ...ownFiles],
    others: warnings,
    works: { ...withoutAddon, missing: [...addonReadings, ...ofProc, "nics"], told: /no Worker can be started/ },
  },
  { name: "no addons", how: "`--no-addons`", flags: ["--no-addons"], works: withoutAddon },
  { name: "an inspector is open", how: "`--inspect=0`", flags: ["--inspect=0"], others: inspecting, works: noStack },
  { name: "a debugger's session", how: "the application has an `inspector.Session`", way: "debugged", works: whole },
  {
    name: "frozen intrinsics",
    how: "`--frozen-intrinsics`",
    flags: ["--frozen-intrinsics"],
    others: warnings,
    works: whole,
  },
  { name: "no __proto__", how: "`--disable-proto=throw`", flags: ["--disable-proto=throw"], works: whole },
  {
    name: "little memory for JavaScript",
    how: "`--max-old-space-size=32`",
    flags: ["--max-old-space-size=32"],
    works: whole,
  },
];
