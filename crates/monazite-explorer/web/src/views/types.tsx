import { useMemo } from "preact/hooks";
import { useApp } from "../state";
import { Frame, Waiting } from "../frame";
import { all, numberOf, rowsOf, textOf, useTable } from "../data/tables";
import { Cloud, shapeName, type Mote } from "../charts/scatter";
import { KINDS } from "../charts/scale";
import { fixed, percent } from "../format";
import { Table } from "../table";

export function Types() {
  const app = useApp();
  const { ex, year } = app;
  const path = app.route.params.path ?? "";
  const embedding = useTable(ex, ex.types ? "typology/embedding.csv" : null);
  const profiles = useTable(ex, ex.types ? "profiles.parquet" : null);
  const motes: Mote[] = useMemo(() => rowsOf(embedding).map((r) => ({ x: numberOf(r, "x")!, y: numberOf(r, "y")!, kind: numberOf(r, "cluster")!, text: `${app.named(textOf(r, "country"))} ${textOf(r, "year")}, ${kindName(numberOf(r, "cluster")!)}` })), [embedding]);
  const trail = useMemo(() => rowsOf(embedding).filter((r) => textOf(r, "country") === path).sort((a, b) => numberOf(a, "year")! - numberOf(b, "year")!).map((r) => ({ x: numberOf(r, "x")!, y: numberOf(r, "y")!, kind: numberOf(r, "cluster")!, text: "", label: textOf(r, "year") })), [embedding, path]);
  const features = ["exposure_all", "hhi_all", "str_all", "composite"];
  const means = useMemo(() => {
    const cluster = new Map(rowsOf(embedding).filter((r) => textOf(r, "kind") === "country").map((r) => [`${textOf(r, "country")} ${numberOf(r, "year")}`, numberOf(r, "cluster")!]));
    const sums = new Map<number, Record<string, { s: number; n: number }>>();
    for (const r of rowsOf(profiles)) {
      const k = cluster.get(`${textOf(r, "country")} ${numberOf(r, "year")}`);
      if (k === undefined) continue;
      const of = sums.get(k) ?? sums.set(k, {}).get(k)!;
      for (const f of features) { const v = numberOf(r, f); if (v !== null) { const c = (of[f] ??= { s: 0, n: 0 }); c.s += v; c.n++; } }
    }
    return sums;
  }, [embedding, profiles]);
  if (!ex.types) return <><h1>Types of countries</h1><p class="empty">This run has no typology.</p></>;
  const read = all(embedding, profiles);
  const title = "Countries with a like profile lie close to one another, a point a country and year";
  const mean = (k: number, f: string) => { const c = means.get(k)?.[f]; return c && c.n ? c.s / c.n : null; };
  return (
    <>
      <h1>Types of countries</h1>
      <div class={ex.types.trust === "stable" ? "lead" : "lead warnbox"}><p><strong>{ex.types.verdict}</strong></p>{ex.types.reasons.map((r) => <p key={r}>{r}</p>)}</div>
      {read.state !== "done" ? <Waiting reading={read} height={460} /> : (
        <Frame title={title} name={title} note="Directions and distances between far groups mean nothing. Colour and shape say the cluster."
          controls={<label>Path of <select value={path} onChange={(e) => app.set({ path: e.currentTarget.value })}><option value="">nobody</option>{ex.countries.map((c) => <option key={c.code} value={c.code}>{c.name || c.code}</option>)}</select></label>}
          sheet={{ name: `types-${year}`, title: `Types of countries, ${year}`, columns: ["year", "country", "x", "y", "cluster", "outlier_score"].map((k) => ({ key: k, label: k })), rows: rowsOf(embedding).filter((r) => numberOf(r, "year") === year || textOf(r, "country") === path).map((r) => ({ year: numberOf(r, "year"), country: textOf(r, "country"), x: numberOf(r, "x"), y: numberOf(r, "y"), cluster: numberOf(r, "cluster"), outlier_score: numberOf(r, "outlier_score") })) }}
          snippet={{ file: "typology/embedding.csv", where: {} }}>
          <Cloud motes={motes} path={trail} title={title} colours={["#888888", ...KINDS.slice(0, 7)]} />
          {path && !trail.length ? <p class="empty">{app.named(path)} is not in the typology.</p> : null}
        </Frame>
      )}
      <section class="frame">
        <h2>The clusters</h2>
        <Table caption="Clusters, with means of their profiles" rows={ex.types.clusters} columns={[
          { key: "cluster", label: "Cluster", value: (c) => c.cluster, show: (c) => <span class="key"><Swatch kind={c.cluster} />{kindName(c.cluster)}</span> },
          { key: "n", label: "Countries", value: (c) => c.countries }, { key: "cy", label: "Country-years", value: (c) => c.country_years },
          { key: "st", label: "Found again", value: (c) => c.stability, show: (c) => (c.stability === null ? "–" : percent(c.stability)) },
          ...features.map((f) => ({ key: f, label: { exposure_all: "Exposure", hhi_all: "HHI", str_all: "STR, paper", composite: "Composite" }[f]!, value: (c: { cluster: number }) => mean(c.cluster, f), show: (c: { cluster: number }) => { const v = mean(c.cluster, f); return v === null ? "–" : fixed(v); } })),
          { key: "who", label: "Members with the largest exports", value: (c) => c.words.join(", ") },
        ]} />
      </section>
    </>
  );
}
const kindName = (k: number) => (k <= 0 ? "outlier" : `cluster ${k}`);
function Swatch({ kind }: { kind: number }) {
  const colour = kind <= 0 ? "#888888" : KINDS[(kind - 1) % 7]!;
  const d = { circle: "M7 1a6 6 0 1 0 .1 0z", square: "M2 2h10v10H2z", triangle: "M7 1l6 12H1z", down: "M7 13l6-12H1z", diamond: "M7 0l7 7l-7 7l-7-7z", cross: "M1 3l2-2l4 4l4-4l2 2l-4 4l4 4l-2 2l-4-4l-4 4l-2-2l4-4z", bar: "M0 5h14v4H0z", ring: "M7 1a6 6 0 1 0 .1 0z" }[shapeName(kind)];
  return <svg width="14" height="14" aria-hidden="true"><path d={d} fill={shapeName(kind) === "ring" ? "none" : colour} stroke={colour} /></svg>;
}
