// Unknown is three things, never 0: not traded, not defined or missing, not in this study.
import type { Explorer } from "../contract";
import type { Row } from "./tables";
import { numberOf } from "./tables";

export type Value =
  | { kind: "known"; value: number }
  | { kind: "no-trade"; why: string }
  | { kind: "undefined"; why: string }
  | { kind: "absent"; why: string };

/** Why an indicator has no value although the row is there. */
const REASONS: Record<string, string> = {
  hhi: "imports nothing", hhi_normalised: "fewer than two suppliers", largest_supplier_share: "imports nothing", imputed_share: "imports nothing",
  import_content: "exports nothing", rca: "exports of everything are not known", trade_risk: "imports nothing",
};

/** The value of a column in a row of the indicators, or which kind of unknown it is. `inStudy` says whether country, product and year are. */
export function valueOf(row: Row | null | undefined, column: string, inStudy: boolean): Value {
  if (!inStudy) return { kind: "absent", why: "not in this study" };
  const trades = row && ((numberOf(row, "imports") ?? 0) > 0 || (numberOf(row, "exports") ?? 0) > 0);
  const value = numberOf(row, column);
  if (row && value !== null && (trades || !("imports" in row))) return { kind: "known", value };
  if (!trades) return { kind: "no-trade", why: "does not trade it" };
  return { kind: "undefined", why: `not defined: ${REASONS[column] ?? "missing"}` };
}

/** Whether codes and a year are in the study. */
export function inStudy(ex: Explorer, of: { country?: string; product?: string; year?: number }): boolean {
  return (of.country === undefined || ex.countries.some((c) => c.code === of.country))
    && (of.product === undefined || ex.products.some((p) => p.code === of.product))
    && (of.year === undefined || ex.years.includes(of.year));
}

/** A value or its reason, as a CSV has it. */
export const inCsv = (value: Value): number | string => (value.kind === "known" ? value.value : value.why);
