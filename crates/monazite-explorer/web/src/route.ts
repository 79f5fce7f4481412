// What is shown is in the address: #/VIEW/KEYS?a=1&b=2, sorted, defaults left out.

export const VIEWS = ["material", "network", "country", "product", "map", "scatter", "types", "regression", "what-if", "diversify", "indices", "evidence", "compare"] as const;
export type View = (typeof VIEWS)[number];
export interface Route { view: View; keys: string[]; params: Record<string, string> }

/** Values that are not written. `year` is the last of the run unless it says otherwise. */
const DEFAULTS: Partial<Record<View, Record<string, string>>> = {
  material: { reading: "str_mass_balance" },
  network: { by: "str_mass_balance", country: "", dropped: "" },
  country: { by: "str_mass_balance", all: "", moved: "" },
  product: { view: "flows", of: "" },
  map: { reading: "str_mass_balance", base: "", product: "" },
  scatter: { x: "hhi", y: "str_mass_balance", size: "imports", logx: "0", logy: "0", trail: "" },
  "what-if": { cut: "1", pass: "mass_balance" },
  diversify: { move: "", capacity: "", objective: "str", reading: "mass_balance" },
  types: { path: "", cluster: "" },
  compare: { reading: "str_mass_balance" },
  regression: { preset: "" },
  indices: { over: "pooled" },
  evidence: { mark: "", of: "" },
};

export function defaultsOf(view: View, lastYear: number): Record<string, string> {
  return { year: String(lastYear), embed: "0", run: "", with: "", ...DEFAULTS[view] };
}

/** An address as a route; what it does not know it takes for the first page. */
export function parseRoute(hash: string, lastYear: number): Route {
  const text = hash.replace(/^#\/?/, "");
  const [path = "", query = ""] = text.split("?", 2);
  const [first = "", ...rest] = path.split("/").map((part) => part.split("+").map(decode).filter((k) => k !== ""));
  const named = Array.isArray(first) ? first[0] ?? "material" : "material";
  const view = (VIEWS as readonly string[]).includes(named) ? (named as View) : "material";
  const keys = rest.flat();
  const params: Record<string, string> = { ...defaultsOf(view, lastYear) };
  for (const [k, v] of new URLSearchParams(query)) params[k] = v;
  return { view, keys, params };
}

function decode(text: string): string {
  try { return decodeURIComponent(text); } catch { return text; }
}

/** A route as an address. */
export function formatRoute(route: { view: View; keys?: string[]; params?: Record<string, string | undefined> }, lastYear: number): string {
  const defaults = defaultsOf(route.view, lastYear);
  const keys = route.keys?.length ? "/" + route.keys.map(encodeURIComponent).join("+") : "";
  const params = Object.entries(route.params ?? {}).filter((e): e is [string, string] => e[1] !== undefined && e[1] !== (defaults[e[0]] ?? ""));
  params.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const query = params.map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v)}`).join("&");
  const path = route.view === "material" && !keys ? "" : route.view + keys;
  return `#/${path}${query ? "?" + query : ""}`;
}
