// The contract between the server (or an exported folder) and the page.
// Changed by the Rust side: nodes have `row`; cluster 0 (not -1) are the outliers; map has all years.
//
// Paths, all relative to the page, GET and HEAD only:
//   index.html  assets/*  explorer.json
//   product_years.json  findings.json  chain.json  evidence.json  indices.json   what the first view does not show, read when a view needs it; names in `parts`
//   runs/0/NAME            any file that the manifest of the run lists (and manifest.toml, schema.json); ranges
//   runs/0/by_country.parquet   the copy by country (below): in memory locally, a file in the export
//   whatif?…  diversify?…  (only if `tools` is "live")     scenarios/*.json  plans/*.json  (only if "precomputed")
//   with two runs also: runs/1/NAME, explorer-1.json (an Explorer of the second run, with dir "runs/1" and parts "findings-1.json" …), comparison.json
//
// Rules: undefined is null, never 0 and never left out. Codes are text. Shares are 0 to 1. Values are in `unit`.
// Numbers in explorer.json are rounded to 6 significant digits, those of means, product_years and map to 5 (first view below 500 kB uncompressed); the tables have all of them.
// Arrays named "by year" have one entry for each of `years`, in that order.
// An error of whatif/diversify is {"error": "what is wrong and what is possible"} with status 400 (question), 404, 503 (busy), 504 (time).

export type Num = number | null;

/** explorer.json */
export interface Explorer {
  /** Version of this contract. */
  explorer_format: 1;
  program: { name: string; version: string; commit: string | null };
  /** First 8 digits of sha256 over the study's sha256 and the inputs' sha256s. */
  run_id: string;
  /** Where its files are, without a slash at the end: "runs/0". */
  dir: string;
  study: { name: string; material: string; question: string; seeds: string[]; focus: string[] };
  years: number[];
  /** "thousand USD" or "tonnes". */
  unit: string;
  /** Whose data, one line, for the foot of figures and files: report's source line. */
  source: string;
  /** Licences of the data, a line each. */
  licences: string[];
  /** How to cite. */
  citation: string;
  countries: Country[];
  products: Product[];
  /** The value chain with the links that are kept, chain.json has all; null if the run has none. */
  chain: DrawnChain | null;
  /** By product code, by year: mean STR, weighted by imports. */
  means: Record<string, { str: Num[]; str_mass_balance: Num[] }>;
  /** The products whose trends the first view shows, at most 12. */
  shown: string[];
  /** The bands of those. */
  mean_bands: Record<string, MeanBands>;
  /** What product-years are marked with. */
  marks: Marks;
  /** Mean STR of the products of the chain, weighted by imports (the map of the report). At least the last year; other years may be left out. */
  map: { year: number; str: Num[]; str_mass_balance: Num[] }[]; // arrays by `countries` (position); null: no value
  /** Imports of the products of the chain in the last year, by `countries`. */
  chain_imports: Num[];
  /** Countries as shapes, in the projection of the printed map: paths in whole numbers, relative after the first point ("M10 20l3-4 5 0z"), width 1440; small countries as a circle of radius 3 ("M..a3 3 0 1 0 6 0a3 3 0 1 0-6 0z"). explorer.json as a whole should stay below 400 kB. */
  outlines: { width: number; height: number; shapes: { code: string; path: string }[] };
  /** Who buys in one hand, last year: exposure > 0.5 and main supplier > half. Largest imports first, at most 150. */
  chokepoints: Chokepoint[];
  /** Whose stop would cost most, last year, products of the chain: power_share under mass balance, highest first, at most 40; [] if the run has no shock_suppliers.parquet. */
  suppliers: { product: string; supplier: string; power_share: number; direct_share: Num; multiplier: Num }[];
  /** Sentences of the engine about the whole study; findings.json has all. The page words no claim of its own. */
  findings: Finding[];
  /** Notes of the run, as in the manifest. */
  notes: string[];
  /** What was left out and why, as in the manifest. */
  skipped: string[];
  /** The types of countries; null if there is no typology. */
  types: {
    trust: string; verdict: string; reasons: string[];
    /** By cluster; 0 are the outliers, as in typology/*.csv. words: the members with the largest exports. */
    clusters: { cluster: number; countries: number; country_years: number; stability: Num; words: string[] }[];
  } | null;
  /** Names and definitions of the columns of indicators.parquet and of the few others the page shows: from schema.json (title, description, x-unit). */
  words: Record<string, { label: string; definition: string; unit: string | null; page: string | null }>;
  /** Columns of bands: readings the run has bands for, ["full", "mass_balance"], [] if none; and number of draws. */
  bands: { readings: string[]; draws: number };
  /** Bytes of the files of the run, by name. */
  files: Record<string, number>;
  /** Bytes of the copy by country; null if there is none. */
  by_country_bytes: number | null;
  /** Names of the files with what is not in this one. */
  parts: Record<"product_years" | "findings" | "chain" | "evidence" | "indices", string>;
  tools: Tools;
  /** The other run; null if there is one run. */
  with: { explorer: string; comparison: string; name: string; run_id: string } | null;
}

