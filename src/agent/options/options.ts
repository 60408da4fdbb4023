// What `start(options)`, the environment and sockscope.config.json say, made one. Options win over the environment,
// that over the file, that over the defaults. A value that is not accepted costs one line and the default is used:
// the application goes on.
import { inspect } from "node:util";
import { errorMessage } from "../../errors.js";
import { defaultThresholds, type Thresholds } from "../../explain/thresholds.js";
import type { ConfigFile } from "./config-file.js";
import { type HttpAddress, isLocalAddress } from "./http-address.js";
import { type Logger, type Setting, type Settings, type StartOptions, setting, settingsTable } from "./option-table.js";
import { threshold } from "./option-values.js";

export interface ResolvedOptions extends Settings {
  readonly logger: Logger | undefined;
  readonly thresholds: Thresholds;
}

export interface OptionSources {
  readonly options?: StartOptions | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly configFile?: ConfigFile | undefined;
  readonly thresholds?: Thresholds | undefined;
}

/** One place a value can come from: its pairs, and how a message names a key there. */
interface Source {
  readonly values: ReadonlyMap<string, unknown>;
  readonly nameOf: (key: string) => string;
}

/** What may be given under a key; `undefined`: nothing. */
type SettingOf = (key: string) => Setting<unknown> | undefined;
type OnProblem = (line: string) => void;

/** Variables of that prefix that are not the agent's. */
const foreignVariables: ReadonlySet<string> = new Set(["SOCKSCOPE_REQUIRE_ALL"]);

/** Every option from the first source that names it. Pure; `problems` are complete lines for stderr. */
export const resolveOptions = (
  given: OptionSources,
): { readonly options: ResolvedOptions; readonly problems: readonly string[] } => {
  const problems: string[] = [];
  const onProblem: OnProblem = (text) => void problems.push(oneLine(`sockscope: ${text}`));
  const limits = given.thresholds ?? defaultThresholds;
  const settingOf: SettingOf = (key) => {
    if (isSetting(key)) return settingsTable[key];
    return isThreshold(limits, key) ? thresholdSetting(limits, key) : undefined;
  };
  const sources = sourcesOf(given, settingOf, onProblem);
  const at = <Key extends keyof Settings>(key: Key): Settings[Key] =>
    resolve<Settings[Key]>(key, settingsTable[key], sources, onProblem);
  const settings: Settings = {
    enabled: at("enabled"),
    log: at("log"),
    logLevel: at("logLevel"),
    intervalMs: at("intervalMs"),
    sampleMs: at("sampleMs"),
    http: at("http"),
    httpToken: at("httpToken"),
    stacks: at("stacks"),
    record: at("record"),
    mute: at("mute"),
    redact: at("redact"),
    redactKey: at("redactKey"),
    detail: at("detail"),
  };
  const http = guardHttp(settings, onProblem);
  const logger = loggerOf(sources[0]?.values.get("logger"), onProblem);
  // There are many, and mostly none is given.
  const named = new Set(sources.flatMap(({ values }) => [...values.keys()]));
  const chosen = [...named].flatMap((key) =>
    isThreshold(limits, key) ? [[key, resolve(key, thresholdSetting(limits, key), sources, onProblem)]] : [],
  );
  const thresholds = { ...defaultThresholds, ...limits, ...Object.fromEntries(chosen) };
  return { options: { ...settings, http, logger, thresholds }, problems };
};

/** `SOCKSCOPE_BLOCKED_MS` for `blockedMs`. */
const variableOf = (key: string): string => `SOCKSCOPE_${key.replace(/[A-Z]/g, "_$&").toUpperCase()}`;

/** … and back: the key that has this variable. */
const keyOf = (variable: string, settingOf: SettingOf): string | undefined => {
  const words = variable.slice("SOCKSCOPE_".length).toLowerCase();
  const key =
    variable === settingsTable.enabled.variable
      ? "enabled"
      : words.replace(/_(.)/g, (_, first: string) => first.toUpperCase());
  return settingOf(key)?.variable === variable ? key : undefined;
};

const isSetting = (key: string): key is keyof Settings => Object.hasOwn(settingsTable, key);
const isThreshold = (limits: Thresholds, key: string): key is keyof Thresholds =>
  Object.hasOwn(limits, key) && !isSetting(key);
const thresholdSetting = (limits: Thresholds, key: keyof Thresholds): Setting<number> =>
  setting(variableOf(key), threshold, limits[key]);

