// What a reader takes away: the drawn rows, the figure, a link, three lines of code.
import { csvCell } from "./data/csv";
import type { App } from "./state";
import { formatRoute } from "./route";

export interface Column { key: string; label: string; definition?: string }
export type Cell = string | number | null;
export interface Sheet {
  /** Name of the files, without ending. */
  name: string;
  title: string;
  columns: Column[];
  rows: Record<string, Cell>[];
}

/** The address of what is shown, with the run it belongs to. */
export function copiedLink(app: App): string {
  const params = { ...app.route.params, run: app.ex.run_id, year: String(app.year) };
  return location.href.replace(/#.*$/, "") + formatRoute({ view: app.route.view, keys: app.route.keys, params }, app.lastYear);
}

/** CSV of a sheet, with what is needed to quote it in comment lines. */
export function csvOf(sheet: Sheet, about: { source: string; licences: string[]; runId: string; link: string; filters: string }): string {
  const lines = [
    sheet.title,
    `shown: ${about.filters}`,
    ...sheet.columns.filter((c) => c.definition).map((c) => `${c.key}: ${c.definition}`),
    about.source,
    ...about.licences.map((l) => `licence: ${l}`),
    `run: ${about.runId}`,
    `link: ${about.link}`,
  ];
  const head = lines.map((l) => "# " + l.replace(/[\r\n]+/g, " ")).join("\n");
  const body = sheet.rows.map((row) => sheet.columns.map((c) => csvCell(row[c.key] ?? null)).join(",")).join("\n");
  return `${head}\n${sheet.columns.map((c) => csvCell(c.key)).join(",")}\n${body}\n`;
}

export function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const DRAWN = ["paint-order", "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity", "fill-opacity", "stroke-opacity", "font-size", "font-weight", "text-anchor", "dominant-baseline", "visibility"];

const NS = "http://www.w3.org/2000/svg";
function made(name: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const element = document.createElementNS(NS, name);
  for (const [k, v] of Object.entries(attributes)) element.setAttribute(k, String(v));
  if (text !== undefined) element.textContent = text;
  return element;
}

/** A drawing with what style sheets say written into it. */
function alone(drawing: SVGSVGElement): SVGSVGElement {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const from = [drawing, ...drawing.querySelectorAll<SVGElement>("*")];
  const to = [copy, ...copy.querySelectorAll<SVGElement>("*")];
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    const target = to[i]!;
    if (/^(defs|title|desc|pattern)$/.test(element.tagName)) return;
    for (const name of DRAWN) {
      const value = style.getPropertyValue(name);
      if (value && !(name === "fill" && value.includes("url("))) target.setAttribute(name, value);
    }
    for (const name of ["class", "tabindex", "role", "aria-label", "aria-labelledby", "aria-pressed", "aria-hidden"]) target.removeAttribute(name);
  });
  return copy;
}

/** Names, headings and keys that stand around the drawings of a figure. */
const WORDS = "h3, h4, .key, .what, .small, dt, dd .weak, .origin .weak";
const TOP = 34;

