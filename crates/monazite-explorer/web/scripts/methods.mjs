// After the build: the pages of docs/methods as HTML in dist/methods/, with the style sheet of the page, so that they can be read offline and in
// an export. A link to a page or heading that is not there stops the build.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { Marked } from "marked";

const docs = new URL("../../../../docs/methods/", import.meta.url);
const out = new URL("../dist/methods/", import.meta.url);
const style = readdirSync(new URL("../dist/assets/", import.meta.url)).find((name) => /^style-.*\.css$/.test(name));
const POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'";

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const slug = (text) => text.toLowerCase().replace(/<[^>]*>|&[a-z#0-9]+;/g, "").replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replace(/\s/g, "-");
const pageOf = (name) => (name === "README.md" ? "index.html" : name.replace(/\.md$/, ".html"));

const names = readdirSync(docs).filter((name) => name.endsWith(".md")).sort();
const anchors = new Map();
const links = [];

function render(name) {
  const seen = new Set();
  anchors.set(pageOf(name), seen);
  let title = "";
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth, text }) {
        let id = slug(text);
        for (let i = 1; seen.has(id); i++) id = `${slug(text)}-${i}`;
        seen.add(id);
        if (depth === 1) title = text.replace(/[`*]/g, "");
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        if (/^https?:/.test(href)) return `<a href="${escaped(href)}" rel="noreferrer">${text}</a>`;
        const [file, anchor] = href.split("#");
        if (file === "" || (!file.includes("/") && file.endsWith(".md"))) {
          const to = file === "" ? pageOf(name) : pageOf(file);
          links.push({ from: name, to, anchor });
          return `<a href="${file === "" ? "" : to}${anchor ? `#${anchor}` : ""}">${text}</a>`;
        }
        // Other pages of the source code are not here: their place is named.
        const place = new URL(file, "file:///docs/methods/").pathname.slice(1);
        return `${text} (<code>${escaped(place)}</code>)`;
      },
      image({ text }) { return escaped(text); },
      code({ text }) { return `<pre tabindex="0">${escaped(text)}</pre>\n`; },
      html({ text }) { return escaped(text); },
    },
  });
  const body = marked.parse(readFileSync(new URL(name, docs), "utf8")).replaceAll("<table>", '<div class="scroll" tabindex="0"><table>').replaceAll("</table>", "</table></div>");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="../assets/${style}">
</head>
<body>
<nav aria-label="Methods"><a href="../index.html">The run</a><a href="index.html"${name === "README.md" ? ' aria-current="page"' : ""}>All methods</a></nav>
<main class="method">
${body}</main>
</body>
</html>
`;
}

mkdirSync(out, { recursive: true });
for (const name of names) writeFileSync(new URL(pageOf(name), out), render(name));
for (const { from, to, anchor } of links) {
  if (!anchors.has(to)) throw new Error(`docs/methods/${from}: there is no ${to}`);
  if (anchor && !anchors.get(to).has(anchor)) throw new Error(`docs/methods/${from}: ${to} has no heading #${anchor}`);
}
console.log(`${names.length} pages of methods, ${links.length} links among them`);
