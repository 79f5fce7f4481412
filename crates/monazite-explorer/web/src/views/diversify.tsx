import { useApp } from "../state";
import { Frame, STR_TRAP } from "../frame";
import { Beside } from "../pair";
import { useAnswer } from "../data/ask";
import type { PlanAnswer, PlanLines } from "../contract";
import { amount, fixed, percent, signed } from "../format";
import { Table } from "../table";
import { ticks } from "../charts/scale";
import { useWidth } from "../charts/size";

const OBJECTIVES: [string, string][] = [["str", "STR"], ["hhi", "HHI"], ["largest", "share of the largest supplier"], ["worst-stop", "loss if the worst supplier stops"]];

export function Diversify() {
  const app = useApp();
  const { ex, year, route } = app;
  const tools = ex.tools;
  const product = route.params.product || ex.study.focus[0] || ex.products[0]!.code;
  const offered = tools.kind === "precomputed" ? tools.plans[product] ?? [] : null;
  const importer = route.keys[0] || offered?.[0] || [...ex.countries.keys()].sort((a, b) => (ex.chain_imports[b] ?? 0) - (ex.chain_imports[a] ?? 0)).map((i) => ex.countries[i]!.code)[0] || "DEU";
  const limits = tools.kind === "none" ? null : tools.limits;
  const move = Number(route.params.move) || limits?.move_share || 0.1;
  const capacity = Number(route.params.capacity) || limits?.capacity || 0.25;
  const objective = OBJECTIVES.some(([o]) => o === route.params.objective) ? route.params.objective! : "str";
  const reading = route.params.reading === "full" ? "full" : "mass_balance";
  const command = `monazite diversify RUN --country ${importer} --product ${product} --year ${year} --move ${move} --capacity ${capacity} --objective ${objective}`;
  const there = tools.kind === "live" || (tools.kind === "precomputed" && year === tools.year && objective === "str" && move === limits!.move_share && capacity === limits!.capacity && offered!.includes(importer));
  const address = !there ? null : tools.kind === "live" ? `diversify?importer=${encodeURIComponent(importer)}&product=${product}&year=${year}&move=${move}&capacity=${capacity}&objective=${objective}` : `plans/${importer}-${product}-${year}.json`;
  const asked = useAnswer<PlanAnswer>(address);
  const importers = offered ?? ex.countries.filter((c) => c.kind !== "mean").map((c) => c.code);
  const products = tools.kind === "precomputed" ? Object.keys(tools.plans) : ex.products.map((p) => p.code);
  const steps = (now: number, of: number[]) => (of.includes(now) ? of : [now, ...of].sort((a, b) => a - b));
  return (
    <>
      <h1>From whom else could {app.named(importer)} buy {app.titled(product)}?</h1>
      <p class="warn">What the index calls safe: whether the goods can be had, and are the same, trade data do not say. The rest of the world holds still.</p>
      <div class="controls">
        <label>Importer <select value={importer} onChange={(e) => app.set({}, [e.currentTarget.value])}>{(importers.includes(importer) ? importers : [importer, ...importers]).map((c) => <option key={c} value={c}>{app.named(c)}</option>)}</select></label>
        <label>Product <select value={product} onChange={(e) => app.set({ product: e.currentTarget.value })}>{(products.includes(product) ? products : [product, ...products]).map((p) => <option key={p} value={p}>{app.listed(p)}</option>)}</select></label>
        <label>Moves at most <select value={move} disabled={tools.kind !== "live"} onChange={(e) => app.set({ move: Number(e.currentTarget.value) === limits?.move_share ? "" : e.currentTarget.value })}>{steps(move, [0.05, 0.1, 0.2, 0.3, 0.5, 1]).map((v) => <option key={v} value={v}>{percent(v)}</option>)}</select></label>
        <label>A supplier adds at most <select value={capacity} disabled={tools.kind !== "live"} onChange={(e) => app.set({ capacity: Number(e.currentTarget.value) === limits?.capacity ? "" : e.currentTarget.value })}>{steps(capacity, [0.1, 0.25, 0.5, 1]).map((v) => <option key={v} value={v}>{percent(v)}</option>)}</select></label>
        <label>Least <select value={objective} disabled={tools.kind !== "live"} onChange={(e) => app.set({ objective: e.currentTarget.value })}>{OBJECTIVES.map(([k, l]) => <option key={k} value={k}>{l}</option>)}</select></label>
        <fieldset class="choice"><legend>Best under</legend>{([["mass_balance", "mass balance"], ["full", "paper's reading"]] as const).map(([k, l]) => <label key={k}><input type="radio" name="plan" checked={k === reading} onChange={() => app.set({ reading: k })} />{l}</label>)}</fieldset>
      </div>
      <Beside />
      {address === null ? (
        <div class="empty"><p>{tools.kind === "none" ? tools.reason : `This copy holds plans of ${tools.year} for the importers and products in the lists, with the limits of the study.`} This command computes the one asked for:</p><pre tabIndex={0} aria-label="Command">{command}</pre></div>
      ) : asked.state === "failed" ? <div class="failed" role="alert"><p>{asked.why}</p><button type="button" onClick={asked.retry}>Try again</button></div>
        : asked.state === "asking" ? <div class="skeleton tall" role="status">Computing …</div>
          : <Plan answer={asked.answer} reading={reading} command={command} />}
    </>
  );
}

