// The page around the views: navigation, search, year, keyboard, help.
import { Component, type ComponentChildren, type FunctionComponent } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Explorer } from "./contract";
import { known, useParts, type Part } from "./data/parts";
import { Waiting } from "./frame";
import { parseRoute, type Route, type View } from "./route";
import { AppContext, makeApp, type App } from "./state";
import { later, type Shown } from "./later";
import { PairContext, usePairOf, WITH } from "./pair";
import { Search } from "./search";
import { Material } from "./views/material";
import { NetworkView } from "./views/network";

const NAV: [View, string][] = [["material", "Overview"], ["network", "Network"], ["product", "Products"], ["country", "Countries"], ["map", "Map"], ["scatter", "Ranking"], ["what-if", "What if"], ["diversify", "Buy elsewhere"], ["types", "Types"], ["regression", "Regression"], ["indices", "Other indices"], ["evidence", "How do we know"]];
const SHOWN: Record<View, Shown> = {
  material: Material,
  product: later(async () => (await import("./views/product")).ProductView),
  country: later(async () => (await import("./views/country")).CountryView),
  evidence: later(async () => (await import("./views/evidence")).Evidence),
  network: NetworkView,
  map: later(async () => (await import("./views/map")).MapView),
  "what-if": later(async () => (await import("./views/what-if")).WhatIf),
  diversify: later(async () => (await import("./views/diversify")).Diversify),
  scatter: later(async () => (await import("./views/scatter")).ScatterView),
  types: later(async () => (await import("./views/types")).Types),
  regression: later(async () => (await import("./views/regression")).Regression),
  indices: later(async () => (await import("./views/indices")).Indices),
  compare: later(async () => (await import("./views/compare")).Compare),
};
/** What a view reads beside explorer.json. */
const NEEDS: Partial<Record<View, (route: Route) => Part[]>> = {
  product: () => ["product_years", "findings"],
  country: () => ["product_years", "findings"],
  network: (route) => (route.params.by === "sold" ? ["chain", "product_years"] : ["chain"]),
  evidence: () => ["evidence"],
  regression: () => ["evidence"],
  indices: () => ["indices"],
};
/** The same for an address; beside a second run also what it is compared by. */
function needsOf(route: Route): Part[] {
  const of = NEEDS[route.view]?.(route) ?? [];
  return route.params[WITH] === "1" ? [...new Set<Part>([...of, "product_years"])] : of;
}
/** Views in which the year says what is shown. */
const YEARLY = new Set<View>(["material", "product", "country", "network", "map", "scatter", "what-if", "diversify", "types"]);

/** A view that fails leaves the others alone. */
class Guard extends Component<{ children: ComponentChildren; at: string }, { error: string | null; at: string }> {
  state = { error: null, at: this.props.at };
  static getDerivedStateFromError(error: Error) { return { error: error.message }; }
  componentDidUpdate() { if (this.state.at !== this.props.at) this.setState({ error: null, at: this.props.at }); }
  render() {
    return this.state.error !== null && this.state.at === this.props.at ? <p class="failed" role="alert">This view failed: {this.state.error}. The others still work.</p> : this.props.children;
  }
}

/** Shows a view once its parts are there; its code is read meanwhile. */
function Needs({ app, children }: { app: App; children: ComponentChildren }) {
  const reading = useParts(app.ex, needsOf(app.route));
  // What goes wrong with the code is told where it is shown.
  useEffect(() => { SHOWN[app.route.view].start?.().catch(() => {}); }, [app.route.view]);
  if (reading.state === "done") return <>{children}</>;
  return <>{reading.state === "failed" ? <h1>{NAV.find(([view]) => view === app.route.view)?.[1]}</h1> : null}<Waiting reading={reading} height={480} /></>;
}

function Year({ app }: { app: App }) {
  const { years } = app.ex;
  const at = years.indexOf(app.year);
  const go = (i: number) => { const y = years[i]; if (y !== undefined) { app.set({ year: String(y) }); app.say(`Year ${y}`); } };
  if (years.length < 2) return null;
  return (
    <div class="year">
      <button type="button" aria-label="Year before" disabled={at <= 0} onClick={() => go(at - 1)}>◀</button>
      <label>Year <select value={app.year} onChange={(e) => go(years.indexOf(Number(e.currentTarget.value)))}>{years.map((y) => <option key={y} value={y}>{y}</option>)}</select></label>
      <button type="button" aria-label="Next year" disabled={at >= years.length - 1} onClick={() => go(at + 1)}>▶</button>
    </div>
  );
}

