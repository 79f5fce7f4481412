import { fitted, useWidth } from "./size";

export interface Bar { key: string; label: string; parts: { value: number; colour: string; name: string }[]; text: string; href?: string; range?: [number, number] | null; mark?: number | null }

/** Bars in rows, each of one or more parts; the amounts are written out. */
export function Bars({ bars, title, max, low = 0, show }: { bars: Bar[]; title: string; max?: number; low?: number; show?: (v: number) => string }) {
  const [ref, width] = useWidth(500);
  const label = Math.min(180, width * 0.36);
  // Texts are written whole.
  const room = Math.max(width > 430 ? 110 : 84, 14 + 6.6 * Math.max(...bars.map((b) => b.text.length)));
  const top = Math.max(...bars.map((b) => Math.max(low + 1e-9, b.parts.reduce((s, p) => s + p.value, 0), b.range?.[1] ?? 0, b.mark ?? 0)), low + 1e-9);
  const end = max ?? top;
  const x = (v: number) => label + ((Math.max(low, Math.min(end, v)) - low) / (end - low)) * (width - label - room);
  const names = bars[0]?.parts.length ? [...new Map(bars.flatMap((b) => b.parts).map((p) => [p.name, p.colour]))] : [];
  const h = 26;
  return (
    <div ref={ref}>
      {names.length > 1 ? <p class="names">{names.map(([n, c]) => <span class="key" key={n}><svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" fill={c} /></svg>{n}</span>)}</p> : null}
      <svg width={width} height={bars.length * h + 4} viewBox={`0 0 ${width} ${bars.length * h + 4}`} role="group" aria-label={title}>
        <title>{title}</title>
        {bars.map((b, i) => {
          let at = low;
          const drawn = fitted(b.label, label - 10);
          const name = <text x={label - 8} y={i * h + h / 2} class={"t" + (b.href ? " link" : "")} text-anchor="end" dominant-baseline="central">{drawn}</text>;
          return (
            <g key={b.key}>
              <title>{`${b.label}: ${b.text}`}</title>
              {b.href ? <a href={b.href} aria-label={`${drawn === b.label ? "" : `${drawn} `}${b.label}: ${b.text}`}>{name}</a> : name}
              {b.parts.map((p) => { const from = at; at += p.value; return <rect key={p.name} x={x(from)} y={i * h + 6} width={Math.max(0.5, x(at) - x(from))} height={h - 12} fill={p.colour} />; })}
              {b.range ? <path d={`M${x(b.range[0])} ${i * h + h / 2 - 4}v8M${x(b.range[0])} ${i * h + h / 2}H${x(b.range[1])}M${x(b.range[1])} ${i * h + h / 2 - 4}v8`} class="whisker" /> : null}
              {b.mark !== null && b.mark !== undefined ? <path d={`M${x(b.mark)} ${i * h + h / 2 - 4}l4 4l-4 4l-4-4z`} class="diamond" /> : null}
              <text x={width - room + 8} y={i * h + h / 2} class="t" dominant-baseline="central">{b.text}</text>
            </g>
          );
        })}
      </svg>
      {show && low !== 0 ? <p class="note small">Bars begin at {show(low)}.</p> : null}
    </div>
  );
}