function Plan({ answer, reading, command }: { answer: PlanAnswer; reading: "mass_balance" | "full"; command: string }) {
  const app = useApp();
  const plan = answer[reading];
  const who = app.named(answer.importer.code);
  const title = `Plan for ${who}, ${app.titled(answer.product.code)}, ${answer.year}`;
  const lines = (of: PlanLines) => [
    { what: "STR", ...of.str, show: (v: number) => fixed(v, 3) },
    { what: "HHI of purchases", ...of.hhi, show: (v: number) => fixed(v, 3) },
    { what: "Share of the largest supplier", ...of.largest, show: percent },
    // The paper's reading passes everything on: where goods go round, a stop of anybody would take all of them, which says nothing.
    ...(reading === "full" ? [] : [{ what: `Loss if the worst supplier stops (${of.worst_stop_before.supplier.name}, then ${of.worst_stop_after.supplier.name})`, before: of.worst_stop_before.loss, after: of.worst_stop_after.loss, recomputed: null, show: percent }]),
  ];
  return (
    <>
      <Frame title={`${percent(plan.moved)} of ${amount(answer.imports, answer.unit)} moves`} name={title} info={["str_mass_balance", "str", "hhi"]} methods={["24-diversification.md"]} trap={STR_TRAP}
        sheet={{ name: `plan-${answer.importer.code}-${answer.product.code}-${answer.year}`, title, columns: [{ key: "reading", label: "Reading" }, { key: "from", label: "From" }, { key: "to", label: "To" }, { key: "share", label: "Share", definition: "share of imports that moves" }, { key: "amount", label: "Amount", definition: answer.unit }], rows: (["mass_balance", "full"] as const).flatMap((r) => answer[r].moves.map((m) => ({ reading: r, from: m.from.code, to: m.to.code, share: m.share, amount: m.amount }))) }}
        note={<>Computed by: <code>{command}</code></>}>
        {plan.moves.length ? <Table caption={`Moves, best under ${reading === "full" ? "the paper's reading" : "mass balance"}`} rows={plan.moves} columns={[
          { key: "from", label: "From", value: (m) => m.from.name }, { key: "to", label: "To", value: (m) => m.to.name },
          { key: "share", label: "Share of imports", value: (m) => m.share, show: (m) => percent(m.share) }, { key: "amount", label: "Amount", value: (m) => m.amount, show: (m) => amount(m.amount, answer.unit) },
        ]} /> : <p class="empty">Nothing within these limits lowers it.</p>}
        {(["mass_balance", "full"] as const).map((r) => (
          <Table key={r} caption={r === "full" ? "Best in the paper's reading" : "Best under mass balance"} rows={lines(answer[r])} columns={[
            { key: "what", label: "What", value: (l) => l.what }, { key: "before", label: "Now", value: (l) => l.before, show: (l) => l.show(l.before) }, { key: "after", label: "With the plan", value: (l) => l.after, show: (l) => l.show(l.after) },
            { key: "re", label: "With import content anew", value: (l) => l.recomputed, show: (l) => (l.recomputed === null ? "–" : l.show(l.recomputed)) },
          ]} />
        ))}
      </Frame>
      <div class="two even">
        <Frame title="The more moves, the less risk" name={`Least STR against what moves: ${title}`} note="Least mass-balanced STR for a share of imports that may move." sheet={{ name: `frontier-${answer.importer.code}-${answer.product.code}-${answer.year}`, title: `Frontier: ${title}`, columns: [{ key: "allowed", label: "May move" }, { key: "moved", label: "Moves" }, { key: "str", label: "STR" }], rows: answer.frontier.map((f) => ({ ...f })) }}>
          <Frontier points={answer.frontier} />
        </Frame>
        <Frame title="What it does to others" name={`What it does to others: ${title}`} sentences={plan.mean_effect === null ? [] : [`STR of all others changes by ${signed(plan.mean_effect, 4)} on average, weighted by imports.`]}>
          {plan.others.length ? <Table caption="Others: those whose imports times change of STR are largest, first" rows={plan.others} columns={[{ key: "i", label: "Importer", value: (o) => o.importer.name }, { key: "b", label: "STR", value: (o) => o.before, show: (o) => fixed(o.before) }, { key: "c", label: "Change", value: (o) => o.change, show: (o) => signed(o.change, 4) }]} /> : <p>Nobody's changes.</p>}
          {plan.used.length ? <Table caption="Who has to sell more" rows={plan.used} columns={[{ key: "s", label: "Supplier", value: (u) => u.supplier.name }, { key: "m", label: "More", value: (u) => u.more, show: (u) => amount(u.more, answer.unit) }, { key: "u", label: "Of what it can give", value: (u) => u.share, show: (u) => percent(u.share) }]} /> : null}
        </Frame>
      </div>
      <section class="frame"><h2>Limits and notes</h2><p>At most {percent(answer.limits.moved)} moves; {percent(answer.limits.keep)} of every present share is kept; a supplier adds at most {percent(answer.limits.capacity)} of {answer.limits.capacity_of === "rest" ? "what it sells to others" : "all its exports"}; new suppliers have at least {percent(answer.limits.min_supplier_share)} of world exports.</p>{answer.notes.map((n) => <p key={n}>{n}</p>)}</section>
    </>
  );
}

function Frontier({ points }: { points: { allowed: number; str: number }[] }) {
  const [ref, width] = useWidth(420);
  const height = 220;
  if (points.length < 2) return <p class="empty">There is no other point.</p>;
  const [low, high] = [Math.min(...points.map((p) => p.str)), Math.max(...points.map((p) => p.str))];
  const end = Math.max(...points.map((p) => p.allowed));
  const x = (v: number) => 50 + (v / end) * (width - 70);
  const y = (v: number) => 12 + (1 - (v - low) / (high - low || 1)) * (height - 46);
  return (
    <div ref={ref}>
      <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`Least STR falls from ${fixed(high, 3)} to ${fixed(low, 3)} as up to ${percent(end)} moves.`}>
        <title>Least STR against the share of imports that may move</title>
        {ticks(low, high, 4).map((t) => <g key={t}><line x1="50" x2={width - 20} y1={y(t)} y2={y(t)} class="grid" /><text x="44" y={y(t)} class="t" text-anchor="end" dominant-baseline="central">{fixed(t)}</text></g>)}
        {ticks(0, end, 5).map((t) => <text key={t} x={x(t)} y={height - 14} class="t" text-anchor="middle">{percent(t)}</text>)}
        <path d={"M" + points.map((p) => `${x(p.allowed)} ${y(p.str)}`).join("L")} class="line" stroke="#0072b2" />
        {points.map((p) => <circle key={p.allowed} cx={x(p.allowed)} cy={y(p.str)} r="3.5" fill="#0072b2"><title>{`${percent(p.allowed)}: ${fixed(p.str, 3)}`}</title></circle>)}
      </svg>
    </div>
  );
}
