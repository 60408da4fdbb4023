// nginx (Debian package nginx-light) before the server of a lab, with connections kept to it.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { obey, specification } from "./steer.js";

export interface ProxySpec {
  readonly upstream: string;
  readonly port: number;
  /** How long it keeps an idle connection to the server. */
  readonly keepSeconds: number;
}

const { upstream, port, keepSeconds } = specification() as ProxySpec;
const folder = mkdtempSync(join(tmpdir(), "sockscope-nginx-"));
const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
  (name) => `${name}_temp_path ${folder}/${name};`,
);
const file = join(folder, "nginx.conf");
writeFileSync(
  file,
  `daemon off; master_process off; user root; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http { access_log off; ${paths.join(" ")}
  upstream shop { server ${upstream}; keepalive 64; keepalive_timeout ${keepSeconds}s; }
  server { listen 127.0.0.1:${port};
    location / { proxy_pass http://shop; proxy_http_version 1.1; proxy_set_header Connection ""; } } }`,
);
// The lab ends its programs by SIGKILL: the kernel ends nginx with this one, and without a master there is no worker to outlive it.
const command = ["--pdeathsig", "KILL", "nginx", "-c", file, "-e", join(folder, "error.log")];
const nginx = spawn("setpriv", command, { stdio: "inherit" });
nginx.on("exit", () => process.exit(1));

const knock = (): void => {
  const socket = net.connect(port, "127.0.0.1");
  socket.on("connect", () => {
    // nginx has opened all that it needs.
    rmSync(folder, { recursive: true, force: true });
    socket.destroy();
    obey();
  });
  socket.on("error", () => setTimeout(knock, 20));
};
knock();
