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

const DRAWN = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity", "fill-opacity", "stroke-opacity", "font-size", "font-weight", "text-anchor", "dominant-baseline", "visibility"];

/** The figure by itself: what style sheets say is written into it, text stays text. */
export function svgText(figure: SVGSVGElement, title: string, foot: string): string {
  const copy = figure.cloneNode(true) as SVGSVGElement;
  const from = [figure, ...figure.querySelectorAll<SVGElement>("*")];
  const to = [copy, ...copy.querySelectorAll<SVGElement>("*")];
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    const target = to[i]!;
    if (/^(defs|title|desc|pattern)$/.test(element.tagName)) return;
    for (const name of DRAWN) {
      const value = style.getPropertyValue(name);
      if (value && !(name === "fill" && value.includes("url("))) target.setAttribute(name, value);
    }
    for (const name of ["class", "tabindex", "role", "aria-label", "aria-labelledby"]) target.removeAttribute(name);
  });
  const width = figure.clientWidth || Number(figure.getAttribute("width"));
  const height = figure.clientHeight || Number(figure.getAttribute("height"));
  const box = figure.viewBox.baseVal;
  const [w, h] = box && box.width ? [box.width, box.height] : [width, height];
  const unit = w / width;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("viewBox", `0 ${-34 * unit} ${w} ${h + 58 * unit}`);
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height + 58));
  copy.setAttribute("font-family", "Inter, system-ui, sans-serif");
  const ns = "http://www.w3.org/2000/svg";
  const paper = document.createElementNS(ns, "rect");
  const page = getComputedStyle(document.body).backgroundColor;
  for (const [k, v] of Object.entries({ x: 0, y: -34 * unit, width: w, height: h + 58 * unit, fill: page })) paper.setAttribute(k, String(v));
  copy.insertBefore(paper, copy.firstChild);
  const ink = getComputedStyle(document.body).color;
  const say = (text: string, y: number, size: number, weight: string) => {
    const t = document.createElementNS(ns, "text");
    for (const [k, v] of Object.entries({ x: 6 * unit, y, "font-size": size * unit, "font-weight": weight, fill: ink })) t.setAttribute(k, String(v));
    t.textContent = text;
    copy.append(t);
  };
  say(title, -14 * unit, 14, "600");
  say(foot, h + 17 * unit, 10, "400");
  const name = document.createElementNS(ns, "title");
  name.textContent = title;
  copy.querySelector(":scope > title")?.remove();
  copy.insertBefore(name, copy.firstChild);
  return new XMLSerializer().serializeToString(copy);
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
