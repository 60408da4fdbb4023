// The backlog that an application asks for, from the arguments of `net.Server.prototype.listen` (node lib/net.js).

/** What Node hands to listen(2) when nothing, or 0, was asked for. */
export const defaultListenBacklog = 511;

/** `listen(port, host, backlog)`, `listen(path, backlog)`, `listen(handle, backlog)` or `listen({ backlog })`. */
export const askedListenBacklog = (args: readonly unknown[]): number => {
  const [first] = args;
  const fromOptions = isObject(first) && "backlog" in first ? first.backlog : undefined;
  const asked = [fromOptions, args[1], args[2]].map(toNumber).find((value) => value !== undefined && value !== 0);
  return asked ?? defaultListenBacklog;
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

// As node: a string of digits counts, a negative number or a host name does not; a callback must not become a number.
const toNumber = (value: unknown): number | undefined => {
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  const number = Number(value);
  return number >= 0 ? number : undefined;
};
