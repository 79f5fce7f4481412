//! What briefs, findings and the page are made of: the tables of a run, all of them read.

use std::collections::{BTreeMap, BTreeSet};

use super::files::{each_group, numbers, years};
use super::{
    Bands, ClusterRecord, LinkRecord, LoopRecord, MainSuppliers, Run, RunError, StabilityByYear, Supply,
    TrendYear,
};
use crate::columnar::interned::InternedText;
use crate::indicators::Column;
use crate::indicators::systemic_risk::StrScale;
use crate::nomenclature::merged_names::name_in_tables;
use crate::run_folder::{Manifest, StoredPanel};
use crate::study::Study;

/// The tables of a run that its readers share; [`Run::view`] gives it.
#[derive(Debug, Clone, Copy)]
pub struct RunView<'a> {
    /// The run.
    pub run: &'a Run,
    /// Its study.
    pub study: &'a Study,
    /// What was run.
    pub manifest: &'a Manifest,
    /// The panel.
    pub panel: &'a StoredPanel,
    /// Text of every product, in the order of the panel; empty where there is none.
    pub descriptions: &'a [String],
    /// Main suppliers; `None` in runs of older versions.
    pub suppliers: Option<&'a MainSuppliers>,
    /// PV by (year, country); `None` in runs of older versions.
    pub pv: Option<&'a StabilityByYear>,
    /// By (product, year): STR of the average importer.
    pub trends: &'a [Vec<TrendYear>],
    /// Trickles that close loops, with what they do to the paper's number; `None` in runs of older versions. What stands beside STR of the run is
    /// [`RunView::loops_of`].
    pub loops: Option<&'a [LoopRecord]>,
    /// How far mean STR and its changes are known; `None` in runs without bands.
    pub bands: Option<&'a Bands>,
    /// Kept links.
    pub links: &'a [LinkRecord],
    /// Countries and groups of the typology by code; empty without one.
    pub clusters: &'a BTreeMap<String, ClusterRecord>,
    /// Places on the map by code: year and point.
    pub places: &'a BTreeMap<String, Vec<(u16, [f64; 2])>>,
}

impl Run {
    /// What briefs, findings and the page are made of, all of it read.
    ///
    /// # Errors
    /// [`RunError`] if a table is damaged.
    pub fn view(&self) -> Result<RunView<'_>, RunError> {
        Ok(RunView {
            run: self,
            study: self.study(),
            manifest: self.manifest(),
            panel: self.panel()?,
            descriptions: self.descriptions()?,
            suppliers: self.suppliers()?,
            pv: self.stability()?,
            trends: self.trends()?,
            loops: self.loops()?,
            bands: self.bands()?,
            links: self.links()?,
            clusters: self.assignments()?,
            places: self.places()?,
        })
    }
}