export function Shell({ ex: first }: { ex: Explorer }) {
  const ex = useMemo(() => known(first), [first]);
  const last = ex.years[ex.years.length - 1]!;
  const [hash, setHash] = useState(location.hash);
  const [said, say] = useState("");
  const help = useRef<HTMLDialogElement>(null);
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    window.addEventListener("hashchange", changed);
    return () => window.removeEventListener("hashchange", changed);
  }, []);
  const route = useMemo(() => parseRoute(hash, last), [hash, last]);
  const app = useMemo(() => makeApp(ex, route, say), [ex, route]);
  const pair = usePairOf(app, needsOf(route));
  const place = `${route.view}/${route.keys.join("+")}`;
  const before = useRef(place);
  useEffect(() => {
    if (before.current === place) return;
    before.current = place;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
    setTimeout(() => say(main.current?.querySelector("h1")?.textContent ?? ""), 300);
  }, [place]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const typing = (event.target as HTMLElement).closest("input, select, textarea, dialog");
      if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
      const years = ex.years;
      const at = years.indexOf(app.year);
      if (event.key === "/") { event.preventDefault(); document.getElementById("search")?.focus(); }
      else if (event.key === "?") help.current?.showModal();
      else if ((event.key === "[" && at > 0) || (event.key === "]" && at < years.length - 1)) { const to = years[at + (event.key === "[" ? -1 : 1)]!; app.set({ year: String(to) }); app.say(`Year ${to}`); }
      else if (event.key === "t") { const d = main.current?.querySelectorAll<HTMLDetailsElement>("details.data"); const open = ![...(d ?? [])].some((e) => e.open); d?.forEach((e) => { e.open = open; }); }
      else if (event.key === "d") { const b = main.current?.querySelector<HTMLButtonElement>('button[data-take="csv"]'); const box = b?.closest("details"); if (b && box) { box.open = true; b.focus(); } }
      else if (event.key === "Escape") { main.current?.querySelectorAll<HTMLDetailsElement>("details.info[open]").forEach((e) => { e.open = false; }); app.set({ of: "", focus: undefined, path: undefined }); }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [app, ex]);
  const embedded = route.params.embed === "1";
  const other = route.params.run && route.params.run !== ex.run_id;
  const Shown: FunctionComponent = SHOWN[route.view];
  const nav = ex.with ? [...NAV, ["compare", "Two runs"] as [View, string]] : NAV;
  return (
    <AppContext.Provider value={app}><PairContext.Provider value={pair}>
      {embedded ? null : (
        <header class="top">
          <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); main.current?.focus(); }}>Skip to content</a>
          <div class="bar1">
            <a class="brand" href={app.link("material")}>{ex.study.name}</a>
            <Search />
            {ex.with ? <label class="beside-b" title={`Shows the second run, ${ex.with.name}, beside this one`}><input type="checkbox" checked={route.params[WITH] === "1"} onChange={(e) => { app.set({ [WITH]: e.currentTarget.checked ? "1" : "" }); app.say(e.currentTarget.checked ? `Beside ${ex.with!.name}` : "One run"); }} />beside B</label> : null}
            {YEARLY.has(route.view) ? <Year app={app} /> : null}
            <button type="button" class="helpb" aria-label="Keys and help" onClick={() => help.current?.showModal()}>?</button>
          </div>
          <nav aria-label="Views">
            {nav.map(([view, label]) => <a key={view} href={app.link(view)} aria-current={view === route.view ? "page" : undefined}>{label}</a>)}
          </nav>
        </header>
      )}
      <main id="main" ref={main} tabIndex={-1}>
        {other ? <p class="other" role="status">This link was made for another version of the data (run {route.params.run}); this is run {ex.run_id}.</p> : null}
        <Guard at={hash}><Needs key={place} app={app}><Shown key={place} /></Needs></Guard>
      </main>
      <footer>
        {embedded ? <p><a href={app.link(route.view, route.keys, { ...route.params, embed: "0" })} target="_blank" rel="noreferrer">Explore</a></p> : null}
        <p>{ex.source} Run {ex.run_id}.</p>
        <p class="print-only">{location.href}</p>
      </footer>
      <div class="sr" role="status" aria-live="polite">{said}</div>
      <dialog ref={help} aria-labelledby="help-title">
        <h2 id="help-title">Keys</h2>
        <dl class="keys">
          {[["/", "search"], ["[ and ]", "year before, next year"], ["t", "tables of the page"], ["d", "take the data away"], ["arrow keys", "move in a map, network or scatter"], ["Enter", "open what is marked"], ["Esc", "clear"], ["?", "this help"]].map(([k, v]) => [<dt key={k}><kbd>{k}</kbd></dt>, <dd key={k + "d"}>{v}</dd>])}
        </dl>
        <h2>Marks</h2>
        <dl class="keys">
          {[["‡", "a feedback loop through negligible trade lifts STR: quote the number without it too"], ["◌", "more than 10 % of trade with imputed stability"], ["⌇", "the HS was revised and trade jumps"], ["∞", "the network was singular and was clamped"]].map(([k, v]) => [<dt key={k}>{k}</dt>, <dd key={k + "d"}>{v}</dd>])}
        </dl>
        <form method="dialog"><button>Close</button></form>
      </dialog>
    </PairContext.Provider></AppContext.Provider>
  );
}
