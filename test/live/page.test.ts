// The live page in a real browser, of a real agent in a server that blocks its main thread.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test from "ava";
import { packageRoot } from "../package-root.js";
import { type Browser, hasChromium, openBrowser, seriousFaults } from "../web/browser.js";

const inChromium = hasChromium || process.env.SOCKSCOPE_REQUIRE_ALL === "1" ? test.serial : test.serial.skip;

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
  /** Of the page. */
  readonly http: string;
}

const startServer = async (env: Readonly<Record<string, string>>): Promise<Server> => {
  const child = fork(join(__dirname, "page-server.child.js"), {
    execArgv: ["--enable-source-maps", "--import", join(packageRoot, "build-test/src/register.js")],
    env: { ...process.env, SOCKSCOPE_LOG: "stderr", ...env },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const [[{ port }], http] = await Promise.all([once(child, "message"), addressIn(child)]);
  return { child, port: port as number, http };
};

/** The status line tells where the endpoint listens. */
const addressIn = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    createInterface({ input: child.stderr! }).on("line", (line) => {
      const found = /"http":"([^"]+)"/.exec(line);
      if (found) resolve(found[1]!);
    });
  });

const token = "correct-horse-battery";
let server: Server;
let browser: Browser;
const clients: Socket[] = [];

test.before(async () => {
  if (!hasChromium) return;
  [server, browser] = await Promise.all([startServer({ SOCKSCOPE_HTTP: "0" }), openBrowser()]);
});
test.after.always(async () => {
  for (const client of clients) client.destroy();
  server?.child.kill("SIGKILL");
  await browser?.close();
});

const address = (): string => `http://${server.http.replace(/^https?:\/\//, "").replace(/\/$/, "")}/`;
const sees = (selector: string, text: string | RegExp, timeout = 8000): Promise<void> =>
  browser.page.locator(selector).filter({ hasText: text }).first().waitFor({ timeout });
/** Waits until an attribute of an element contains this. */
const says = (selector: string, name: string, text: string): Promise<unknown> =>
  browser.page
    .locator(`${selector}[${name}*=${JSON.stringify(text)}]`)
    .first()
    .waitFor({ timeout: 8000 });

inChromium(
  "the page loads without an error, asks nobody else, and shows the listener (Debian package chromium)",
  async (t) => {
    t.timeout(30_000);
    await browser.page.goto(address());
    await sees(".status", "Live");
    await says("[data-tank=accept]", "aria-label", "Accept queue: 0 of 9");
    await sees(".facts", `pid ${server.child.pid}`);
    t.deepEqual(browser.errors, []);
    t.deepEqual(
      browser.requests.filter((url) => !url.startsWith(address())),
      [],
    );
    t.is(await browser.page.locator(".plot canvas").count(), 4);
  },
);

inChromium("during a block the page goes on, shows the full queue, the finding and the function's name", async (t) => {
  t.timeout(30_000);
  let isBlocked = true;
  const unblocked = once(server.child, "message").then(() => (isBlocked = false));
  server.child.send({ blockMs: 6000 });
  for (let n = 0; n < 30; n += 1) clients.push(connect(server.port, "127.0.0.1").on("error", () => {}));
  await says("[data-tank=accept]", "aria-label", "9 of 9");
  await says("[data-tank=loop]", "aria-label", "rebuildSearchIndex");
  await says("[data-chart=loop] .plot", "aria-label", "held up by rebuildSearchIndex");
  await sees("article.finding[data-state=active]", /accept-queue-overflow because event-loop-blocked/);
  await sees("article.finding .stack", /rebuildSearchIndex \(/);
  t.true(isBlocked);
  t.regex((await browser.page.locator(".unseen[role=status]").textContent()) ?? "", /(critical|warning): /);
  t.deepEqual(browser.errors, []);
  await unblocked;
});

inChromium("a press explains, Escape closes, and the focus is where it was", async (t) => {
  t.timeout(30_000);
  const { page } = browser;
  await page.locator("[data-tank=accept]").focus();
  await page.keyboard.press("Enter");
  await sees(".panel h2", `Accept queue of 127.0.0.1:${server.port}`);
  await sees(".panel > .figures .kernel", "SO_MEMINFO[8]");
  await sees(".panel .words h3", "In words, a moment ago");
  await page.keyboard.press("Escape");
  await page.locator(".panel").waitFor({ state: "hidden" });
  t.is(await page.evaluate("document.activeElement.dataset.tank"), "accept");
  const idle = connect(server.port, "127.0.0.1").pause();
  clients.push(idle);
  idle.write("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
  for (const [selector, title] of [
    ["article.finding:has-text('accept-queue-overflow') .pick", "accept-queue-overflow"],
    ["[data-chart=drops] .pick", "Dropped at the listener"],
    [".choice .explain", `Listener 127.0.0.1:${server.port}`],
    ["table.connections .pick", "Connection with "],
  ] as const) {
    await page.locator(selector).first().click();
    await sees(".panel h2", title);
    await page.locator(".panel .close").click();
  }
  t.deepEqual(browser.errors, []);
});

inChromium("axe-core finds nothing serious, in light, in dark, and on a phone, where nothing sticks out", async (t) => {
  t.timeout(30_000);
  const { page } = browser;
  await page.emulateMedia({ reducedMotion: "reduce" });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    t.deepEqual(await seriousFaults(page), [], colorScheme);
  }
  await page.setViewportSize({ width: 360, height: 740 });
  await page.locator("svg[data-layout=standing]").waitFor();
  t.is(await page.evaluate("document.documentElement.scrollWidth"), 360);
  await page.locator("[data-tank=send]").press("Enter");
  await sees(".panel h2", "Send queue");
  t.deepEqual(await seriousFaults(page), [], "phone");
  await page.keyboard.press("Escape");
});

inChromium("it says that the connection is lost and since when, and comes back by itself", async (t) => {
  t.timeout(40_000);
  server.child.kill("SIGKILL");
  await sees(".status", /Connection lost since \d\d:\d\d:\d\d/);
  server = await startServer({ SOCKSCOPE_HTTP: new URL(address()).host, SOCKSCOPE_HTTP_TOKEN: token });
  await sees(".status", "Live", 20_000);
  await sees(".facts", `pid ${server.child.pid}`);
  t.pass();
});

inChromium("where a token is needed a form asks for it, and says when it is wrong", async (t) => {
  t.timeout(30_000);
  const { page } = browser;
  await page.goto(address().replace("127.0.0.1", "sockscope.test"));
  await sees("form.token", "asks for a token");
  t.deepEqual(await seriousFaults(page), []);
  await page.locator("#token").fill("wrong");
  await page.keyboard.press("Enter");
  await sees("form.token", "The token was not accepted");
  await page.locator("#token").fill(token);
  await page.keyboard.press("Enter");
  await sees(".status", "Live");
});
