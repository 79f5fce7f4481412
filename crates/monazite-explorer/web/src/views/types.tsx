import { useMemo } from "preact/hooks";
import { useApp } from "../state";
import { Frame, TableFrame, Waiting } from "../frame";
import { Beside } from "../pair";
import { all, has, numberOf, rowsOf, textOf, useTable, type Row } from "../data/tables";
import { Cloud, shapeName, type Mote } from "../charts/scatter";
import { KINDS } from "../charts/scale";
import { fixed, percent } from "../format";

export function Types() {
  const app = useApp();
  const { ex, year } = app;
  const path = app.route.params.path ?? "";
  const embedding = useTable(ex, ex.types ? "typology/embedding.csv" : null);
  const profiles = useTable(ex, ex.types ? "profiles.parquet" : null);
  const motes: Mote[] = useMemo(() => rowsOf(embedding).map((r) => ({ x: numberOf(r, "x")!, y: numberOf(r, "y")!, kind: numberOf(r, "cluster")!, strong: numberOf(r, "year") === year, text: `${app.named(textOf(r, "country"))} ${textOf(r, "year")}, ${kindName(numberOf(r, "cluster")!)}` })), [embedding, year]);
  const trail = useMemo(() => rowsOf(embedding).filter((r) => textOf(r, "country") === path).sort((a, b) => numberOf(a, "year")! - numberOf(b, "year")!).map((r) => ({ x: numberOf(r, "x")!, y: numberOf(r, "y")!, kind: numberOf(r, "cluster")!, strong: true, text: "", label: textOf(r, "year") })), [embedding, path]);
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
  const shapes = useTable(ex, ex.types && has(ex, "figures/cluster_profiles.csv") ? "figures/cluster_profiles.csv" : null);
  if (!ex.types) return <><h1>Types of countries</h1><p class="empty">This run has no typology.</p><Beside /></>;
  const read = all(embedding, profiles, shapes);
  const asked = Number(app.route.params.cluster || NaN);
  const chosen = ex.types.clusters.some((c) => c.cluster === asked) ? asked : trail.find((t) => t.label === String(year))?.kind ?? trail[0]?.kind ?? [...ex.types.clusters].sort((a, b) => b.country_years - a.country_years)[0]?.cluster ?? 1;
  const title = "Countries with a like profile lie close to one another, a point a country and year";
  const mean = (k: number, f: string) => { const c = means.get(k)?.[f]; return c && c.n ? c.s / c.n : null; };
  return (
    <>
      <h1>Types of countries</h1>
      <div class={ex.types.trust === "stable" ? "lead" : "lead warnbox"}><p><strong>{ex.types.verdict}</strong></p>{ex.types.reasons.map((r) => <p key={r}>{r}</p>)}</div>
      <Beside />
      {read.state !== "done" ? <Waiting reading={read} height={460} /> : (
        <div class="two">
          <Frame title={title} name={title} methods={["14-profiles-and-groups.md", "15-umap.md", "16-density-merging.md", "17-typology-stability.md"]} note={`Strong: ${path ? `the path of ${app.named(path)}` : year}. Directions and distances between far groups mean nothing. Colour and shape say the cluster.`}
            controls={<label>Path of <select value={path} onChange={(e) => app.set({ path: e.currentTarget.value })}><option value="">nobody</option>{ex.countries.map((c) => <option key={c.code} value={c.code}>{c.name || c.code}</option>)}</select></label>}
            sheet={{ name: `types-${year}`, title: `Types of countries, ${year}`, columns: ["year", "country", "x", "y", "cluster", "outlier_score"].map((k) => ({ key: k, label: k })), rows: rowsOf(embedding).filter((r) => numberOf(r, "year") === year || textOf(r, "country") === path).map((r) => ({ year: numberOf(r, "year"), country: textOf(r, "country"), x: numberOf(r, "x"), y: numberOf(r, "y"), cluster: numberOf(r, "cluster"), outlier_score: numberOf(r, "outlier_score") })) }}
            snippet={{ file: "typology/embedding.csv", where: {} }}>
            <Cloud motes={motes} path={trail} title={title} colours={["#888888", ...KINDS.slice(0, 7)]} onKind={(k) => app.set({ cluster: String(k) })} />
            {path && !trail.length ? <p class="empty">{app.named(path)} is not in the typology.</p> : null}
          </Frame>
          <Profile rows={rowsOf(shapes)} cluster={chosen} />
        </div>
      )}
      <TableFrame title="The clusters" file="clusters" caption="Clusters, with means of their profiles" rows={ex.types.clusters} info={["exposure", "hhi", "str", "pc1"]} methods={["17-typology-stability.md"]} columns={[
        { key: "cluster", label: "Cluster", value: (c) => c.cluster, show: (c) => <span class="key"><Swatch kind={c.cluster} /><button type="button" class="head" aria-pressed={c.cluster === chosen} onClick={() => app.set({ cluster: String(c.cluster) })}>{kindName(c.cluster)}</button></span> },
        { key: "countries", label: "Countries", value: (c) => c.countries }, { key: "country_years", label: "Country-years", value: (c) => c.country_years },
        { key: "stability", label: "Found again", value: (c) => c.stability, show: (c) => (c.stability === null ? "–" : percent(c.stability)) },
        ...features.map((f) => ({ key: f, label: { exposure_all: "Exposure", hhi_all: "HHI", str_all: "STR, paper", composite: "Composite" }[f]!, value: (c: { cluster: number }) => mean(c.cluster, f), show: (c: { cluster: number }) => { const v = mean(c.cluster, f); return v === null ? "–" : fixed(v); } })),
        { key: "members", label: "Members with the largest exports", value: (c) => c.words.join(", ") },
      ]} />
    </>
  );
}
const FEATURES: Record<string, string> = { exposure_all: "Exposure", hhi_all: "HHI", str_all: "STR, paper", exposure_inputs: "Exposure, inputs", hhi_inputs: "HHI, inputs", str_inputs: "STR, inputs" };
const featureName = (f: string) => FEATURES[f] ?? f.replace(/^pc1_/, "Composite, ").replace(/^influence_/, "Influence, ").replace(/tier(\d)/, "tier $1");

