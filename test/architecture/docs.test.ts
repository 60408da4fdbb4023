// Whatever a finding can name has a place in the documents, and the documents' links lead somewhere.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import test from "ava";
import { acceptCauses, connectionCauses, networkCauses, otherCauses, symptoms } from "../../src/explain/finding.js";
import { packageRoot } from "../package-root.js";

const read = (file: string): string => readFileSync(join(packageRoot, file), "utf8");

test("every symptom has a page of its own that says how to confirm it, what to do, and what it is not", (t) => {
  for (const symptom of symptoms) {
    const headings = [...read(`docs/symptoms/${symptom}.md`).matchAll(/^#+ (.*)$/gm)].map(([, title]) => title);
    t.deepEqual(headings, [symptom, "What it means", "How to confirm it", "What to do", "What it is not"]);
  }
});

test("the lists of symptoms lead to every page", (t) => {
  for (const [list, folder] of [
    ["README.md", "docs/symptoms"],
    ["docs/README.md", "symptoms"],
  ] as const)
    t.deepEqual(
      symptoms.filter((symptom) => !read(list).includes(`(${folder}/${symptom}.md)`)),
      [],
      `${list} has no link to the pages of these`,
    );
});

test("every cause has its section", (t) => {
  const sections = [...read("docs/causes.md").matchAll(/^## (.*)$/gm)].flatMap(([, title]) => title!.split(", "));
  t.deepEqual(
    [...acceptCauses, ...otherCauses, ...connectionCauses, ...networkCauses].filter(
      (cause) => !sections.includes(cause),
    ),
    [],
    "docs/causes.md has no section `## CAUSE` for these",
  );
});

test("links between the documents lead to files", (t) => {
  const pages = readdirSync(join(packageRoot, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file));
  const lost = ["README.md", "CONTRIBUTING.md", "SECURITY.md", ...pages].flatMap((page) => {
    if (!existsSync(join(packageRoot, page))) return [];
    const links = [...read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, target]) => target!);
    return links
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => !existsSync(resolve(packageRoot, dirname(page), target)))
      .map((target) => `${page}: ${target}`);
  });
  t.deepEqual(lost, []);
});