/** A figure by itself: its drawings where they stand, text stays text; null if there is none. A figure may have several, such as small multiples and legends. */
export function svgText(figure: HTMLElement, title: string, foot: string): string | null {
  const zero = figure.getBoundingClientRect();
  const place = (r: DOMRect) => ({ x: r.left - zero.left + 6, y: r.top - zero.top + TOP, width: r.width, height: r.height });
  const apart = (e: Element) => e.closest("table, button, .path") !== null || e.parentElement?.closest("svg") !== null && e.parentElement?.closest("svg") !== undefined;
  const drawings = [...figure.querySelectorAll<SVGSVGElement | HTMLCanvasElement>("svg, canvas")].filter((e) => !apart(e) && e.getBoundingClientRect().width > 0);
  if (!drawings.some((e) => e.getBoundingClientRect().height > 60 || drawings.length > 4)) return null;
  const body = getComputedStyle(document.body);
  const root = made("svg", { xmlns: NS, "font-family": "Inter, system-ui, sans-serif" });
  let [width, height] = [320, 0];
  const add = (element: SVGElement, at: { x: number; y: number; width: number; height: number }) => { root.append(element); width = Math.max(width, at.x + at.width); height = Math.max(height, at.y + at.height); };
  for (const drawing of drawings) {
    const at = place(drawing.getBoundingClientRect());
    if (drawing instanceof HTMLCanvasElement) { add(made("image", { ...at, href: drawing.toDataURL("image/png") }), at); continue; }
    const copy = alone(drawing);
    if (!copy.hasAttribute("viewBox")) copy.setAttribute("viewBox", `0 0 ${at.width} ${at.height}`);
    for (const [k, v] of Object.entries(at)) copy.setAttribute(k, String(v));
    add(copy, at);
  }
  for (const swatch of figure.querySelectorAll(".sw")) {
    const at = place(swatch.getBoundingClientRect());
    add(made("rect", { ...at, fill: "none", stroke: body.color, "stroke-opacity": 0.5 }), at);
    if (swatch.matches(".dots, .lines")) root.append(made("path", { d: swatch.matches(".dots") ? `M${at.x + 4} ${at.y + 4}h.1m5 0h.1m-3 4h.1m5 0h.1` : `M${at.x + 1} ${at.y + 8}l6-6m-2 9l9-9m-2 9l5-5`, stroke: body.color, "stroke-linecap": "round", "stroke-width": swatch.matches(".dots") ? 2 : 1, "stroke-opacity": 0.6 }));
  }
  const walk = document.createTreeWalker(figure, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const parent = node.parentElement!;
    if (!node.textContent?.trim() || !parent.closest(WORDS) || parent.closest("table, svg, button, .path, .mark, .sr")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const at = place(range.getBoundingClientRect());
    const style = getComputedStyle(parent);
    if (at.width > 0) add(made("text", { x: at.x, y: at.y + at.height * 0.76, "font-size": style.fontSize, "font-weight": style.fontWeight, fill: style.color }, node.textContent.trim()), at);
  }
  [width, height] = [Math.ceil(Math.max(width + 6, title.length * 8.2 + 12, foot.length * 5.8 + 12)), Math.ceil(height) + 26];
  for (const [k, v] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) root.setAttribute(k, String(v));
  root.prepend(made("title", {}, title), made("rect", { width, height, fill: body.backgroundColor }));
  root.append(made("text", { x: 6, y: 20, "font-size": 14, "font-weight": 600, fill: body.color }, title), made("text", { x: 6, y: height - 8, "font-size": 10, fill: body.color }, foot));
  return new XMLSerializer().serializeToString(root);
}

export async function pngOf(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width * 2;
    canvas.height = image.height * 2;
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture could not be made"))), "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}

export interface Snippet { file: string; where: Record<string, string | number>; columns?: string[] }
/** Lines that give the rows behind a figure. */
export function snippets(of: Snippet): { language: string; text: string }[] {
  const quoted = (v: string | number) => (typeof v === "number" ? String(v) : `'${v.replaceAll("'", "''")}'`);
  const tests = Object.entries(of.where);
  const csv = of.file.endsWith(".csv");
  const py = csv
    ? `import pandas as pd\nrows = pd.read_csv("RUN/${of.file}", dtype={"product": str})`
    : `import pandas as pd\nrows = pd.read_parquet("RUN/${of.file}"${tests.length ? `, filters=[${tests.map(([k, v]) => `("${k}", "==", ${typeof v === "number" ? v : JSON.stringify(v)})`).join(", ")}]` : ""})`;
  const pyCut = csv && tests.length ? `\nrows = rows[${tests.map(([k, v]) => `(rows["${k}"] == ${typeof v === "number" ? v : JSON.stringify(v)})`).join(" & ")}]` : "";
  const r = csv ? `rows <- read.csv("RUN/${of.file}", colClasses = c(product = "character"))` : `library(arrow); library(dplyr)\nrows <- open_dataset("RUN/${of.file}")`;
  const rCut = tests.length ? ` |> ${csv ? "subset" : "filter"}(${tests.map(([k, v]) => `${k} == ${typeof v === "number" ? v : JSON.stringify(v)}`).join(csv ? " & " : ", ")})` : "";
  return [
    { language: "Python", text: py + pyCut },
    { language: "R", text: r + rCut + (csv ? "" : " |> collect()") },
    { language: "SQL (DuckDB)", text: `SELECT * FROM 'RUN/${of.file}'${tests.length ? `\nWHERE ${tests.map(([k, v]) => `${k} = ${quoted(v)}`).join(" AND ")}` : ""};` },
  ];
}
