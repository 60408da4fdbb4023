// Server-sent events from pieces of text (WHATWG HTML 9.2.6). Our own, because EventSource cannot carry a token.

export interface ServerEvent {
  readonly type: string;
  readonly data: string;
}

export interface EventParser {
  /** Takes the next piece, wherever it was cut; returns the events that are complete now. */
  readonly push: (text: string) => readonly ServerEvent[];
}

/** More than this without an end of line is no stream of ours. */
const maxPending = 8_000_000;

/** Throws `RangeError` where a line does not end within 8 MB. */
export const createEventParser = (): EventParser => {
  let pending = "";
  let type = "";
  let data: string[] = [];
  const field = (line: string): ServerEvent | undefined => {
    if (line === "") {
      const event = data.length > 0 ? { type: type || "message", data: data.join("\n") } : undefined;
      type = "";
      data = [];
      return event;
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") type = value;
    else if (name === "data") data.push(value);
    return undefined;
  };
  return {
    push(text) {
      pending += text;
      const lines = pending.split(/\r\n|\n|\r(?=[\s\S])/);
      pending = lines.pop() ?? "";
      if (pending.length > maxPending) throw new RangeError(`a line of ${pending.length} characters has no end`);
      return lines.flatMap((line) => field(line) ?? []);
    },
  };
};