impl RunView<'_> {
    /// What STR of the run is measured in.
    pub fn str_scale(&self) -> StrScale {
        self.study.str_scale()
    }

    /// Position of the last year.
    pub fn last_year(&self) -> usize {
        self.panel.years.len().saturating_sub(1)
    }

    /// Name of a country.
    pub fn name(&self, country: usize) -> &str {
        let of = &self.panel.countries[country];
        name_in_tables(&of.code, &of.name)
    }

    /// Main suppliers of an importer, the largest first; empty if it imports nothing or the run does not say.
    pub fn suppliers_of(&self, product: usize, year: usize, importer: usize) -> &[Supply] {
        self.suppliers.map_or(&[], |s| s.of(self.panel, product, year, importer))
    }

    /// Political stability of a country in a year.
    pub fn pv_of(&self, year: usize, country: usize) -> Option<f64> {
        let key = (self.panel.years[year], self.panel.countries[country].code.clone());
        self.pv?.get(&key).copied()
    }

    /// World imports of a product in a year, thousand USD.
    pub fn world_imports(&self, product: usize, year: usize) -> f64 {
        (0..self.panel.countries.len())
            .filter_map(|c| self.panel.value(Column::Imports, product, year, c))
            .fold(0.0, |sum, m| sum + m)
    }

    /// The products of the chain by tier, then code; all products of the study if none has a tier.
    pub fn chain_products(&self) -> Vec<usize> {
        chain_products(self.panel)
    }

    /// The trickles of a product-year, that with the largest effect first; none where `str` is not the paper's number, which alone they move
    /// as told.
    pub fn loops_of(&self, product: usize, year: usize) -> Vec<LoopRecord> {
        loops_of(self.loops.filter(|_| self.study.str_is_the_papers()), product, year)
    }

    /// STR of an importer as if a supplier imported nothing, by (product, supplier), for one year.
    ///
    /// # Errors
    /// [`RunError::Folder`] if the table is damaged.
    pub fn str_without(
        &self,
        year: usize,
        importer: &str,
    ) -> Result<BTreeMap<(usize, usize), f64>, RunError> {
        let mut found = BTreeMap::new();
        let wanted = self.panel.country(importer);
        self.each_without(|[product, of, supplier, importer], without| {
            if of == year && Some(importer) == wanted {
                found.insert((product, supplier), without);
            }
        })?;
        Ok(found)
    }

    /// STR of the importers of a product as if the supplier whose trickle matters most to them imported nothing.
    ///
    /// # Errors
    /// [`RunError::Folder`] if the table is damaged.
    pub fn str_without_of(&self, product: usize, year: usize) -> Result<BTreeMap<usize, f64>, RunError> {
        let all = self.str_without_of_all(&[product])?;
        Ok(all.into_iter().filter(|([_, t, _], _)| *t == year).map(|([.., c], v)| (c, v)).collect())
    }

    /// The same of several products in all years, by (product, year, importer).
    ///
    /// # Errors
    /// [`RunError::Folder`] if the table is damaged.
    pub fn str_without_of_all(&self, products: &[usize]) -> Result<BTreeMap<[usize; 3], f64>, RunError> {
        let mut found: BTreeMap<[usize; 3], f64> = BTreeMap::new();
        self.each_without(|[product, year, _, importer], without| {
            if products.contains(&product) {
                let least = found.entry([product, year, importer]).or_insert(without);
                *least = least.min(without);
            }
        })?;
        Ok(found)
    }

    /// Calls `take` with product, year, supplier and importer, and STR without, for every row.
    fn each_without(&self, mut take: impl FnMut([usize; 4], f64)) -> Result<(), RunError> {
        let scale = self.study.str_scale();
        if !self.study.str_is_the_papers() {
            return Ok(());
        }
        let years_at = |year: i32| self.panel.years.iter().position(|y| i32::from(*y) == year);
        each_group(self.run.files(), "trickle_importers.parquet", |table, group, rows| {
            let product = table.read_interned(group, table.column("product")?)?;
            let supplier = table.read_interned(group, table.column("supplier")?)?;
            let importer = table.read_interned(group, table.column("importer")?)?;
            let years = years(table, group, rows)?;
            let without = numbers(table, group, rows, "str_without")?;
            let countries = |text: &InternedText| -> Vec<Option<usize>> {
                text.values.iter().map(|c| self.panel.country(c)).collect()
            };
            let (suppliers, importers) = (countries(&supplier), countries(&importer));
            let products: Vec<Option<usize>> = product
                .values
                .iter()
                .map(|p| p.parse().ok().and_then(|code| self.panel.product(code)))
                .collect();
            for row in 0..rows {
                if let (Some(p), Some(t), Some(a), Some(c)) = (
                    products[product.rows[row] as usize],
                    years_at(years[row]),
                    suppliers[supplier.rows[row] as usize],
                    importers[importer.rows[row] as usize],
                ) {
                    take([p, t, a, c], without[row] - 1.0 + scale.floor());
                }
            }
            Ok(())
        })
    }

    /// The products of the study outside its chain: those in focus first, then by code; none if no product has a tier.
    pub fn other_products(&self) -> Vec<usize> {
        let chain: BTreeSet<usize> = self.chain_products().into_iter().collect();
        let focus = focus_products(self);
        let mut others: Vec<usize> = (0..self.panel.products.len()).filter(|p| !chain.contains(p)).collect();
        others.sort_by_key(|&p| (!focus.contains(&p), self.panel.products[p].code));
        others
    }

    /// Share of a country's imports of the chain in a year that comes from suppliers whose PV is imputed; `None` if it imports nothing.
    ///
    /// # Errors
    /// [`RunError::Folder`] if the table is damaged.
    pub fn imputed_of(&self, year: usize, country: &str) -> Result<Option<f64>, RunError> {
        self.imputed_in(year, country, &self.chain_products())
    }

    /// As [`RunView::imputed_of`], of some products.
    ///
    /// # Errors
    /// [`RunError::Folder`] if the table is damaged.
    pub fn imputed_in(
        &self,
        year: usize,
        country: &str,
        products: &[usize],
    ) -> Result<Option<f64>, RunError> {
        let wanted = i32::from(self.panel.years[year]);
        let asked: BTreeSet<usize> = products.iter().copied().collect();
        let (mut sum, mut weight) = (0.0, 0.0);
        each_group(self.run.files(), "indicators.parquet", |table, group, rows| {
            let of = table.read_interned(group, table.column("country")?)?;
            let Some(place) = of.values.iter().position(|c| c == country) else { return Ok(()) };
            let product = table.read_interned(group, table.column("product")?)?;
            let products: Vec<bool> = product
                .values
                .iter()
                .map(|p| {
                    let at = p.parse().ok().and_then(|code| self.panel.product(code));
                    at.is_some_and(|p| asked.contains(&p))
                })
                .collect();
            let years = years(table, group, rows)?;
            let imports = numbers(table, group, rows, "imports")?;
            let imputed = table.read_number_or_nan(group, table.column("imputed_share")?)?;
            for row in 0..rows {
                let counts = of.rows[row] as usize == place
                    && years[row] == wanted
                    && products[product.rows[row] as usize]
                    && !imputed[row].is_nan();
                if counts {
                    sum += imports[row] * imputed[row];
                    weight += imports[row];
                }
            }
            Ok(())
        })?;
        Ok((weight > 0.0).then(|| sum / weight))
    }

    /// What moved STR of a country since the first year, summed over neighbouring years: by product, network and stability; only
    /// products that it trades in every pair of years.
    ///
    /// # Errors
    /// [`RunError::Folder`] if the table is damaged.
    pub fn changes_of(&self, country: &str) -> Result<BTreeMap<usize, [f64; 2]>, RunError> {
        let mut sums: BTreeMap<usize, ([f64; 2], usize)> = BTreeMap::new();
        each_group(self.run.files(), "decomposition.parquet", |table, group, rows| {
            let product = table.read_interned(group, table.column("product")?)?;
            let of = table.read_interned(group, table.column("country")?)?;
            let Some(wanted) = of.values.iter().position(|c| c == country) else { return Ok(()) };
            let network = numbers(table, group, rows, "network")?;
            let stability = numbers(table, group, rows, "stability")?;
            for row in (0..rows).filter(|&row| of.rows[row] as usize == wanted) {
                let code = product.values[product.rows[row] as usize].parse();
                if let Some(p) = code.ok().and_then(|code| self.panel.product(code)) {
                    let sum = sums.entry(p).or_default();
                    sum.0[0] += network[row];
                    sum.0[1] += stability[row];
                    sum.1 += 1;
                }
            }
            Ok(())
        })?;
        let steps = self.panel.years.len().saturating_sub(1);
        Ok(sums.into_iter().filter(|(_, (_, n))| *n == steps).map(|(p, (sum, _))| (p, sum)).collect())
    }

    /// The countries nearest to one on the map: code and mean distance over the years in which both are on it, from the nearest on.
    pub fn neighbours(&self, code: &str, most: usize) -> Vec<(String, f64)> {
        let Some(own) = self.places.get(code) else { return Vec::new() };
        let mut distances: Vec<(f64, &String)> = Vec::new();
        for (other, places) in self.places {
            // Groups stand beside their members; only countries of the panel are neighbours.
            if other == code || self.panel.country(other).is_none() {
                continue;
            }
            let of_year: BTreeMap<u16, [f64; 2]> = places.iter().copied().collect();
            let shared: Vec<f64> = own
                .iter()
                .filter_map(|(year, a)| of_year.get(year).map(|b| libm::hypot(a[0] - b[0], a[1] - b[1])))
                .collect();
            if 2 * shared.len() >= own.len() && !shared.is_empty() {
                let mean = shared.iter().fold(0.0, |sum, d| sum + d) / shared.len() as f64;
                distances.push((mean, other));
            }
        }
        distances.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
        distances.into_iter().take(most).map(|(d, code)| (code.clone(), d)).collect()
    }
}

