import { useApp } from "../state";
import { Frame, Marks, TableFrame } from "../frame";
import { Beside } from "../pair";
import { useAnswer } from "../data/ask";
import type { Loser, ScenarioAnswer, TierLoss, UnderReadings } from "../contract";
import { amount, percent } from "../format";
import { Table } from "../table";
import { Bars } from "../charts/bars";
import { WorldMap } from "../charts/map";
import { linear } from "../charts/scale";
import type { Value } from "../data/unknown";
import { marksOf } from "../state";

const PASSES = ["none", "exposure", "mass_balance"] as const;
type Pass = (typeof PASSES)[number];
const SAID: Record<Pass, string> = { none: "pass on nothing", exposure: "pass on by exposure", mass_balance: "mass balance" };
const LONG: Record<Pass, string> = {
  none: "others keep selling what they sold; only buyers of the supplier itself lose",
  exposure: "a country makes as much as it sells",
  mass_balance: "everybody passes the shortage on as far as it can be in what it sells",
};
const SHADES: Record<Pass, string> = { none: "#9ecae1", exposure: "#4292c6", mass_balance: "#08519c" };

export function WhatIf() {
  const app = useApp();
  const { ex, year, route } = app;
  const tools = ex.tools;
  const product = route.params.product || ex.study.focus[0] || ex.products[0]!.code;
  const offered = tools.kind === "precomputed" ? tools.scenarios[product] ?? [] : null;
  const likely = ex.suppliers.find((s) => s.product === product)?.supplier;
  const supplier = route.keys[0] || (offered?.length ? offered[0]! : likely ?? ex.countries[0]!.code);
  const cut = Math.min(1, Math.max(0.1, Number(route.params.cut) || 1));
  const pass: Pass = PASSES.find((p) => p === route.params.pass) ?? "mass_balance";
  const command = `monazite what-if RUN --without ${supplier}${product === "seeds" ? "" : ` --product ${product}`} --year ${year} --cut ${cut}`;
  const there = tools.kind === "live" || (tools.kind === "precomputed" && year === tools.year && tools.cuts.includes(cut) && offered!.includes(supplier));
  const address = !there ? null : tools.kind === "live" ? `whatif?supplier=${encodeURIComponent(supplier)}&product=${product}&year=${year}&cut=${cut}` : `scenarios/${supplier}-${product}-${year}-${Math.round(cut * 100)}.json`;
  const asked = useAnswer<ScenarioAnswer>(address);
  const suppliers = offered ?? ex.countries.filter((c) => c.kind !== "mean").map((c) => c.code);
  const products = tools.kind === "precomputed" ? Object.keys(tools.scenarios) : ["seeds", ...ex.products.map((p) => p.code)];
  // What this copy holds no answer to is offered apart: the command that computes it is shown.
  const elsewhere = [...new Set([supplier, ...ex.countries.filter((c) => c.kind !== "mean").map((c) => c.code)])].filter((c) => !suppliers.includes(c));
  const others = [...new Set([product, "seeds", ...ex.products.map((p) => p.code)])].filter((p) => !products.includes(p));
  const cuts = tools.kind === "precomputed" ? tools.cuts : [0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1];
  const named = (p: string) => (p === "seeds" ? "all raw materials of the study" : app.titled(p));
  return (
    <>
      <h1>What if {app.named(supplier)} {cut === 1 ? "stops exports" : `exports ${percent(cut)} less`} of {named(product)}? {product === "seeds" ? null : <Marks marks={marksOf(app, product, year)} />}</h1>
      <p class="warn">Arithmetic on the trade of {year}: no stocks, no new mines, no prices, no home production. Not a forecast.</p>
      <div class="controls">
        <label>Supplier <select value={supplier} onChange={(e) => app.set({ product }, [e.currentTarget.value])}>{suppliers.map((c) => <option key={c} value={c}>{app.named(c)}</option>)}{elsewhere.length ? <optgroup label="not in this copy">{elsewhere.map((c) => <option key={c} value={c}>{app.named(c)}</option>)}</optgroup> : null}</select></label>
        <label>Product <select value={product} onChange={(e) => app.set({ product: e.currentTarget.value }, [supplier])}>{products.map((p) => <option key={p} value={p}>{p === "seeds" ? named(p) : app.listed(p)}</option>)}{others.length ? <optgroup label="not in this copy">{others.map((p) => <option key={p} value={p}>{p === "seeds" ? named(p) : app.listed(p)}</option>)}</optgroup> : null}</select></label>
        <label>Cut <select value={cut} onChange={(e) => app.set({ cut: e.currentTarget.value })}>{(cuts.includes(cut) ? cuts : [cut, ...cuts]).map((c) => <option key={c} value={c}>{percent(c)}</option>)}</select></label>
        <fieldset class="choice"><legend>Order and map follow</legend>{PASSES.map((p) => <label key={p} title={LONG[p]}><input type="radio" name="pass" checked={p === pass} onChange={() => app.set({ pass: p })} />{SAID[p]}</label>)}</fieldset>
      </div>
      <Beside />
      {address === null ? (
        <div class="empty">
          <p>{tools.kind === "none" ? tools.reason : `This copy holds scenarios of ${tools.year} for the suppliers and products in the lists, with cuts of ${tools.kind === "precomputed" ? tools.cuts.map(percent).join(", ") : ""}.`} This command computes the one asked for:</p>
          <pre tabIndex={0} aria-label="Command">{command}</pre>
        </div>
      ) : asked.state === "failed" ? <div class="failed" role="alert"><p>{asked.why}</p><button type="button" onClick={asked.retry}>Try again</button></div>
        : asked.state === "asking" ? <div class="skeleton tall" role="status">Computing …</div>
          : <Shown answer={asked.answer} pass={pass} cut={cut} command={command} />}
    </>
  );
}

