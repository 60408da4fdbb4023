// Generic netlink: the number of a family and requests to it (net/netlink/genetlink.c, Documentation/userspace-api/netlink).
import { answerRoom, exchange, type Link, type Request } from "./netlink.js";
import { reasonOf } from "./netlink-rows.js";
import { attributeMap, encodeAttribute, uintOf } from "./netlink-values.js";

const GENL_ID_CTRL = 16;
const CTRL_CMD_GETFAMILY = 3;
const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_FAMILY_NAME = 2;
/** struct genlmsghdr, before the attributes. */
export const genlHeaderBytes = 4;

/** `attributes` are encoded ones, one after another. */
export function genlRequest(family: number, command: number, attributes: Uint8Array = new Uint8Array(0)): Request {
  const payload = new Uint8Array(genlHeaderBytes + attributes.length);
  payload[0] = command;
  payload[1] = 1;
  payload.set(attributes, genlHeaderBytes);
  return { type: family, payload };
}

/** The family's number since this boot, or why there is none: ENOENT is a kernel without it. */
export function resolveFamily(link: Link, name: string): number | string {
  let family: number | undefined;
  const request = genlRequest(
    GENL_ID_CTRL,
    CTRL_CMD_GETFAMILY,
    encodeAttribute(CTRL_ATTR_FAMILY_NAME, new TextEncoder().encode(`${name}\0`)),
  );
  const outcome = exchange(link, request, false, answerRoom, (view, start, end) => {
    family = uintOf(view, attributeMap(view, start + genlHeaderBytes, end).get(CTRL_ATTR_FAMILY_ID));
  });
  return family ?? reasonOf(outcome, name) ?? `${name}: an answer without a family`;
}
