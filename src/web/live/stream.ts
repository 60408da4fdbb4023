// The page's line to the observer: fetch streaming that carries a token, reads server-sent events, notices when the line
// is dead, and tries again with growing pauses.
import { createEventParser, type ServerEvent } from "./sse.js";

export type LineState =
  /** The first attempt is under way. */
  | { readonly is: "connecting" }
  | { readonly is: "open" }
  /** The endpoint asks for a token; `refused`: the one that was sent was not taken. */
  | { readonly is: "locked"; readonly refused: boolean }
  /** Lost since (epoch ms); the next attempt is due at `retryAt`. */
  | { readonly is: "lost"; readonly since: number; readonly retryAt: number; readonly why: string };

export interface StreamOptions {
  readonly url: string;
  readonly token: () => string | undefined;
  readonly onState: (state: LineState) => void;
  readonly onEvent: (event: ServerEvent) => void;
}

export interface Stream {
  /** Tries now: a token was typed, or somebody is impatient. */
  readonly retry: () => void;
}

/** Nothing at all for this long, though the endpoint speaks every 15 s: a frozen process or a dead path. */
const silenceMs = 40_000;

/** Pause before the nth attempt in a row: 0.5 s, doubled each time, at most 15 s. */
export const pauseMs = (attempt: number): number => Math.min(15_000, 500 * 2 ** Math.min(attempt, 10));

export const openStream = (options: StreamOptions): Stream => {
  let attempt = 0;
  let since: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const fail = (why: string): void => {
    since ??= Date.now();
    const pause = pauseMs(attempt);
    attempt += 1;
    options.onState({ is: "lost", since, retryAt: Date.now() + pause, why });
    timer = setTimeout(run, pause);
  };
  const run = (): void => {
    clearTimeout(timer);
    const opened = (): void => {
      attempt = 0;
      since = undefined;
      options.onState({ is: "open" });
    };
    void readOnce(options, opened).then((end) => {
      if (end.is === "locked") options.onState({ is: "locked", refused: options.token() !== undefined });
      else fail(end.why);
    });
  };
  options.onState({ is: "connecting" });
  run();
  return { retry: run };
};

type End = { readonly is: "locked" } | { readonly is: "over"; readonly why: string };

/** One connection from its request to its end; never throws. */
const readOnce = async ({ url, token, onEvent }: StreamOptions, opened: () => void): Promise<End> => {
  const abort = new AbortController();
  let alarm = setTimeout(() => abort.abort(), silenceMs);
  const heard = (): void => {
    clearTimeout(alarm);
    alarm = setTimeout(() => abort.abort(), silenceMs);
  };
  try {
    const bearer = token();
    const headers = {
      Accept: "text/event-stream",
      ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
    };
    const response = await fetch(url, { headers, signal: abort.signal, redirect: "error" });
    if (response.status === 401) return { is: "locked" };
    if (!response.ok || !response.body) return { is: "over", why: `the endpoint answered ${response.status}` };
    opened();
    const parser = createEventParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { is: "over", why: "the endpoint closed the connection" };
      heard();
      for (const event of parser.push(value)) onEvent(event);
    }
  } catch {
    const why = abort.signal.aborted ? `nothing came for ${silenceMs / 1000} s` : "the endpoint cannot be reached";
    return { is: "over", why };
  } finally {
    clearTimeout(alarm);
    abort.abort();
  }
};