const three = (of: UnderReadings) => PASSES.map((p) => percent(of[p])).join(" · ");

function Shown({ answer, pass, cut, command }: { answer: ScenarioAnswer; pass: Pass; cut: number; command: string }) {
  const app = useApp();
  const { ex } = app;
  const losers = [...answer.importers].sort((a, b) => b.value[pass] - a.value[pass]);
  const index = new Map(answer.importers.map((l) => [l.importer.code, l]));
  const hit = new Set(answer.suppliers.map((s) => s.code));
  const value = (code: string): Value => {
    if (!app.country(code)) return { kind: "absent", why: "not in this study" };
    if (hit.has(code)) return { kind: "undefined", why: "the supplier itself" };
    const l = index.get(code);
    return l && l.imports > 0 ? { kind: "known", value: l.share[pass] } : { kind: "no-trade", why: "imports none of it" };
  };
  const what = answer.happens.join("; ");
  const title = `${what}: who loses what share of its imports, ${answer.year}`;
  const tierRows = answer.tiers.map((t) => ({ tier: t.tier, products: t.products, touched: t.touched, imports: t.imports, ...Object.fromEntries((["reach", "content"] as const).flatMap((r) => PASSES.map((p) => [`${r}_${p}`, t[r][p]]))) }));
  return (
    <>
      {answer.products.map((p) => (
        <section class="frame" key={p.product.code}>
          <h2>All others together, {app.titled(p.product.code)}</h2>
          <p class="sentence">They import {amount(p.imports, answer.unit)} of it. {p.bounds ? "The first is the lower and the last the upper end of what would be missing." : "These are no lower and upper ends here."}</p>
          <Bars title={`Lost share of imports of ${p.product.code} under three readings`} max={1} bars={PASSES.map((k) => ({ key: k, label: SAID[k], parts: [{ value: p.share[k], colour: SHADES[k], name: "lost" }], text: percent(p.share[k]) }))} />
          <Table caption="Lost, by how much of a loss is passed on" rows={[...PASSES]} columns={[
            { key: "pass", label: "Passed on", value: (k) => SAID[k], show: (k) => <><strong>{SAID[k]}</strong>: {LONG[k]}</> },
            { key: "share", label: "Lost share", value: (k) => p.share[k], show: (k) => percent(p.share[k]) },
            { key: "value", label: "Lost value", value: (k) => p.value[k], show: (k) => amount(p.value[k], answer.unit) },
            ...(p.share_without_others ? [{ key: "w", label: "If nobody sells more", value: (k: Pass) => p.share_without_others![k], show: (k: Pass) => percent(p.share_without_others![k]) }] : []),
          ]} />
          {p.fillers.length ? <p class="note">Could sell more: {p.fillers.map((f) => `${f.supplier.name} (${amount(f.amount, answer.unit)})`).join(", ")}.</p> : null}
        </section>
      ))}
      <Frame title={`Who loses what share of its imports, ${SAID[pass]}`} name={title} methods={["23-shocks.md", "21-mass-balance.md"]} sentences={[what + "."]}
        sheet={{ name: `what-if-${[...hit].join("-")}-${answer.products.map((p) => p.product.code).join("-").slice(0, 40)}-${answer.year}-${Math.round(cut * 100)}`, title, columns: [{ key: "importer", label: "Importer" }, { key: "imports", label: "Imports", definition: `imports of what is cut, ${answer.unit}` }, ...PASSES.flatMap((p) => [{ key: `share_${p}`, label: `Share, ${SAID[p]}`, definition: `lost share of imports: ${LONG[p]}` }, { key: `value_${p}`, label: `Value, ${SAID[p]}`, definition: `lost value, ${answer.unit}` }])], rows: losers.map((l) => ({ importer: l.importer.code, imports: l.imports, ...Object.fromEntries(PASSES.flatMap((p) => [[`share_${p}`, l.share[p]], [`value_${p}`, l.value[p]]])) })) }}
        note={<>Computed by: <code>{command}</code></>}>
        <div class="two">
          <WorldMap title={title} summary={`${losers.length} importers.`} value={value} scale={linear(0, Math.max(0.01, Math.min(1, cut)))} show={percent} label={`lost share of imports, ${SAID[pass]}`} onOpen={(c) => { location.hash = app.link("country", [c]); }} chosen={[...hit]} />
          <Bars title={`Largest losses by value, and as a share of its imports, ${SAID[pass]}`} bars={losers.slice(0, 12).map((l) => ({ key: l.importer.code, label: app.named(l.importer.code), href: app.link("country", [l.importer.code]), parts: [{ value: l.value[pass], colour: SHADES[pass], name: "lost" }], text: `${amount(l.value[pass], answer.unit).replace(" USD", "")} (${percent(l.share[pass])})` }))} />
        </div>
      </Frame>
      <Losers title="Loses most" rows={losers.slice(0, 200)} unit={answer.unit} />
      <Losers title="Loses the largest share, of importers with at least 0.5 % of imports" rows={answer.hardest} unit={answer.unit} />
      {answer.tiers.length ? (
        <Frame title="Down the chain" name={`${what}: down the chain`} methods={["23-shocks.md"]} sentences={["Reach: everything that contains a lost input stops, so far as it contains it; it says what is touched. Content: only the value of the input is lost. Neither is a lower or upper end."]}
          sheet={{ name: `what-if-tiers-${[...hit].join("-")}-${answer.year}`, title: `${what}: lost by tier`, columns: Object.keys(tierRows[0]!).map((k) => ({ key: k, label: k })), rows: tierRows }}>
          <Table caption="Lost by tier, and as a share of what all others import of it" rows={answer.tiers.flatMap((t) => (["reach", "content"] as const).map((r) => ({ ...t, r })))} columns={[
            { key: "tier", label: "Tier", value: (t) => t.tier, show: (t) => `Tier ${t.tier}: ${t.touched} of ${t.products} products` },
            { key: "r", label: "Reading", value: (t) => t.r },
            ...PASSES.map((p) => ({ key: p, label: SAID[p], value: (t: TierLoss & { r: "reach" | "content" }) => t[t.r][p], show: (t: TierLoss & { r: "reach" | "content" }) => (t.imports > 0 ? `${amount(t[t.r][p], answer.unit)} (${percent(t[t.r][p] / t.imports)})` : "–") })),
            { key: "imports", label: "Imports", value: (t) => t.imports, show: (t) => amount(t.imports, answer.unit) },
          ]} />
          {answer.touched.length ? <p>Touched most: {answer.touched.map((t) => `${app.titled(t.product.code)} (${amount(t.reach, answer.unit)})`).join(", ")}.</p> : null}
        </Frame>
      ) : null}
      <section class="frame"><h2>What this leaves out</h2><p>{answer.leaves_out}</p>{answer.notes.map((n) => <p key={n}>{n}</p>)}<p class="note">{ex.source} Three readings in the order {PASSES.map((p) => SAID[p]).join(" · ")}, all others together: {answer.products.map((p) => `${p.product.code} ${three(p.share)}`).join("; ")}.</p></section>
    </>
  );
}

function Losers({ title, rows, unit }: { title: string; rows: Loser[]; unit: string }) {
  const app = useApp();
  if (!rows.length) return null;
  return (
    <TableFrame title={title} file={`what-if-${title.split(",")[0]!.toLowerCase().replaceAll(" ", "-")}`} rows={rows} columns={[
        { key: "importer", label: "Importer", value: (l) => app.named(l.importer.code), show: (l) => <a href={app.link("diversify", [l.importer.code])}>{app.named(l.importer.code)}</a> },
        { key: "imports", label: "Imports", value: (l) => l.imports, show: (l) => amount(l.imports, unit) },
        ...PASSES.map((p) => ({ key: `lost_share_${p}`, label: `Lost, ${SAID[p]}`, value: (l: Loser) => l.share[p], show: (l: Loser) => percent(l.share[p]) })),
        { key: "lost_value_mass_balance", label: "Value, mass balance", value: (l) => l.value.mass_balance, show: (l) => amount(l.value.mass_balance, unit) },
      ]} />
  );
}
