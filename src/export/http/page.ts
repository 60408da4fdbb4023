// The live page: one HTML file made at build time. Its scripts and styles stand in it; the policy beside it names their
// hashes, so that nothing else runs and nothing is asked for elsewhere.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Page {
  readonly html: string;
  /** Content-Security-Policy. */
  readonly policy: string;
}

const folder = (): string | undefined => {
  for (let at = __dirname; at !== dirname(at); at = dirname(at))
    if (existsSync(join(at, "package.json"))) return join(at, "dist/web");
  return undefined;
};

/** `undefined` where it was not built or may not be read. Read when it is first asked for. */
export const createPage = (): (() => Page | undefined) => {
  let page: Page | undefined;
  return () => {
    try {
      const from = page ? undefined : folder();
      if (from === undefined) return page;
      const [html, policy] = ["page.html", "page.csp"].map((name) => readFileSync(join(from, name), "utf8"));
      page = { html: html!, policy: policy!.trim() };
    } catch {
      // Asked again next time.
    }
    return page;
  };
};
