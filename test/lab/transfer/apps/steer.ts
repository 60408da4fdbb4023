// What every program of the lab does: takes its specification from argv, says when it is ready, obeys orders.
export interface Order {
  readonly kind: string;
  readonly [key: string]: unknown;
}

/** The longest that a program lives, whatever happens to the lab. */
const lifeMs = 120_000;

export const say = (message: { readonly kind: string; readonly [key: string]: unknown }): void =>
  void process.send?.(message);

/** The specification, JSON on the command line. */
export const specification = (): unknown => JSON.parse(process.argv[2] ?? "null");

/** Obeys orders by their kind: `KIND:begun` is said before and `KIND:done`, with `at`, after. Says `ready` at once. */
export const obey = (orders: Readonly<Record<string, (order: Order) => unknown>> = {}): void => {
  setTimeout(() => process.exit(3), lifeMs).unref();
  process.on("disconnect", () => process.exit(0));
  process.on("message", (order: Order) => {
    // written at once (libuv tries the write before it queues it): heard although the loop is then held
    say({ kind: `${order.kind}:begun`, at: Date.now() });
    void Promise.resolve(orders[order.kind]?.(order)).then(() => say({ kind: `${order.kind}:done`, at: Date.now() }));
  });
  say({ kind: "ready" });
};
