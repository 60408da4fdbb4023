// Questions to the main thread about the few sockets of which Node's side is wanted. Whoever does not answer is not
// asked again and again: a blocked thread would find a heap of questions when it wakes.
import type { AskedSocket } from "../messages.js";

export interface Asking {
  consider(at: number, cookies: readonly bigint[]): void;
  answered(): void;
}

const askedAtMost = 20;
/** More often nothing new is learnt. */
const everyMs = 500;
/** A question that has not been answered for this long may be lost. */
const lostMs = 10_000;

export const createAsking = (
  fdOf: (cookie: bigint) => number | undefined,
  post: (sockets: readonly AskedSocket[]) => void,
): Asking => {
  let askedAt = Number.NEGATIVE_INFINITY;
  let open = false;
  return {
    consider(at, cookies) {
      if (cookies.length === 0 || at - askedAt < (open ? lostMs : everyMs)) return;
      const sockets = cookies.slice(0, askedAtMost).flatMap((cookie) => {
        const fd = fdOf(cookie);
        return fd === undefined ? [] : [{ fd, cookie }];
      });
      if (sockets.length === 0) return;
      askedAt = at;
      open = true;
      post(sockets);
    },
    answered() {
      open = false;
    },
  };
};