/** product_years.json: by product code. */
export interface ProductYearsFile { product_years: Record<string, ProductYears> }

/** findings.json: sentences about the study, its products and its countries. */
export interface FindingsFile { findings: Finding[] }

/** chain.json */
export interface ChainFile { chain: Chain | null }

/** evidence.json */
export interface EvidenceFile {
  /** manifest.toml as JSON, without `timing`. */
  manifest: Record<string, unknown>;
  /** Options of the study that are not the default. */
  options: { key: string; value: string; default: string }[];
  /** Feedback loops through negligible imports (trickle_loops.csv), worst first (str - str_without): columns, not rows, to keep the file small. */
  trickles: Trickles;
}

/** indices.json: STR beside other indices, in the last year. */
export interface IndicesFile {
  beside: BesideIndices | null;
  /** Why there is nothing to compare; empty if there is. */
  absent: string;
}
export interface BesideIndices {
  year: number;
  /** Least imports of an importer for correlations and flags, and for disagreements, thousand USD. */
  least_imports: number;
  least_of_cases: number;
  /** Importers of products that are compared, and products. */
  importers: number;
  products: number;
  /** Those that the run has; undefined: for how many importers; flag_auc: how well it tells who is flagged. */
  indices: { index: string; label: string; short: string; measures: string; column: string; undefined: number; flag_auc: Num }[];
  correlations: IndexCorrelation[];
  flags: { importers: number; flagged: number; undefined: number; products_concentrated: number } | null;
  /** values, places (above 0 to 1), ranks (1 the largest): by the index that is high, then by the one that is low. */
  disagreements: { title: string; pair: string; high: string; low: string; product: NamedProduct; importer: Named; imports: number; values: [number, number]; places: [number, number]; ranks: [number, number]; among: number; why: string | null }[];
  answers: { asks: string; question: string; sentences: string[] }[];
}
/** Spearman's rank correlation of two indices: over all importers of all products, the mean inside products, and over products. */
export interface IndexCorrelation { first: string; second: string; pooled: Num; importers: number; inside: Num; products_inside: number; across: Num; products_across: number }

export interface MeanBands { str_p05: Num[]; str_p95: Num[]; str_mass_balance_p05: Num[]; str_mass_balance_p95: Num[] }

/** Columns of one length each. */
export interface Marks {
  /** The feedback loop that moves mean STR (paper's reading) most, of every product-year that has one; str_without: the mean without it. */
  loops: { product: string[]; year: number[]; supplier: string[]; str_without: number[] };
  /** More than a tenth of trade comes from countries with imputed stability. */
  imputed: { product: string[]; year: number[]; share: number[] };
  /** The network was singular and was clamped. */
  clamped: { product: string[]; year: number[] };
  /** Jumps of world trade where the HS was revised (flagged rows of breaks.csv). */
  breaks: { product: string; year: number; log_change: number }[];
}

export interface Country {
  /** iso3 or the code of a group. */
  code: string;
  name: string;
  /** "country", "merged" (a group that trades as one) or "mean" (a group that is the mean of its members: groups.parquet). Mean groups come last and have no map value. */
  kind: "country" | "merged" | "mean";
  /** Members of a group, else []. */
  members: string[];
}

