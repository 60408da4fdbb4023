// The agent's options in one table: the key that `start()` and sockscope.config.json use, the environment variable,
// what is accepted, and the default (contract: the environment).
import type { MuteRule } from "../../explain/mute.js";
import type { Thresholds } from "../../explain/thresholds.js";
import { type HttpAddress, httpAddress } from "./http-address.js";
import { muteRules } from "./mute.js";
import { type Accepted, milliseconds, oneOf, onOff, secret, text } from "./option-values.js";

/** Any logger with pino's argument order. */
export interface Logger {
  info(payload: object, message: string): void;
  warn(payload: object, message: string): void;
  error(payload: object, message: string): void;
}

/** Every option with its value, after all sources were heard. */
export interface Settings {
  readonly enabled: boolean;
  /** `stderr`, `stdout`, `off` or a path. */
  readonly log: string;
  readonly logLevel: "finding" | "sample";
  readonly intervalMs: number;
  readonly sampleMs: number;
  readonly http: HttpAddress | "off";
  readonly httpToken: string | undefined;
  readonly stacks: boolean;
  /** A folder, or `off`. */
  readonly record: string;
  readonly mute: readonly MuteRule[];
  readonly redact: "ip" | "off";
  readonly redactKey: string | undefined;
  readonly detail: "connections" | "off";
}

export interface ResolvedOptions extends Settings {
  readonly logger: Logger | undefined;
  readonly thresholds: Readonly<Record<string, number>>;
}

type ThresholdOptions = { readonly [Name in keyof Thresholds]?: number | undefined };

/** What `start()` takes; thresholds by their own names beside these. */
export interface StartOptions extends ThresholdOptions {
  readonly enabled?: boolean | undefined;
  readonly log?: string | false | undefined;
  readonly logLevel?: "finding" | "sample" | undefined;
  readonly intervalMs?: number | undefined;
  readonly sampleMs?: number | undefined;
  readonly http?: string | number | false | undefined;
  readonly httpToken?: string | undefined;
  readonly stacks?: boolean | "on" | "off" | undefined;
  readonly record?: string | false | undefined;
  readonly mute?: string | readonly string[] | undefined;
  readonly redact?: "ip" | "off" | false | undefined;
  readonly redactKey?: string | undefined;
  readonly detail?: "connections" | "off" | undefined;
  readonly logger?: Logger | undefined;
}

export interface Setting<T> extends Accepted<T> {
  readonly variable: string;
  readonly fallback: T;
  /** The value is never repeated in a message. */
  readonly hidden?: boolean | undefined;
}

export const setting = <T>(variable: string, accepted: Accepted<T>, fallback: T): Setting<T> => ({
  ...accepted,
  variable,
  fallback,
});

export const settingsTable: { readonly [K in keyof Settings]: Setting<Settings[K]> } = {
  enabled: setting("SOCKSCOPE", onOff, true),
  log: setting("SOCKSCOPE_LOG", text("stderr, stdout, off or a file's path"), "stderr"),
  logLevel: setting("SOCKSCOPE_LOG_LEVEL", oneOf("finding", "sample"), "finding"),
  intervalMs: setting("SOCKSCOPE_INTERVAL_MS", milliseconds(50, 3_600_000), 1000),
  sampleMs: setting("SOCKSCOPE_SAMPLE_MS", milliseconds(5, 60_000), 100),
  http: setting("SOCKSCOPE_HTTP", httpAddress, "off"),
  httpToken: { ...setting<string | undefined>("SOCKSCOPE_HTTP_TOKEN", secret, undefined), hidden: true },
  stacks: setting("SOCKSCOPE_STACKS", onOff, true),
  record: setting("SOCKSCOPE_RECORD", text("a folder's path or off"), "off"),
  mute: setting("SOCKSCOPE_MUTE", muteRules, []),
  redact: setting("SOCKSCOPE_REDACT", oneOf("ip", "off"), "off"),
  redactKey: { ...setting<string | undefined>("SOCKSCOPE_REDACT_KEY", text("a text"), undefined), hidden: true },
  detail: setting("SOCKSCOPE_DETAIL", oneOf("connections", "off"), "off"),
};
