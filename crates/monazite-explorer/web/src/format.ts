// Numbers as a reader sees them. Figures keep three digits; tables to take away keep all.

const NBSP = "\u00a0";
export const DASH = "–";

export function digits(value: number, n = 3): string {
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)));
  const places = Math.max(0, Math.min(6, n - 1 - size));
  const [units = "", rest] = value.toFixed(places).replace("-", "−").split(".");
  return units.replace(/\B(?=(\d{3})+$)/g, ",") + (rest ? "." + rest : "");
}
export const fixed = (value: number, places = 2): string => value.toFixed(places).replace("-", "−");
export const signed = (value: number, places = 2): string => (value > 0 ? "+" : "") + fixed(value, places);
export function percent(share: number): string {
  const p = share * 100;
  const a = Math.abs(p);
  if (a > 0 && a < 0.1) return `<0.1${NBSP}%`;
  return `${(a < 9.95 && a > 0 ? p.toFixed(1) : p.toFixed(0)).replace("-", "−")}${NBSP}%`;
}
export function whole(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",");
}
/** An amount in the unit of the run: "1.33 billion USD". */
export function amount(value: number, unit: string): string {
  if (unit !== "thousand USD") return `${digits(value)}${NBSP}${unit}`;
  const usd = value * 1000;
  const [n, word] = usd >= 1e12 ? [usd / 1e12, "trillion "] : usd >= 1e9 ? [usd / 1e9, "billion "] : usd >= 1e6 ? [usd / 1e6, "million "] : [usd, ""];
  return `${word ? digits(n) : whole(n)}${NBSP}${word}USD`;
}
/** Short, for figures: "1.33 bn". */
export function shortAmount(value: number, unit: string): string {
  const v = unit === "thousand USD" ? value * 1000 : value;
  const [n, word] = v >= 1e12 ? [v / 1e12, " tn"] : v >= 1e9 ? [v / 1e9, " bn"] : v >= 1e6 ? [v / 1e6, " m"] : v >= 1e3 ? [v / 1e3, " k"] : [v, ""];
  return digits(n) + word;
}
const SHARES = new Set(["exposure", "hhi", "hhi_normalised", "imputed_share", "largest_supplier_share", "import_content", "share"]);
const AMOUNTS = new Set(["imports", "exports", "value"]);
/** A value of a named column. */
export function ofColumn(column: string, value: number, unit: string): string {
  if (AMOUNTS.has(column)) return amount(value, unit);
  if (column === "hhi" || column === "hhi_normalised") return fixed(value, 2);
  if (SHARES.has(column)) return percent(value);
  return Math.abs(value) >= 100 ? digits(value) : fixed(value, 2);
}
/** Letters as they are compared in searches: no accents, small. */
export const folded = (text: string): string => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

const SHORT: Record<string, string> = {
  str_mass_balance: "STR, mass-balanced", str: "STR, paper's reading", hhi: "HHI of suppliers", largest_supplier_share: "Largest supplier", influence_mass_balance: "Influence, mass-balanced", influence: "Influence, paper's reading",
  pc1: "Composite", rca: "RCA", str_direct: "STR, direct part", str_indirect: "STR, indirect part", import_content: "Import content of exports", share_1: "Share of main supplier",
};
/** A heading that fits a column or a list; ⓘ has the long name. */
export const shortLabel = (words: Record<string, { label: string }>, column: string): string => SHORT[column] ?? words[column]?.label ?? column;