/// The codes of the products in focus, as far as the panel has them.
pub fn focus_products(view: &RunView<'_>) -> Vec<usize> {
    focus_products_of(view.study, view.panel)
}

/// As [`focus_products`], of a study and a panel.
pub fn focus_products_of(study: &Study, panel: &StoredPanel) -> Vec<usize> {
    let mut seen = BTreeSet::new();
    let focus = study.focus().iter().filter_map(|code| panel.product(*code));
    focus.filter(|p| seen.insert(*p)).collect()
}

/// The products of the chain by tier, then code; all products of the study if none has a tier.
pub fn chain_products(panel: &StoredPanel) -> Vec<usize> {
    let mut products: Vec<usize> =
        (0..panel.products.len()).filter(|&p| panel.products[p].tier.is_some()).collect();
    if products.is_empty() {
        products = (0..panel.products.len()).collect();
    }
    products.sort_by_key(|&p| (panel.products[p].tier, panel.products[p].code));
    products
}

/// The trickles of a product-year, that with the largest effect first.
pub fn loops_of(loops: Option<&[LoopRecord]>, product: usize, year: usize) -> Vec<LoopRecord> {
    let mut found: Vec<LoopRecord> =
        loops.into_iter().flatten().filter(|l| l.product == product && l.year == year).copied().collect();
    found.sort_by(|a, b| (b.weighted - b.without).total_cmp(&(a.weighted - a.without)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Governance;
    use crate::pipeline::{RunData, RunOptions, Until, run_in_memory};
    use crate::progress::Silent;
    use crate::trade::FlowTable;

    #[test]
    fn a_run_of_three_countries_by_hand() {
        let flows = FlowTable::from_rows([
            (2022, "284690", "CHN", "USA", 60.0),
            (2023, "284690", "CHN", "USA", 90.0),
            (2023, "284690", "JPN", "USA", 30.0),
            (2023, "284690", "USA", "JPN", 10.0),
        ])
        .unwrap();
        // PV of Japan in 2023 is that of 2022.
        let rows = [
            ("CHN", 2022, 30.0),
            ("CHN", 2023, 20.0),
            ("USA", 2022, 50.0),
            ("USA", 2023, 50.0),
            ("JPN", 2022, 90.0),
        ];
        let governance = Governance::from_rows(rows).unwrap();
        let study = Study::new(["284690".parse().unwrap()]);
        let data = RunData { trade: &flows, governance: &governance };
        let options = RunOptions { until: Until::Indicators, commit: String::new() };
        let made = run_in_memory(&study, data, &options, &Silent).unwrap();
        let run = Run::of(made.files, study, made.manifest);
        let view = run.view().unwrap();
        assert_eq!([view.world_imports(0, 0), view.world_imports(0, 1)], [60.0, 130.0]);
        let usa = view.panel.country("USA").unwrap();
        assert_eq!(
            [view.pv_of(1, 0), view.pv_of(1, view.panel.country("JPN").unwrap())],
            [Some(20.0), Some(90.0)]
        );
        // 30 of 120 come from Japan.
        assert_eq!(view.imputed_of(1, "USA").unwrap(), Some(0.25));
        assert_eq!(view.imputed_of(0, "USA").unwrap(), Some(0.0));
        assert_eq!(view.imputed_of(0, "CHN").unwrap(), None, "China imports nothing");
        let suppliers: Vec<f64> = view.suppliers_of(0, 1, usa).iter().map(|s| s.share).collect();
        assert_eq!(suppliers, [0.75, 0.25]);
        // STR of the USA: 1.7, then s = 1 + 0.8 (3/4) + 0.1 (1/4) t with t = 1 + 0.5 s: 1.625/0.9875. The parts add up to the change.
        let [network, stability] = view.changes_of("USA").unwrap()[&0];
        assert!((network + stability - (1.625 / 0.9875 - 1.7)).abs() < 1e-12);
    }

    /// A mine that buys a sample from the refiner it sells to, with STR kept, in excess and as a row sum.
    #[test]
    fn trickles_are_on_the_scale_of_the_run() {
        use crate::indicators::systemic_risk::{Identity, Orientation};
        let flows = FlowTable::from_rows([
            (2022, "284690", "AUS", "CHN", 1000.0),
            (2022, "284690", "CHN", "AUS", 1.0),
            (2022, "284690", "CHN", "JPN", 500.0),
        ])
        .unwrap();
        let rows = [("AUS", 2022, 20.0), ("CHN", 2022, 50.0), ("JPN", 2022, 90.0)];
        let governance = Governance::from_rows(rows).unwrap();
        let run_with = |orientation, identity| {
            let mut study = Study::new(["284690".parse().unwrap()]);
            (study.indicators.orientation, study.indicators.identity) = (orientation, identity);
            let data = RunData { trade: &flows, governance: &governance };
            let options = RunOptions { until: Until::Indicators, commit: String::new() };
            let made = run_in_memory(&study, data, &options, &Silent).unwrap();
            Run::of(made.files, study, made.manifest)
        };
        let kept = run_with(Orientation::Importer, Identity::Keep);
        let excess = run_with(Orientation::Importer, Identity::Excess);
        let printed = run_with(Orientation::AsPrinted, Identity::Keep);
        let level = |run: &Run| {
            let view = run.view().unwrap();
            let (found, japan) = (view.loops_of(0, 0)[0], view.panel.country("JPN").unwrap());
            (
                found.weighted,
                found.without,
                view.str_without(0, "JPN").unwrap()[&(0, found.supplier)],
                view.panel.value(Column::Str, 0, 0, japan).unwrap(),
            )
        };
        let (a, b) = (level(&kept), level(&excess));
        for (kept, excess) in [(a.0, b.0), (a.1, b.1), (a.2, b.2), (a.3, b.3)] {
            assert!((kept - 1.0 - excess).abs() < 1e-12, "{kept} {excess}");
        }
        let view = printed.view().unwrap();
        assert!(view.loops_of(0, 0).is_empty() && view.str_without(0, "JPN").unwrap().is_empty());
        assert!(view.manifest.indicators.trickle_loops > Some(0), "they are counted all the same");
        let said = printed.manifest().notes.join(" ");
        assert!(said.contains("column sums of L; STR of this run is the row sum"), "{said}");
        let findings = printed.findings().unwrap().join(" ");
        assert!(!findings.contains("STR of the average importer"), "{findings}");
        let page = crate::report::page::render(&printed).unwrap();
        assert!(page.contains("in column sums, in") && !page.contains("There is none in this run."));
    }

    #[test]
    fn the_trickle_with_the_largest_effect_comes_first() {
        let of = |product, year, supplier, weighted, without| LoopRecord {
            product,
            year,
            supplier,
            exports: 100.0,
            imports: 0.5,
            weighted,
            without,
        };
        let all =
            [of(0, 1, 5, 2.0, 1.9), of(0, 1, 6, 2.0, 1.5), of(0, 0, 7, 9.0, 1.0), of(1, 1, 8, 9.0, 1.0)];
        let found: Vec<usize> = loops_of(Some(&all), 0, 1).iter().map(|l| l.supplier).collect();
        assert_eq!(found, [6, 5]);
    }
}
