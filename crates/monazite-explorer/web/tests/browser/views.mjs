/** Codes that are of use in a run: products, countries and questions that it has. */
export function chosen(ex) {
  const { tools } = ex;
  const answered = tools.kind === "precomputed" ? Object.keys(tools.scenarios).filter((p) => p !== "seeds" && (tools.plans[p] ?? []).length) : [];
  const wanted = (list) => ["284690", ...list].find((p) => list.includes(p));
  const plain = ex.countries.map((c, i) => ({ ...c, imports: ex.chain_imports[i] ?? 0 })).filter((c) => c.kind === "country").sort((a, b) => b.imports - a.imports);
  const country = (plain.find((c) => c.code === "DEU") ?? plain[0]).code;
  const product = wanted(answered) ?? wanted(ex.shown) ?? ex.products[0].code;
  const suppliers = tools.kind === "precomputed" ? tools.scenarios[product] : null;
  return {
    product, country,
    year: ex.years[ex.years.length - 1],
    others: plain.map((c) => c.code).filter((c) => c !== country).slice(0, 2),
    group: (ex.countries.find((c) => c.code === "EU27") ?? ex.countries.find((c) => c.kind !== "country"))?.code ?? null,
    supplier: suppliers?.find((c) => c === "CHN") ?? suppliers?.[0] ?? plain[1].code,
    /** A supplier that an export holds no scenario of. */
    notHeld: suppliers ? plain.map((c) => c.code).find((c) => !suppliers.includes(c)) : null,
    importer: tools.kind === "precomputed" ? tools.plans[product].find((c) => c === country) ?? tools.plans[product][0] : country,
  };
}

/** Every view, as an address. */
export function addressesOf(ex) {
  const { product, country, others, group, supplier, notHeld, importer } = chosen(ex);
  const base = ex.years.length > 1 ? { "map-base": `#/map/exposure?base=${ex.years[Math.floor(ex.years.length / 4)]}&product=${product}` } : {};
  return {
    material: "#/",
    "product-flows": `#/product/${product}`,
    "product-of": `#/product/${product}?of=${country}`,
    "product-origins": `#/product/${product}?of=${country}&view=origins`,
    "product-map": `#/product/${product}?view=map`,
    products: "#/product",
    country: `#/country/${country}`,
    ...(group ? { group: `#/country/${group}` } : {}),
    countries: `#/country/${[country, ...others].join("+")}`,
    "country-list": "#/country",
    evidence: "#/evidence",
    network: `#/network?country=${country}&focus=${product}`,
    "network-sold": `#/network?by=sold&country=${supplier}`,
    "network-three": `#/network?country=${[country, ...others].join("+")}`,
    map: `#/map/str_mass_balance?product=${product}`,
    ...base,
    "what-if": `#/what-if/${supplier}?product=${product}`,
    ...(notHeld ? { "what-if-not-held": `#/what-if/${notHeld}?product=${product}` } : {}),
    diversify: `#/diversify/${importer}?product=${product}`,
    scatter: `#/scatter?product=${product}&trail=${[country, ...others].join("+")}`,
    types: `#/types?path=${country}`,
    regression: "#/regression",
    indices: "#/indices?over=inside",
    unknown: "#/country/XXX",
    compare: "#/compare",
  };
}

/** Waits until nothing is being read. */
export async function settled(page) {
  await page.waitForSelector("h1", { timeout: 30_000 });
  await page.waitForFunction(() => !document.querySelector(".skeleton"), null, { timeout: 30_000 });
  await page.waitForTimeout(150);
}
