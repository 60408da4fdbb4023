// An ordinary HTTP server that keeps connections for a while and refuses uploads that are too big: over TCP or TLS.
import http from "node:http";
import https from "node:https";
import { holdFor } from "../../spin.js";
import { presharedKey } from "./preshared-key.js";
import { obey, specification } from "./steer.js";

export interface ShopSpec {
  readonly host: string;
  readonly port?: number | undefined;
  readonly keepAliveTimeoutMs: number;
  readonly secure?: boolean | undefined;
  /** An upload is refused, and its connection destroyed, when so much of it was read; never. */
  readonly uploadBytesAtMost?: number | undefined;
}

const spec = specification() as ShopSpec;

const refuse = (request: http.IncomingMessage, response: http.ServerResponse): void => {
  response.writeHead(413, { connection: "close" }).end("too large");
  request.destroy();
};

const answer: http.RequestListener = (request, response) => {
  let bytes = 0;
  request.on("data", (part: Buffer) => {
    bytes += part.length;
    if (bytes > (spec.uploadBytesAtMost ?? Number.POSITIVE_INFINITY)) refuse(request, response);
  });
  request.on("end", () => response.end("ok"));
};

const server = spec.secure
  ? https.createServer(
      { ...presharedKey.options, pskCallback: () => presharedKey.key, pskIdentityHint: presharedKey.identity },
      answer,
    )
  : http.createServer(answer);
server.listen(spec.port ?? 3000, spec.host, () =>
  obey({ block: ({ ms }) => holdFor(Number(ms)), close: () => server.close() }),
);
server.keepAliveTimeout = spec.keepAliveTimeoutMs;
