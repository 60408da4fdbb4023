// The live page: one HTML file made at build time. Its scripts and styles stand in it; the policy beside it names their
// hashes, so that nothing else runs and nothing is asked for elsewhere.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../package-root.js";

export interface Page {
  readonly html: string;
  /** Content-Security-Policy. */
  readonly policy: string;
}

/** `undefined` where it was not built or may not be read. Read when it is first asked for. */
export const createPage = (): (() => Page | undefined) => {
  let page: Page | undefined;
  return () => {
    try {
      const root = page ? undefined : packageRoot();
      if (root === undefined) return page;
      const [html, policy] = ["page.html", "page.csp"].map((name) =>
        readFileSync(join(root, "dist/web", name), "utf8"),
      );
      page = { html: html!, policy: policy!.trim() };
    } catch {
      // Asked again next time.
    }
    return page;
  };
};
