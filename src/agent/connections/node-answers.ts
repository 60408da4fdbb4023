// What the main thread said of sockets it was asked about: kept until the next look at them, or until it is old.
import type { NodeSide } from "../../snapshot/connection.js";
import type { NodeAnswer } from "../messages.js";

export interface NodeAnswers {
  add(answers: readonly NodeAnswer[], at: number): void;
  /** What was said of this socket, once. */
  take(cookie: bigint, at: number): NodeSide | undefined;
}

/** Looks are at most an interval apart, unless something is late: then the answer is of another time. */
const keptMs = 2000;

export const createNodeAnswers = (): NodeAnswers => {
  const kept = new Map<bigint, { readonly node: NodeSide; readonly at: number }>();
  return {
    add(answers, at) {
      for (const [cookie, answer] of kept) if (at - answer.at > keptMs) kept.delete(cookie);
      for (const { cookie, node } of answers) kept.set(cookie, { node, at });
    },
    take(cookie, at) {
      const answer = kept.get(cookie);
      kept.delete(cookie);
      return answer && at - answer.at <= keptMs ? answer.node : undefined;
    },
  };
};
