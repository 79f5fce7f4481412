// Rows on their way from the worker to the page: by columns. Rows themselves take the page ten times as long to receive.

export type Row = Record<string, unknown>;
/** A column: numbers (NaN is null), a few texts that come again and again, or whatever it is. */
export type Packed = { numbers: Float64Array } | { texts: string[]; at: Int32Array } | { values: unknown[] };
export interface Columns { length: number; columns: [string, Packed][] }

function pack(values: unknown[]): Packed {
  if (values.every((v) => v === null || v === undefined || typeof v === "number" || typeof v === "bigint")) return { numbers: Float64Array.from(values, (v) => (v === null || v === undefined ? NaN : Number(v))) };
  if (!values.every((v) => v === null || v === undefined || typeof v === "string")) return { values };
  const places = new Map<string, number>();
  const at = Int32Array.from(values as (string | null | undefined)[], (v) => {
    if (v === null || v === undefined) return -1;
    let place = places.get(v);
    if (place === undefined) places.set(v, (place = places.size));
    return place;
  });
  return { texts: [...places.keys()], at };
}

/** Rows as columns, with what can be handed over instead of copied. */
export function toColumns(rows: Row[]): { packed: Columns; handed: ArrayBuffer[] } {
  const columns = Object.keys(rows[0] ?? {}).map((name): [string, Packed] => [name, pack(rows.map((r) => r[name]))]);
  const handed = columns.flatMap(([, c]) => ("numbers" in c ? [c.numbers.buffer as ArrayBuffer] : "at" in c ? [c.at.buffer as ArrayBuffer] : []));
  return { packed: { length: rows.length, columns }, handed };
}

/** The rows again. */
export function toRows({ length, columns }: Columns): Row[] {
  const rows: Row[] = [];
  for (let i = 0; i < length; i++) {
    const row: Row = {};
    for (const [name, c] of columns) {
      if ("numbers" in c) { const v = c.numbers[i]!; row[name] = Number.isNaN(v) ? null : v; }
      else if ("at" in c) { const place = c.at[i]!; row[name] = place < 0 ? null : c.texts[place]; }
      else row[name] = c.values[i];
    }
    rows.push(row);
  }
  return rows;
}
