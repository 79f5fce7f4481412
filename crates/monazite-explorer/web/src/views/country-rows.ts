// Rows of the table by country, summed up.
import { numberOf, type Row } from "../data/tables";

/** Bought more than sold, and more than half of one supplier. */
export const isChokepoint = (r: Row): boolean => (numberOf(r, "exposure") ?? 0) > 0.5 && (numberOf(r, "share_1") ?? 0) > 0.5;

/** Mean of a column, weighted by imports. */
export function meanOf(rows: Row[], column: string): number | null {
  let [sum, weight] = [0, 0];
  for (const r of rows) { const [v, w] = [numberOf(r, column), numberOf(r, "imports") ?? 0]; if (v !== null && w > 0) { sum += v * w; weight += w; } }
  return weight > 0 ? sum / weight : null;
}