export interface Product {
  code: string;
  text: string;
  /** At most 28 characters, for figures. */
  label: string;
  tier: number | null;
  seed: boolean;
  focus: boolean;
  /** Whether dependencies.parquet and origins.parquet have it. */
  dependencies: boolean;
  /** Whether bands.parquet has it. */
  bands: boolean;
}

export interface Chain {
  tiers: number;
  /** x from 0 to 1 within the width; y is the tier and the row in it: order and places as in the printed figure. */
  /** row: which row of its tier, 0 from above (a tier with many products is folded into rows). */
  nodes: { product: string; tier: number; x: number; row: number; size: number }[];
  links: { input: string; output: string; kept: boolean; reason: string | null; votes: Num; z: Num; p: Num; q: Num; source: string | null }[];
}

/** The same as the first view draws it. */
export interface DrawnChain {
  tiers: number;
  nodes: Chain["nodes"];
  links: { input: string; output: string; kept: boolean }[];
}

/** By year. From trends.csv, band_means.csv (WORLD) and product_years.csv. */
export interface ProductYears {
  trade: Num[];
  importers: Num[];
  exporters: Num[];
  /** Share of trade that ends with countries that do not sell the product. */
  ending_share: Num[];
  imputed_share: Num[];
  clamped: (boolean | null)[];
  /** Mean STR, weighted by imports: the paper's reading and the mass-balanced one, each with its band. */
  str: Num[];
  str_p05: Num[];
  str_p95: Num[];
  str_mass_balance: Num[];
  str_mass_balance_p05: Num[];
  str_mass_balance_p95: Num[];
  /** Parts of the change since the year before: network, stability, importers (paper's reading). */
  change_network: Num[];
  change_stability: Num[];
  change_importers: Num[];
}

/** Columns of one length. */
export interface Trickles {
  product: string[];
  year: number[];
  supplier: string[];
  /** 3 significant digits. */
  export_share: number[];
  /** Mean STR (paper's reading) as it is and without the loop; 4 significant digits. */
  str: number[];
  str_without: number[];
}

export interface Chokepoint {
  product: string;
  country: string;
  imports: number;
  exposure: number;
  supplier: string;
  share: number;
  str: Num;
  str_mass_balance: Num;
}

export interface Finding {
  /** What kind of sentence: the engine's name, e.g. "largest_supplier". */
  id: string;
  /** "study", "product:284690" or "country:DEU". */
  subject: string;
  text: string;
}

export type Tools =
  | { kind: "live"; limits: Limits; year: number }
  | {
      kind: "precomputed";
      limits: Limits;
      year: number;
      cuts: number[];
      /** By product code (or "seeds": all seeds together): the suppliers. File: scenarios/SUPPLIER-PRODUCT-YEAR-CUT.json, CUT in per cent (25, 50, 100). */
      scenarios: Record<string, string[]>;
      /** By product code: the importers. File: plans/IMPORTER-PRODUCT-YEAR.json, with the limits of the study, objective "str". */
      plans: Record<string, string[]>;
    }
  | { kind: "none"; reason: string };

/** Limits of a plan as the study has them. */
export interface Limits {
  move_share: number; keep: number; capacity: number; capacity_of: "rest" | "all_exports"; min_supplier_share: number;
}

/**
 * by_country.parquet: rows sorted by country, product, year; a row group a country; numbers float32, text UTF-8, whole numbers int32, zstd.
 * Every row of indicators.parquet in which the country trades the product (imports or exports above 0), and of groups.parquet for mean groups
 * (their suppliers, imputed_share and bands are null).
 * Columns: country, product, year, imports, exports, exposure, hhi, str, str_direct, str_indirect, str_mass_balance, influence,
 * influence_mass_balance, rca, pc1, largest_supplier_share, imputed_share, import_content,
 * supplier_1, share_1, supplier_2, share_2, supplier_3, share_3,
 * str_p05, str_p95, str_mass_balance_p05, str_mass_balance_p95.
 */
