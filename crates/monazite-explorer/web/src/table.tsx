import { useMemo, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { chosenOrder, nameOfTable, writtenOrder } from "./order";
import { useApp } from "./state";

export interface Col<R> {
  key: string;
  label: string;
  /** For sorting and alignment; null or undefined is unknown and comes last. */
  value: (row: R) => string | number | null | undefined;
  show?: (row: R) => ComponentChildren;
}

/** A table that sorts by its headings; the order that a reader chose is in the address. Rows beyond the first are shown on request. */
export function Table<R>({ rows, columns, caption, called = caption, sort, first = 15 }: { rows: R[]; columns: Col<R>[]; caption: string; called?: string; sort?: { key: string; down: boolean }; first?: number }) {
  const app = useApp();
  const name = nameOfTable(called);
  const by = chosenOrder(app.route.params.sort, name, columns.map((c) => c.key)) ?? sort ?? null;
  const setBy = (order: { key: string; down: boolean }) => app.set({ sort: writtenOrder(app.route.params.sort, name, order) });
  const [all, setAll] = useState(false);
  const sorted = useMemo(() => {
    const column = by && columns.find((c) => c.key === by.key);
    if (!column) return rows;
    const known = (v: unknown) => v !== null && v !== undefined && v !== "";
    return [...rows].sort((a, b) => {
      const [x, y] = [column.value(a), column.value(b)];
      if (!known(x) || !known(y)) return Number(known(y)) - Number(known(x));
      const order = typeof x === "number" && typeof y === "number" ? x - y : String(x) < String(y) ? -1 : String(x) > String(y) ? 1 : 0;
      return by!.down ? -order : order;
    });
  }, [rows, by?.key, by?.down, columns]);
  const numeric = (c: Col<R>) => rows.some((r) => typeof c.value(r) === "number");
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((c, k) => {
              const on = by?.key === c.key;
              return (
                <th key={c.key} scope="col" class={k > 0 && numeric(c) ? "n" : ""} aria-sort={on ? (by!.down ? "descending" : "ascending") : "none"}>
                  <button type="button" class="head" onClick={() => setBy({ key: c.key, down: on ? !by!.down : numeric(c) })}>
                    {c.label}<span aria-hidden="true" class="dir">{on ? (by!.down ? "▾" : "▴") : ""}</span>
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {(all ? sorted : sorted.slice(0, first)).map((row, i) => (
            <tr key={i}>
              {columns.map((c, k) => {
                const v = c.value(row);
                const shown = c.show ? c.show(row) : v === null || v === undefined ? "–" : String(v);
                return k === 0 ? <th key={c.key} scope="row">{shown}</th> : <td key={c.key} class={numeric(c) ? "n" : typeof v === "string" && v.length > 40 ? "long" : ""}>{shown}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {!all && sorted.length > first ? <button type="button" class="more" onClick={() => setAll(true)}>Show all {sorted.length} rows</button> : null}
      {!all && sorted.length > first ? <p class="print-only note">The first {first} of {sorted.length} rows.</p> : null}
    </div>
  );
}
