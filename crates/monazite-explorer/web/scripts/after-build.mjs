// After the build: NOTICE of the packages in the bundle, and dist/sources.sha256.
//
// dist/sources.sha256 is one line of 64 hexadecimal digits and a newline: the sha256 of a text that has, for each source file in the order of
// their names compared as bytes, the line "SHA256  NAME\n", SHA256 being the checksum of the file's bytes and NAME its path from web/ with "/".
// Source files are: index.html, package.json, package-lock.json, tsconfig.json, vite.config.ts, every file below scripts/ and src/, and the pages
// of docs/methods, under the name docs/methods/….
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const here = new URL("..", import.meta.url);
const under = (dir) =>
  readdirSync(new URL(dir + "/", here), { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? under(`${dir}/${e.name}`) : [`${dir}/${e.name}`]));
const names = ["index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts", ...under("scripts"), ...under("src")];
const docs = new URL("../../../../", import.meta.url);
names.push(...readdirSync(new URL("docs/methods/", docs)).filter((name) => name.endsWith(".md")).map((name) => `docs/methods/${name}`));
const place = (name) => new URL(name, name.startsWith("docs/") ? docs : here);
names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
const sha = (bytes) => createHash("sha256").update(bytes).digest("hex");
const text = names.map((name) => `${sha(readFileSync(place(name)))}  ${name}\n`).join("");
writeFileSync(new URL("dist/sources.sha256", here), sha(text) + "\n");

const allowed = new Set(["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"]);
const lock = JSON.parse(readFileSync(new URL("package-lock.json", here), "utf8"));
let notice = "The bundle in this folder contains parts of these packages.\n";
for (const [path, info] of Object.entries(lock.packages)) {
  if (!path || info.dev || info.optional) continue;
  const about = JSON.parse(readFileSync(new URL(path + "/package.json", here), "utf8"));
  if (!allowed.has(about.license)) throw new Error(`${about.name}: licence ${about.license} is not among ${[...allowed].join(", ")}`);
  const file = ["LICENSE", "LICENSE.md", "LICENSE.txt", "license"].find((f) => existsSync(new URL(`${path}/${f}`, here)));
  notice += `\n${"=".repeat(72)}\n${about.name} ${about.version} (${about.license})\n\n${file ? readFileSync(new URL(`${path}/${file}`, here), "utf8").trim() : ""}\n`;
}
writeFileSync(new URL("dist/NOTICE", here), notice);

let sum = 0;
for (const name of under("dist").filter((n) => /\.(js|css|html)$/.test(n) && !n.startsWith("dist/methods/"))) {
  const size = gzipSync(readFileSync(new URL(name, here)), { level: 9 }).length;
  sum += size;
  console.log(String(size).padStart(8), String(statSync(new URL(name, here)).size).padStart(8), name);
}
console.log(String(sum).padStart(8), "bytes gzipped in all; at most 120,000");
if (sum > 120_000) process.exit(1);