/** How the members of a cluster are spread over each part of the profile. */
function Profile({ rows, cluster }: { rows: Row[]; cluster: number }) {
  const app = useApp();
  const mine = rows.filter((r) => numberOf(r, "cluster") === cluster);
  const of = app.ex.types!.clusters.find((c) => c.cluster === cluster);
  const features = [...new Set(mine.map((r) => textOf(r, "feature")))];
  const title = `Profile of ${kindName(cluster)}`;
  return (
    <Frame title={title} name={title} sentences={of ? [`${of.countries} countries, such as ${of.words.slice(0, 5).join(", ")}.`] : []} note="Bars: share of the cluster's exports in each range. Choose another cluster below, or click a point." methods={["14-profiles-and-groups.md"]}
      sheet={mine.length ? { name: `profile-${cluster}`, title, columns: ["feature", "bin_from", "bin_to", "share"].map((k) => ({ key: k, label: k })), rows: mine.map((r) => ({ feature: textOf(r, "feature"), bin_from: numberOf(r, "bin_from"), bin_to: numberOf(r, "bin_to"), share: numberOf(r, "share") })) } : undefined}>
      {features.length ? <dl class="spread">{features.map((f) => {
        const bins = mine.filter((r) => textOf(r, "feature") === f).map((r) => ({ from: numberOf(r, "bin_from")!, to: numberOf(r, "bin_to")!, share: numberOf(r, "share") ?? 0 }));
        const most = Math.max(...bins.map((b) => b.share), 1e-9);
        const middle = bins.reduce((s, b) => s + b.share * ((b.from + b.to) / 2), 0);
        const words = `${featureName(f)}: ${fixed(bins[0]!.from)} to ${fixed(bins[bins.length - 1]!.to)}, weighted mean about ${fixed(middle)}`;
        return <div key={f}><dt>{featureName(f)}</dt><dd><span class="weak">{fixed(bins[0]!.from, 1)}</span><svg width="120" height="26" role="img" aria-label={words}><title>{words}</title><line x1="0" x2="120" y1="25.5" y2="25.5" class="grid" />{bins.map((b, i) => <rect key={i} x={(i * 120) / bins.length} y={25 - (b.share / most) * 24} width={120 / bins.length - 0.6} height={(b.share / most) * 24} fill={cluster <= 0 ? "#888888" : KINDS[(cluster - 1) % 7]} />)}</svg><span class="weak">{fixed(bins[bins.length - 1]!.to, 1)}</span></dd></div>;
      })}</dl> : <p class="empty">This run holds no profiles of clusters.</p>}
    </Frame>
  );
}

const kindName = (k: number) => (k <= 0 ? "outlier" : `cluster ${k}`);
function Swatch({ kind }: { kind: number }) {
  const colour = kind <= 0 ? "#888888" : KINDS[(kind - 1) % 7]!;
  const d = { circle: "M7 1a6 6 0 1 0 .1 0z", square: "M2 2h10v10H2z", triangle: "M7 1l6 12H1z", down: "M7 13l6-12H1z", diamond: "M7 0l7 7l-7 7l-7-7z", cross: "M1 3l2-2l4 4l4-4l2 2l-4 4l4 4l-2 2l-4-4l-4 4l-2-2l4-4z", bar: "M0 5h14v4H0z", ring: "M7 1a6 6 0 1 0 .1 0z" }[shapeName(kind)];
  return <svg width="14" height="14" aria-hidden="true"><path d={d} fill={shapeName(kind) === "ring" ? "none" : colour} stroke={colour} /></svg>;
}