export const BY_COUNTRY = "by_country.parquet";

// ---- GET whatif?supplier=CHN&product=284690&year=2023&cut=0.5
//      supplier: one code; product: one HS code, or "seeds"; year: one of `years`; cut: above 0, at most 1, part of exports that stops.
//      The answer is ScenarioAnswer of `monazite what-if --json` with `importers` added.

export interface Named { code: string; name: string }
export interface NamedProduct { code: string; text: string }
export interface UnderReadings { none: number; exposure: number; mass_balance: number }

export interface ScenarioAnswer {
  name: string;
  is_named: boolean;
  happens: string[];
  year: number;
  source: string;
  unit: string;
  suppliers: Named[];
  products: HitProduct[];
  losers: Loser[];
  hardest: Loser[];
  tiers: TierLoss[];
  touched: { product: NamedProduct; reach: number }[];
  notes: string[];
  leaves_out: string;
  /** All importers of the hit products, largest loss under mass balance first; the suppliers that are hit are not among them. */
  importers: Loser[];
}
export interface HitProduct {
  product: NamedProduct;
  tier: number | null;
  imports: number;
  share: UnderReadings;
  value: UnderReadings;
  bounds: boolean;
  share_without_others: UnderReadings | null;
  fill: [number, number] | null;
  fillers: { supplier: Named; amount: number }[];
  log_price: Num;
}
export interface Loser { importer: Named; imports: number; share: UnderReadings; value: UnderReadings }
export interface TierLoss { tier: number; products: number; touched: number; imports: number; reach: UnderReadings; content: UnderReadings }

// ---- GET diversify?importer=DEU&product=284690&year=2023&move=0.1&capacity=0.25&objective=str
//      move, capacity: 0 to 1, default those of the study; objective: str, hhi, largest, worst-stop. Other limits: the study's.
//      The answer is PlanAnswer of `monazite diversify --json`.

export interface PlanAnswer {
  importer: Named;
  product: NamedProduct;
  year: number;
  unit: string;
  source: string;
  imports: number;
  objective: string;
  limits: { moved: number; keep: number; capacity: number; capacity_of: string; min_supplier_share: number; exclude: Named[] };
  mass_balance: PlanLines;
  full: PlanLines;
  frontier: { allowed: number; moved: number; str: number }[];
  notes: string[];
}
export interface BeforeAfter { before: number; after: number; recomputed: Num }
export interface PlanLines {
  str: BeforeAfter; hhi: BeforeAfter; largest: BeforeAfter;
  worst_stop_before: { supplier: Named; loss: number };
  worst_stop_after: { supplier: Named; loss: number };
  moved: number;
  moves: { from: Named; to: Named; share: number; amount: number; price_from: number; price_to: number }[];
  used: { supplier: Named; more: number; share: number }[];
  mean_effect: Num;
  others: { importer: Named; before: number; change: number }[];
}

// ---- comparison.json: report::comparison::Comparison, in the parts that the page shows.
export interface Comparison {
  studies: [string, string];
  data: [string, string];
  inputs: { what: string; values: [string | null, string | null] }[];
  options: { what: string; values: [string | null, string | null] }[];
  coverage: Record<"products" | "countries" | "years", { both: string[]; only: [string[], string[]] }>;
  /** Whether anything is shared: if not, side by side without differences. */
  overlaps: boolean;
  indicators: { indicator: string; label: string; both: number; differ: number; only: [number, number]; mean: [Num, Num]; mean_distance: Num }[];
  products: { product: string; description: string; year: number; trade: [number, number]; str_weighted: [Num, Num]; str_mass_balance: [Num, Num] }[];
  ranks: { product: string; year: number; country: string; name: string; ranks: [number, number]; values: [number, number]; reading: string }[];
  chokepoints: { product: string; year: number; supplier: string; name: string; shares: [Num, Num]; powers: [Num, Num]; gained: boolean }[];
  links: { input: string; output: string; gained: boolean; evidence: string }[];
  /** What it comes to, in sentences of the engine. */
  findings: string[];
}
