// The frame of every figure: head line, one sentence, what it means, the figure, its table, and what can be taken away.
import { useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { useApp, type Mark } from "./state";
import { copiedLink, csvOf, pngOf, save, snippets, svgText, type Sheet, type Snippet } from "./download";
import { Table, type Col } from "./table";
import type { Reading } from "./data/tables";

/** Where a page of the methods is, and what it is called. */
const methodOf = (page: string) => ({ href: `methods/${page.replace(/\.md$/, ".html")}`, name: page.replace(/^\d+-|\.md$/g, "").replaceAll("-", " ") });

/** ⓘ beside a head line: definitions of columns, the trap, and the pages with formulas and worked numbers. */
export function Info({ columns, trap, methods = [] }: { columns: string[]; trap?: string; methods?: string[] }) {
  const { ex } = useApp();
  const known = columns.filter((c) => ex.words[c]);
  const pages = [...new Set([...known.flatMap((c) => ex.words[c]!.page ?? []), ...methods])];
  return (
    <details class="info">
      <summary aria-label="What this is"><span aria-hidden="true">i</span></summary>
      <div class="pop">
        <dl>{known.map((c) => [<dt key={c}>{ex.words[c]!.label}{ex.words[c]!.unit ? <span class="weak"> ({ex.words[c]!.unit!.replaceAll("`", "")})</span> : null}</dt>, <dd key={c + "d"}>{ex.words[c]!.definition}.</dd>])}</dl>
        {trap ? <p><strong>The trap.</strong> {trap}</p> : null}
        {pages.length ? <p>Formula, worked number, what it does not measure: {pages.map((p, i) => { const m = methodOf(p); return <>{i ? ", " : ""}<a key={p} href={m.href} target="_blank">{m.name}</a></>; })}.</p> : null}
      </div>
    </details>
  );
}

export const STR_TRAP =
  "STR comes in two readings. The paper's passes on everything that a country buys; small round trips can raise it without end. The mass-balanced one passes on no more than can be in what a country sells. Where they differ, quote both; colours and order here follow the mass-balanced one.";

/** What the engine's sentences are about, where another year is chosen, and what their brackets are. */
export function OfLastYear() {
  const { ex, year, lastYear } = useApp();
  const texts = [year === lastYear ? "" : `These sentences are about ${lastYear}, whatever year is chosen.`, ex.bands.draws ? "Brackets behind a change hold 95 % of the draws." : ""].filter(Boolean);
  return texts.length ? <p class="note">{texts.join(" ")}</p> : null;
}

export function Marks({ marks }: { marks: Mark[] }) {
  const app = useApp();
  return (
    <>
      {marks.map((m) => (
        <a key={m.sign} class="mark" href={app.link("evidence", [], { mark: m.part, of: m.product })} title={m.text} aria-label={m.text}>{m.sign}</a>
      ))}
    </>
  );
}

export function Waiting({ reading, height = 320 }: { reading: Reading; height?: number }) {
  if (reading.state === "failed") {
    return (
      <div class="failed" role="alert">
        <p>{reading.file} could not be read: {reading.why}.</p>
        <button type="button" onClick={reading.retry}>Try again</button>
      </div>
    );
  }
  return <div class="skeleton" role="status" ref={(e) => { if (e) e.style.height = `${height}px`; }}>Reading …</div>;
}

interface FrameProps {
  title: ComponentChildren;
  /** The same as text, for files. */
  name: string;
  sentences?: string[];
  info?: string[];
  trap?: string;
  /** Pages of the methods, beside those of `info`. */
  methods?: string[];
  sheet?: Sheet;
  snippet?: Snippet;
  /** What a screen reader hears of the figure. */
  children: ComponentChildren;
  controls?: ComponentChildren;
  level?: 2 | 3;
  note?: ComponentChildren;
  /** Whether the rows are shown as a table below: not where the figure is one. */
  twice?: boolean;
}

export function Frame({ title, name, sentences = [], info = [], trap, methods = [], sheet, snippet, children, controls, level = 2, note, twice = true }: FrameProps) {
  const app = useApp();
  const figure = useRef<HTMLElement>(null);
  const [open, setOpen] = useState(false);
  const Head = level === 2 ? "h2" : "h3";
  return (
    <section class="frame">
      <div class="headline"><Head>{title}</Head>{info.length || methods.length || trap ? <Info columns={info} trap={trap} methods={methods} /> : null}</div>
      {sentences.map((s) => <p class="sentence" key={s}>{s}</p>)}
      {controls ? <div class="controls">{controls}</div> : null}
      <figure ref={figure}>{children}</figure>
      {note ? <p class="note">{note}</p> : null}
      {sheet ? (
        <>
          {twice ? <details class="data" open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
            <summary>Table ({sheet.rows.length === 1 ? "1 row" : `${sheet.rows.length} rows`})</summary>
            {open ? <Table caption={sheet.title} first={50} rows={sheet.rows} columns={sheet.columns.map((c) => ({ key: c.key, label: c.label, value: (r: Sheet["rows"][0]) => r[c.key], show: (r: Sheet["rows"][0]) => shown(r[c.key]) }))} /> : null}
          </details> : null}
          <Take sheet={sheet} title={name} snippet={snippet} figure={() => figure.current} app={app} />
        </>
      ) : null}
    </section>
  );
}

/** A table with a head line, that can be taken away as it is. */
export function TableFrame<R>({ title, file, caption, rows, columns, sort, first, empty = "None.", id, children, ...frame }: Omit<FrameProps, "name" | "sheet" | "title" | "children"> & { title: string; file: string; caption?: string; rows: R[]; columns: Col<R>[]; sort?: { key: string; down: boolean }; first?: number; empty?: string; id?: string; children?: ComponentChildren }) {
  const sheet: Sheet | undefined = rows.length ? { name: file, title, columns: columns.map((c) => ({ key: c.key, label: c.label })), rows: rows.map((r) => Object.fromEntries(columns.map((c) => [c.key, c.value(r) ?? null]))) } : undefined;
  return (
    <div id={id}>
      <Frame title={title} name={title} sheet={sheet} twice={false} {...frame}>
        {rows.length ? <Table caption={caption ?? title} called={title} rows={rows} columns={columns} sort={sort} first={first} /> : <p>{empty}</p>}
        {children}
      </Frame>
    </div>
  );
}

const shown = (v: string | number | null | undefined) => (v === null || v === undefined ? "–" : typeof v === "number" && !Number.isInteger(v) ? String(Number(v.toPrecision(5))) : String(v));

function Take({ sheet, title, snippet, figure, app }: { sheet: Sheet; title: string; snippet?: Snippet; figure: () => HTMLElement | null; app: ReturnType<typeof useApp> }) {
  const [done, setDone] = useState("");
  const { ex } = app;
  const foot = `${ex.source} Run ${ex.run_id}.`;
  const tell = (text: string) => { setDone(text); app.say(text); };
  const csv = () => {
    const filters = [app.route.view, ...app.route.keys, `year ${app.year}`].join(", ");
    save(`${sheet.name}.csv`, new Blob([csvOf(sheet, { source: ex.source, licences: ex.licences, runId: ex.run_id, link: copiedLink(app), filters })], { type: "text/csv" }));
  };
  const drawn = () => { const f = figure(); return f ? svgText(f, title, foot) : null; };
  const copy = async (text: string, what: string) => {
    try { await navigator.clipboard.writeText(text); tell(`${what} copied.`); } catch { tell(text); }
  };
  const embed = () => `<iframe src="${copiedLink(app).replace(/(#[^?]*)(\?|$)/, (_, a: string, b: string) => `${a}?embed=1${b ? "&" : ""}`)}" title="${title.replaceAll('"', "&quot;")}" width="100%" height="640"></iframe>`;
  return (
    <details class="take">
      <summary>Take away</summary>
      <div class="buttons">
        <button type="button" data-take="csv" onClick={csv}>CSV</button>
        <button type="button" onClick={() => { const s = drawn(); if (s) save(`${sheet.name}.svg`, new Blob([s], { type: "image/svg+xml" })); else tell("There is no figure here: take the CSV."); }}>SVG</button>
        <button type="button" onClick={async () => { const s = drawn(); if (s) save(`${sheet.name}.png`, await pngOf(s)); else tell("There is no figure here: take the CSV."); }}>PNG</button>
        <button type="button" onClick={() => copy(copiedLink(app), "Link")}>Copy link</button>
        <button type="button" onClick={() => copy(embed(), "Code to embed")}>Copy embed</button>
      </div>
      <p role="status" class="done">{done}</p>
      {snippet ? snippets(snippet).map((s) => <div key={s.language} class="snippet"><span>{s.language}</span><pre tabIndex={0} aria-label={`${s.language} code`}>{s.text}</pre></div>) : null}
    </details>
  );
}
