// Recorded bytes (hex under fixtures/KERNEL/{diag,netlink}) and a netlink link that plays datagrams back.
import type { Link } from "../../src/kernel/netlink.js";
import { fixture } from "./fixture.js";

export const recorded = (name: string, folder: "diag" | "netlink" = "diag"): Uint8Array =>
  new Uint8Array(Buffer.from(fixture(`6.18/${folder}/${name}.hex`).replace(/\s/g, ""), "hex"));

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A message with its header; sequence and port are filled in by `replay`. */
export const message = (type: number, flags: number, payload: Uint8Array = new Uint8Array(0)): Uint8Array => {
  const bytes = new Uint8Array(16 + ((payload.length + 3) & ~3));
  const view = viewOf(bytes);
  view.setUint32(0, 16 + payload.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags, true);
  bytes.set(payload, 16);
  return bytes;
};

export const int32 = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);
/** A dump without its NLMSG_DONE. */
export const messagesOf = (dump: Uint8Array): Uint8Array => dump.subarray(0, -20);
export const joined = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

const port = 4242;

/** Answers each send with the next list of datagrams; a number in it is a negative errno of recvmsg. */
export const replay = (...answers: (readonly (Uint8Array | number)[])[]): Link & { readonly asked: Uint8Array[] } => {
  const asked: Uint8Array[] = [];
  let pending: (Uint8Array | number)[] = [];
  let sequence = 0;
  return {
    asked,
    port: () => port,
    send: (request) => {
      asked.push(request);
      sequence = viewOf(request).getUint32(8, true);
      pending = [...(answers[asked.length - 1] ?? [])];
      return request.length;
    },
    receive: (into) => {
      const next = pending.shift();
      if (next === undefined) return -11;
      if (typeof next === "number") return next;
      into.set(next);
      const view = viewOf(into);
      for (let at = 0; at + 16 <= next.length; at += Math.max(16, (view.getUint32(at, true) + 3) & ~3)) {
        // 0 stands for "of this exchange"; anything else is somebody else's.
        if ([0, 7].includes(view.getUint32(at + 8, true))) view.setUint32(at + 8, sequence, true);
        if (view.getUint32(at + 12, true) === 0) view.setUint32(at + 12, port, true);
      }
      return next.length;
    },
  };
};
