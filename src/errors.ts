// The error the kernel layer reports: as a value where a reading may fail, never thrown into the host.
import { getSystemErrorName } from "node:util";

/** A system call that failed. `code` as Node spells it (`EPERM`), `errno` positive, `syscall` the call. */
export class KernelError extends Error {
  override readonly name = "KernelError";
  readonly errno: number;
  readonly syscall: string;
  readonly code: string;

  constructor(errno: number, syscall: string) {
    const code = errnoName(errno);
    super(`${syscall}: ${code}`);
    this.errno = errno;
    this.syscall = syscall;
    this.code = code;
  }
}

/** What a caught value says in one word: its `code` (`ENOENT`), else its message. */
export function errorCode(error: unknown): string {
  const code = property(error, "code");
  return typeof code === "string" ? code : errorMessage(error);
}

/** Its message. In a test runner's context (jest) Node's own errors are no `instanceof Error`. */
export function errorMessage(error: unknown): string {
  const message = property(error, "message");
  return typeof message === "string" ? message : String(error);
}

// As it is before an application replaces it: what is said of its errors must not throw.
const { get } = Reflect;

const property = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? get(value, name) : undefined;

/** `EPERM` for 1; `errno 4095` for one that Node does not know. */
export function errnoName(errno: number): string {
  try {
    return getSystemErrorName(-errno);
  } catch {
    return `errno ${errno}`;
  }
}
