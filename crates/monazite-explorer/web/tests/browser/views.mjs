/** Every view, as an address. */
export const ADDRESSES = {
  material: "#/",
  "product-flows": "#/product/284690",
  "product-of": "#/product/284690?of=DEU",
  "product-origins": "#/product/284690?of=DEU&view=origins",
  "product-map": "#/product/284690?view=map",
  products: "#/product",
  country: "#/country/DEU",
  group: "#/country/EU27",
  countries: "#/country/DEU+FRA+JPN",
  "country-list": "#/country",
  evidence: "#/evidence",
  network: "#/network?country=DEU&focus=284690",
  "network-three": "#/network?country=USA+CHN+EU27",
  map: "#/map/str_mass_balance?product=284690",
  "map-base": "#/map/exposure?base=2010&product=284690",
  "what-if": "#/what-if/CHN?product=284690",
  "what-if-not-held": "#/what-if/ZAF?product=284690",
  diversify: "#/diversify/DEU?product=284690",
  scatter: "#/scatter?product=284690&trail=CHN+DEU",
  types: "#/types?path=DEU",
  regression: "#/regression",
  unknown: "#/country/XXX",
  compare: "#/compare",
};

/** Waits until nothing is being read. */
export async function settled(page) {
  await page.waitForSelector("h1", { timeout: 30_000 });
  await page.waitForFunction(() => !document.querySelector(".skeleton"), null, { timeout: 30_000 });
  await page.waitForTimeout(150);
}
