// The shipped configuration, made ready for one machine: other ports, and a clock that runs faster.
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const seconds = { s: 1, m: 60, h: 3600 };

/** Every duration a sixtieth, one second at least: what takes five minutes in a fleet takes five seconds here. */
const hurried = (text) =>
  text.replace(/\b(\d+)([smh])\b/g, (_all, count, unit) => `${Math.ceil((count * seconds[unit]) / 60)}s`);

/** Writes prometheus.yml, rules, targets, token and alertmanager.yml into the folder. */
export const configure = (folder, { targets, token, alertmanager, webhook }) => {
  cpSync(join(here, "prometheus"), folder, { recursive: true });
  cpSync(join(here, "alertmanager/alertmanager.yml"), join(folder, "alertmanager.yml"));
  const rules = readdirSync(join(folder, "rules")).map((name) => join("rules", name));
  for (const name of ["prometheus.yml", "alertmanager.yml", ...rules]) {
    const text = hurried(readFileSync(join(folder, name), "utf8"))
      .replace("127.0.0.1:9093", `127.0.0.1:${alertmanager}`)
      .replace("127.0.0.1:9095", `127.0.0.1:${webhook}`);
    writeFileSync(join(folder, name), text);
  }
  writeFileSync(join(folder, "token"), token);
  writeFileSync(join(folder, "targets.json"), JSON.stringify(targets));
};
