// Node's own classes, while the agent runs: their methods wrapped, and whatever runs within the application's calls kept
// from throwing into them.

/** The same, without its exceptions: what we fail to note must not keep the application from what it does. */
export const quiet =
  <Args extends readonly unknown[]>(hook: (...args: Args) => void) =>
  (...args: Args): void => {
    try {
      hook(...args);
    } catch {
      // Of what the application has replaced (timers, prototypes), or has made a getter of.
    }
  };

// As they are before the application replaces them.
const { apply, defineProperty, get } = Reflect;

export interface Called<Self> {
  readonly before?: (self: Self, args: readonly unknown[]) => void;
  readonly after?: (self: Self, args: readonly unknown[]) => void;
}

/** Has each call of the method seen until what is returned is called. Where it cannot be replaced, nothing is seen. */
export const patchMethod = <Self extends object>(
  prototype: Self,
  name: keyof Self & string,
  called: Called<Self>,
): (() => void) => {
  const original = Object.getOwnPropertyDescriptor(prototype, name);
  const method: unknown = original?.value;
  if (typeof method !== "function") return () => undefined;
  const before = called.before && quiet(called.before);
  const after = called.after && quiet(called.after);
  let active = true;
  const patched = function (this: Self, ...args: unknown[]): unknown {
    if (active) before?.(this, args);
    const result: unknown = apply(method, this, args);
    if (active) after?.(this, args);
    return result;
  };
  Object.defineProperty(patched, "name", { value: name });
  Object.defineProperty(patched, "length", { value: method.length });
  // A frozen prototype is no error.
  defineProperty(prototype, name, { ...original, value: patched });
  return quiet(() => {
    active = false;
    // Somebody who patched after us keeps his patch; ours is then only a call that passes through.
    if (get(prototype, name) === patched) defineProperty(prototype, name, { ...original });
  });
};
