// One TCP connection in virtual time for programs of one's own: generators that perform system calls on its two ends.
import { type Engine, toNanos } from "../engine.js";
import type { TransferScenario } from "./scenario.js";
import { socketOf } from "./socket.js";
import type { StreamSocket } from "./stream-socket.js";
import { checkTransfer } from "./validate.js";
import { createTransferWorld } from "./world.js";

export interface Connection {
  readonly engine: Engine;
  readonly sender: StreamSocket;
  readonly receiver: StreamSocket;
  /** Lets `seconds` of virtual time pass, in which the programs that were started run. */
  pass(seconds: number): void;
}

/**
 * An established connection over the path and with the socket options of a transfer scenario; its `writes` and `reads`
 * are left out.
 * @throws ScenarioError
 */
export function createConnection(scenario: Partial<Omit<TransferScenario, "kind">> = {}): Connection {
  const whole: TransferScenario = { kind: "transfer", sender: {}, receiver: {}, ...scenario };
  checkTransfer(whole, "$");
  const { engine, ends } = createTransferWorld(whole, () => {});
  return {
    engine,
    sender: socketOf(ends.sender),
    receiver: socketOf(ends.receiver),
    pass: (seconds) => engine.runUntil(engine.now() + toNanos(seconds)),
  };
}
