// Who is answered. Pure.
//
//   a loopback Host, asked for over loopback or a unix socket → without a token (a page of another site that lets its name
//   lead to 127.0.0.1 shows itself by its Host); any Host → with the token; pages of other origins → never.
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** What of a request decides. */
export interface Asked {
  readonly method: string;
  /** As it stands in the request line. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The peer is on this machine: loopback or a unix socket. */
  readonly isNear: boolean;
}

export interface Refusal {
  readonly status: 400 | 401 | 403 | 405 | 414;
  /** One line for who asked. */
  readonly why: string;
}

const urlAtMost = 2048;
const loopbackHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** In a time that does not depend on where they differ, nor on their lengths. */
const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));

/** What stands in an Authorization header of the kind Bearer. */
const bearerOf = ({ authorization }: IncomingHttpHeaders): string | undefined =>
  /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];

const hasBody = (headers: IncomingHttpHeaders): boolean =>
  headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";

const malformed = ({ method, url, headers }: Asked): Refusal | undefined => {
  if (method !== "GET" && method !== "HEAD") return { status: 405, why: "only GET and HEAD are answered" };
  if (url.length > urlAtMost) return { status: 414, why: `the address is longer than ${urlAtMost} characters` };
  if (!url.startsWith("/")) return { status: 400, why: "a path is expected, beginning with /" };
  return hasBody(headers) ? { status: 400, why: "a request here has no body" } : undefined;
};

/** A link that leads to the page is followed; anything else that another page asks for is not. */
const isForeign = ({ url, headers }: Asked): boolean => {
  const { origin, host = "" } = headers;
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) return true;
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none") return false;
  const leadsToPage = headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
  return !leadsToPage || pathOf(url) !== "/";
};

/** Of a peer. */
export const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && /^(?:::1$|(?:::ffff:)?127\.)/i.test(address);

/** Without its query. */
export const pathOf = (url: string): string => url.split("?", 1)[0]!;

/** `undefined`: it is answered. */
export const refusalOf = (asked: Asked, token: string | undefined): Refusal | undefined => {
  const wrong = malformed(asked);
  if (wrong) return wrong;
  if (isForeign(asked)) return { status: 403, why: "pages of other origins are not answered" };
  const bearer = bearerOf(asked.headers);
  if (token !== undefined && bearer !== undefined)
    return isSame(bearer, token) ? undefined : { status: 401, why: "this is not the token" };
  if (asked.isNear && loopbackHost.test(asked.headers.host ?? "")) return undefined;
  return token === undefined
    ? { status: 403, why: "only loopback Hosts (localhost, 127.0.0.1, [::1]) are answered where no token is set" }
    : { status: 401, why: "the token is needed: Authorization: Bearer …" };
};