const sourcesOf = (given: OptionSources, settingOf: SettingOf, onProblem: OnProblem): readonly Source[] => {
  const file = given.configFile?.path ?? "";
  const options: Source = {
    values: pairsOf(given.options, "the argument of start()", onProblem),
    nameOf: (key) => `option ${key}`,
  };
  const env: Source = {
    values: fromEnvironment(given.env, settingOf, onProblem),
    nameOf: (key) => settingOf(key)?.variable ?? key,
  };
  const configFile: Source = {
    values: pairsOf(parsedFile(given.configFile, onProblem), file, onProblem),
    nameOf: (key) => `${key} in ${file}`,
  };
  for (const { values, nameOf } of [options, env, configFile])
    for (const key of values.keys())
      if (!settingOf(key) && !(key === "logger" && values === options.values))
        onProblem(`${nameOf(key)} is not known and is ignored`);
  return [options, env, configFile];
};

const fromEnvironment = (
  env: OptionSources["env"],
  settingOf: SettingOf,
  onProblem: OnProblem,
): ReadonlyMap<string, unknown> => {
  const values = new Map<string, unknown>();
  for (const variable of Object.keys(env)) {
    if (!variable.startsWith("SOCKSCOPE")) continue;
    const key = keyOf(variable, settingOf);
    if (key !== undefined) values.set(key, env[variable]);
    else if (variable.startsWith("SOCKSCOPE_") && !foreignVariables.has(variable))
      onProblem(`${variable} is not known and is ignored`);
  }
  return values;
};

const parsedFile = (file: ConfigFile | undefined, onProblem: OnProblem): unknown => {
  if (file?.error !== undefined) onProblem(`${file.path} ${file.error}; using the defaults`);
  if (file?.text === undefined) return undefined;
  try {
    return JSON.parse(file.text);
  } catch (error) {
    onProblem(`${file.path} is no JSON (${errorMessage(error)}); accepted: a JSON object; using the defaults`);
    return undefined;
  }
};

const pairsOf = (value: unknown, what: string, onProblem: OnProblem): ReadonlyMap<string, unknown> => {
  try {
    if (value === undefined || value === null) return new Map();
    if (typeof value === "object" && !Array.isArray(value)) return new Map(Object.entries(value));
    onProblem(`${what} is ${shown(value)}; accepted: an object; using the defaults`);
  } catch (error) {
    // A getter of the caller's may throw.
    onProblem(`${what} cannot be read (${shown(error)}); using the defaults`);
  }
  return new Map();
};

const resolve = <T>(key: string, entry: Setting<T>, sources: readonly Source[], onProblem: OnProblem): T => {
  const source = sources.find(({ values }) => isGiven(values.get(key)));
  if (source === undefined) return entry.fallback;
  const value = source.values.get(key);
  const parsed = entry.parse(value);
  if (parsed !== undefined) return parsed;
  const what = entry.hidden ? "(not shown)" : shown(value);
  onProblem(`${source.nameOf(key)} is ${what}; accepted: ${entry.accepts}; using ${shownDefault(entry.fallback)}`);
  return entry.fallback;
};

/** An empty variable counts as not set, as usual in a shell. */
const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== "";

/** Keys and values come from anywhere: no control characters, so that a message stays one line, and not long. */
const oneLine = (line: string): string => line.replace(/[\p{Cc}\u2028\u2029]+\s*/gu, " ").slice(0, 1000);

/** A value as it stands in a message: not long. */
const shown = (value: unknown): string => {
  try {
    const line =
      typeof value === "string" ? JSON.stringify(value) : inspect(value, { depth: 1, breakLength: Infinity });
    return line.length > 80 ? `${line.slice(0, 80)}…` : line;
  } catch {
    return typeof value;
  }
};

/** A default as it would be written: a switch by its word, an empty list as none. */
const shownDefault = (value: unknown): string => {
  if (typeof value === "boolean") return value ? "on" : "off";
  return value === undefined || (Array.isArray(value) && value.length === 0) ? "none" : shown(value);
};

/** An endpoint that others can reach needs a token; without one it stays closed. */
const guardHttp = ({ http, httpToken }: Settings, onProblem: OnProblem): HttpAddress | "off" => {
  if (http === "off" || httpToken !== undefined || isLocalAddress(http)) return http;
  const accepted = "a loopback address, a unix path, or SOCKSCOPE_HTTP_TOKEN set as well";
  onProblem(`SOCKSCOPE_HTTP is ${shown(http)}, which others can reach; accepted: ${accepted}; using "off"`);
  return "off";
};

const isLogger = (value: unknown): value is Logger =>
  typeof value === "object" &&
  value !== null &&
  ["info", "warn", "error"].every((method) => typeof Reflect.get(value, method) === "function");

const loggerOf = (value: unknown, onProblem: OnProblem): Logger | undefined => {
  if (!isGiven(value)) return undefined;
  if (isLogger(value)) return value;
  onProblem(`option logger is ${shown(value)}; accepted: an object with the functions info, warn, error; using none`);
  return undefined;
};
