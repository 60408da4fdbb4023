// `agent.record()`, on the main thread: asks the observer for a record and waits for its path.
import type { RecordAnswer, Request } from "../messages.js";

type RecordRequest = Extract<Request, { type: "record" }>;

export interface RecordRequests {
  /** Rejects when it cannot be written. A rejection that nobody handles is nobody's: it must not end the application. */
  ask(path: string | undefined): Promise<string>;
  answered(answer: RecordAnswer): void;
  /** Nobody will answer what was asked so far. */
  abandon(error: string): void;
}

/** An observer that does not answer for so long waits for its disk. */
const answerMs = 10_000;

export const createRecordRequests = (post: (request: RecordRequest) => void): RecordRequests => {
  const waiting = new Map<number, (answer: RecordAnswer) => void>();
  let asked = 0;
  return {
    ask(path) {
      asked += 1;
      const id = asked;
      const promise = new Promise<string>((done, fail) => {
        const settle = (answer: RecordAnswer): void => {
          clearTimeout(timer);
          waiting.delete(id);
          if (answer.path === undefined) fail(new Error(`no flight record: ${answer.error ?? "no reason is known"}`));
          else done(answer.path);
        };
        // It also keeps the process: whoever waits for the path must not lose it meanwhile.
        const timer = setTimeout(() => settle({ id, error: "the observer does not answer" }), answerMs);
        waiting.set(id, settle);
        post({ type: "record", id, path });
      });
      promise.catch(() => undefined);
      return promise;
    },
    answered: (answer) => waiting.get(answer.id)?.(answer),
    abandon(error) {
      for (const [id, settle] of waiting) settle({ id, error });
    },
  };
};
