// Chromium for tests of the pages: headless, with a profile of its own, and everything it says and asks for kept.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { packageRoot } from "../package-root.js";

const executablePath = "/usr/bin/chromium";

/** Without it tests are skipped, but with SOCKSCOPE_REQUIRE_ALL=1. */
export const hasChromium: boolean = existsSync(executablePath);

export interface Browser {
  readonly page: Page;
  /** Errors that were thrown or logged. */
  readonly errors: readonly string[];
  /** Addresses that were asked for; what a page carries in itself is none. */
  readonly requests: readonly string[];
  readonly close: () => Promise<void>;
}

export const openBrowser = async (): Promise<Browser> => {
  const profile = mkdtempSync(join(tmpdir(), "sockscope-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: { width: 1360, height: 900 },
    args: [
      "--no-sandbox",
      // A name that is not loopback's, for a place that is.
      "--host-resolver-rules=MAP sockscope.test 127.0.0.1",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--no-first-run",
      "--no-default-browser-check",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(8000);
  const errors: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith("data:")) requests.push(request.url());
  });
  return {
    page,
    errors,
    requests,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
};

/** Of an axe-core result. */
interface Violation {
  readonly id: string;
  readonly impact?: string | null | undefined;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string | undefined }[];
}

/** What axe-core finds on the page now that keeps people out: `rule: element, why`. */
export const seriousFaults = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(readFileSync(join(packageRoot, "node_modules/axe-core/axe.min.js"), "utf8"));
  const { violations } = await page.evaluate<{ readonly violations: readonly Violation[] }>("axe.run(document)");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
    );
};
