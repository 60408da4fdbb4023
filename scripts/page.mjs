// Bundles browser code into one HTML file that asks nobody for anything: scripts and styles inline, allowed by their
// hashes alone. esbuild is used through its JavaScript API; its install script is not needed.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const icon =
  "data:image/svg+xml," +
  encodeURIComponent(
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><path d='M2 2v12h12V2' fill='none' stroke='#0d9488' stroke-width='2'/><path d='M3 8h10v5H3z' fill='#0d9488'/></svg>",
  );

/** Script and style of one entry file, with everything that they import. */
const bundle = async (entry) => {
  const { outputFiles } = await build({
    entryPoints: [join(root, entry)],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    outdir: "out",
    format: "iife",
    target: ["es2022"],
    legalComments: "none",
    logLevel: "warning",
  });
  const text = (end) => outputFiles.find(({ path }) => path.endsWith(end))?.text.trim() ?? "";
  // The only way out of an inline script is its end tag.
  return { script: text(".js").replaceAll("</script", "<\\/script"), style: text(".css") };
};

/**
 * @param {{ entry: string, output: string, title: string, connect: "'self'" | "'none'", body?: string }} page
 * `body`: what stands there before the script runs. Writes `output` and, beside it, the same policy for a header (`.csp`).
 */
const writePage = async ({ entry, output, title, connect, body = "" }) => {
  const { script, style } = await bundle(entry);
  const policy = [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "img-src data:",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const licence = readFileSync(join(root, "node_modules/uplot/LICENSE"), "utf8").trim();
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="${icon}">
<!-- Contains uPlot, https://github.com/leeoniya/uPlot
${licence}
-->
<style>${style}</style>
</head>
<body>
${body}
<noscript>This page draws with JavaScript, and it is off.</noscript>
<script>${script}</script>
</body>
</html>
`;
  const file = join(root, output);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, page);
  writeFileSync(file.replace(/\.html$/, ".csp"), `${policy}; frame-ancestors 'none'\n`);
};

/** Every page of the package. */
export const writePages = async () => {
  await writePage({
    entry: "src/web/live/main.ts",
    output: "dist/web/page.html",
    title: "sockscope",
    connect: "'self'",
  });
  await writePage({
    entry: "src/web/report/main.ts",
    output: "dist/web/report.html",
    title: "sockscope flight record",
    connect: "'none'",
    // src/cli/record/report-file.ts puts a record here.
    body: '<script type="application/json" id="record"></script>',
  });
};
