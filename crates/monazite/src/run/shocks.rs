//! What if a supplier stops: the chokepoints and the scenarios of a run, from its tables.

use std::collections::BTreeMap;

use parquet::errors::ParquetError;

use super::files::{each_group, numbers, years};
use super::{Run, RunError};
use crate::columnar::TableReader;
use crate::delimited::Row;
use crate::run_folder::StoredPanel;
use crate::run_folder::tables::{SHOCK_LOSSES, SHOCK_PRODUCTS, SHOCK_SUPPLIERS};

/// What the full stop of one supplier, alone, costs all others; a row of `shock_suppliers.parquet`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SupplierStop {
    /// Position of the product.
    pub product: usize,
    /// Position of the year.
    pub year: usize,
    /// Position of the supplier.
    pub supplier: usize,
    /// What it sells, in the measure of the study.
    pub exports: f64,
    /// What all others lose under mass balance, likewise.
    pub power: f64,
    /// The same as a share of all that the others import, in 0..=1.
    pub power_share: f64,
    /// The share if nobody passes a loss on: its exports.
    pub direct_share: f64,
    /// The share if a country makes as much as it sells.
    pub share_exposure: f64,
    /// Power over exports; 1 if nothing is sold on.
    pub multiplier: f64,
    /// Sum over importers of the squared share in the loss: 1 if one importer bears all.
    pub damage_hhi: f64,
    /// Position of the importer that loses most.
    pub top_importer: usize,
    /// Its share of what the others lose.
    pub top_importer_share: f64,
    /// Value of what is made of the product and touched by the stop; `None` if nothing in the chain is.
    pub downstream: Option<f64>,
}

/// What a lost input takes from what is made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LossReading {
    /// All that contains it.
    Reach,
    /// Its own value.
    Content,
}

impl LossReading {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Reach, Self::Content];

    /// Its name in the tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reach => "reach",
            Self::Content => "content",
        }
    }

    fn of(name: &str) -> Option<Self> {
        Self::BOTH.into_iter().find(|reading| reading.name() == name)
    }
}

/// Shares of imports that are lost, by what a country passes on of a loss.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LossShares {
    /// Nothing: φ = 0.
    pub none: f64,
    /// As if it made as much as it sells: φ = M/(M + X).
    pub exposure: f64,
    /// As much as mass balance allows: φ = min(1, M/X).
    pub mass_balance: f64,
}

impl LossShares {
    /// The smallest of the three.
    pub fn least(&self) -> f64 {
        self.none.min(self.exposure).min(self.mass_balance)
    }

    /// The largest of the three.
    pub fn most(&self) -> f64 {
        self.none.max(self.exposure).max(self.mass_balance)
    }
}

/// What a scenario takes from an importer; a row of `shock_losses.parquet`, of a country that imports the product.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShockLoss {
    /// Position of the scenario in [`ShockLosses::scenarios`].
    pub scenario: usize,
    /// Position of the year whose trade is hit.
    pub year: usize,
    /// What a lost input takes.
    pub chain: LossReading,
    /// Position of the product.
    pub product: usize,
    /// Its tier; `None` outside the chain.
    pub tier: Option<u8>,
    /// Position of the importer.
    pub importer: usize,
    /// What it imports, in the measure of the study.
    pub imports: f64,
    /// The shares of it that are lost.
    pub lost: LossShares,
}

/// What all scenarios take from all importers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ShockLosses {
    /// Names of the scenarios, in the order of the file.
    pub scenarios: Vec<String>,
    /// The losses, in the order of the file.
    pub rows: Vec<ShockLoss>,
}

/// What a scenario takes from a product; a row of `shock_products.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct ShockProduct {
    /// Name of the scenario.
    pub scenario: String,
    /// Position of the year whose trade is hit.
    pub year: usize,
    /// What a lost input takes.
    pub chain: LossReading,
    /// Position of the product.
    pub product: usize,
    /// Its tier; `None` outside the chain.
    pub tier: Option<u8>,
    /// Whether the scenario hits the product itself.
    pub hit: bool,
    /// What all import but the suppliers that are hit, in the measure of the study.
    pub imports: f64,
    /// The shares of it that are lost; `None` if they import nothing.
    pub lost: Option<LossShares>,
    /// Whether `none` and `mass_balance` are the lower and the upper end: only where no production is lost.
    pub are_bounds: bool,
}

impl ShockProduct {
    /// The share of the imports of some products together that is lost; `None` if nobody imports any of them.
    ///
    /// ```
    /// use monazite::run::{LossReading, LossShares, ShockProduct};
    /// let of = |imports, mass_balance| ShockProduct {
    ///     scenario: "stop".to_owned(),
    ///     year: 0,
    ///     chain: LossReading::Reach,
    ///     product: 0,
    ///     tier: Some(1),
    ///     hit: false,
    ///     imports,
    ///     lost: Some(LossShares { none: 0.0, exposure: 0.5 * mass_balance, mass_balance }),
    ///     are_bounds: false,
    /// };
    /// let both = ShockProduct::lost_together([&of(300.0, 0.8), &of(100.0, 0.4)]).unwrap();
    /// assert!((both.mass_balance - 0.7).abs() < 1e-12 && (both.exposure - 0.35).abs() < 1e-12);
    /// assert_eq!(ShockProduct::lost_together([]), None);
    /// ```
    pub fn lost_together<'a>(products: impl IntoIterator<Item = &'a Self>) -> Option<LossShares> {
        let (mut sum, mut imports) = (LossShares::default(), 0.0);
        for of in products {
            let Some(lost) = of.lost else { continue };
            imports += of.imports;
            sum.none += of.imports * lost.none;
            sum.exposure += of.imports * lost.exposure;
            sum.mass_balance += of.imports * lost.mass_balance;
        }
        (imports > 0.0).then(|| LossShares {
            none: sum.none / imports,
            exposure: sum.exposure / imports,
            mass_balance: sum.mass_balance / imports,
        })
    }
}

impl Run {
    /// Why the run has no chokepoints, or no scenarios, in words.
    pub fn why_no_shocks(&self) -> String {
        let skipped = self.manifest().skipped.iter().find(|skipped| skipped.stage == "shocks");
        match (skipped, &self.manifest().shocks) {
            (Some(skipped), _) => skipped.reason.clone(),
            (None, Some(_)) => "the study does not ask for them".to_owned(),
            (None, None) => {
                "the run is of an older version, or stopped before them; run the study again".to_owned()
            }
        }
    }

    /// What the stop of each supplier of some products costs, in the order of the file: by product, year, supplier. `None` if the run has no
    /// scan of its suppliers. The file has a row group for each product, and those of others are not read.
    ///
    /// # Errors
    /// [`RunError::Folder`] if `shock_suppliers.parquet` is damaged.
    pub fn chokepoints(
        &self,
        wanted: impl Fn(usize, usize) -> bool,
    ) -> Result<Option<Vec<SupplierStop>>, RunError> {
        const FILE: &str = SHOCK_SUPPLIERS.file;
        let (files, panel) = (self.files(), self.panel()?);
        if !files.exists(FILE) {
            return Ok(None);
        }
        let mut found = Vec::new();
        each_group(files, FILE, |table, group, rows| {
            let products = Places::read(table, group, "product", |code| product_of(panel, code))?;
            if !products.of_values().any(|p| (0..panel.years.len()).any(|t| wanted(p, t))) {
                return Ok(());
            }
            let years = years_of(table, group, rows, panel)?;
            let [suppliers, tops] = ["supplier", "top_importer"]
                .map(|name| Places::read(table, group, name, |code| panel.country(code)));
            let (suppliers, tops) = (suppliers?, tops?);
            let [exports, power, power_share, direct_share, share_exposure, multiplier, damage_hhi, of_top] = [
                numbers(table, group, rows, "exports")?,
                numbers(table, group, rows, "power")?,
                numbers(table, group, rows, "power_share")?,
                numbers(table, group, rows, "direct_share")?,
                numbers(table, group, rows, "share_exposure")?,
                numbers(table, group, rows, "multiplier")?,
                numbers(table, group, rows, "damage_hhi")?,
                numbers(table, group, rows, "top_importer_share")?,
            ];
            let downstream = table.read_number_or_nan(group, table.column("downstream")?)?;
            for row in 0..rows {
                if let (Some(product), Some(year), Some(supplier), Some(top_importer)) =
                    (products.at(row), years[row], suppliers.at(row), tops.at(row))
                    && wanted(product, year)
                {
                    found.push(SupplierStop {
                        product,
                        year,
                        supplier,
                        exports: exports[row],
                        power: power[row],
                        power_share: power_share[row],
                        direct_share: direct_share[row],
                        share_exposure: share_exposure[row],
                        multiplier: multiplier[row],
                        damage_hhi: damage_hhi[row],
                        top_importer,
                        top_importer_share: of_top[row],
                        downstream: known(downstream[row]),
                    });
                }
            }
            Ok(())
        })?;
        Ok(Some(found))
    }

    /// What all scenarios take from all importers; `None` if the run has no scenario, or if nobody loses anything.
    ///
    /// # Errors
    /// [`RunError::Folder`] if `shock_losses.parquet` is damaged.
    pub fn shock_losses(&self) -> Result<Option<ShockLosses>, RunError> {
        const FILE: &str = SHOCK_LOSSES.file;
        let (files, panel) = (self.files(), self.panel()?);
        if !files.exists(FILE) {
            return Ok(None);
        }
        let mut found = ShockLosses::default();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        each_group(files, FILE, |table, group, rows| {
            let scenarios = Places::read(table, group, "scenario", |name| {
                let next = places.len();
                let at = *places.entry(name.to_owned()).or_insert(next);
                if at == found.scenarios.len() {
                    found.scenarios.push(name.to_owned());
                }
                Some(at)
            })?;
            let chains = Places::read(table, group, "chain", |name| Some(LossReading::of(name)? as usize))?;
            let products = Places::read(table, group, "product", |code| product_of(panel, code))?;
            let importers = Places::read(table, group, "importer", |code| panel.country(code))?;
            let years = years_of(table, group, rows, panel)?;
            let tiers = table.read_number_or_nan(group, table.column("tier")?)?;
            let imports = numbers(table, group, rows, "imports")?;
            let [none, exposure, balanced] = ["loss_none", "loss_exposure", "loss_mass_balance"]
                .map(|name| table.read_number_or_nan(group, table.column(name)?));
            let (none, exposure, balanced) = (none?, exposure?, balanced?);
            // Who imports nothing has no share to lose; its row is about what it makes.
            for row in (0..rows).filter(|&row| imports[row] > 0.0) {
                if let (Some(scenario), Some(chain), Some(product), Some(importer), Some(year)) =
                    (scenarios.at(row), chains.at(row), products.at(row), importers.at(row), years[row])
                {
                    found.rows.push(ShockLoss {
                        scenario,
                        year,
                        chain: LossReading::BOTH[chain],
                        product,
                        tier: known(tiers[row]).map(|tier| tier as u8),
                        importer,
                        imports: imports[row],
                        lost: LossShares {
                            none: none[row],
                            exposure: exposure[row],
                            mass_balance: balanced[row],
                        },
                    });
                }
            }
            Ok(())
        })?;
        Ok(Some(found))
    }

    /// What all scenarios take from the products, in the order of the file; `None` if the run has no scenario.
    ///
    /// # Errors
    /// [`RunError::Table`] if `shock_products.csv` is damaged.
    pub fn shock_products(&self) -> Result<Option<Vec<ShockProduct>>, RunError> {
        let Some(table) = self.table(SHOCK_PRODUCTS.file)? else { return Ok(None) };
        let panel = self.panel()?;
        let column = |name: &str| table.require(&[name]);
        let [scenario, year, chain, product, tier, hit, imports, bounds] = [
            column("scenario")?,
            column("year")?,
            column("chain")?,
            column("product")?,
            column("tier")?,
            column("hit")?,
            column("imports")?,
            column("bounds")?,
        ];
        let losses = [column("loss_none")?, column("loss_exposure")?, column("loss_mass_balance")?];
        let of = |row: &Row| {
            let number = |at: usize| row.get(at).parse::<f64>().ok();
            let lost = match losses.map(number) {
                [Some(none), Some(exposure), Some(mass_balance)] => {
                    Some(LossShares { none, exposure, mass_balance })
                }
                _ => None,
            };
            Some(ShockProduct {
                scenario: row.get(scenario).to_owned(),
                year: row.get(year).parse().ok().and_then(|year| panel.year(year))?,
                chain: LossReading::of(row.get(chain))?,
                product: product_of(panel, row.get(product))?,
                tier: row.get(tier).parse().ok(),
                hit: row.get(hit) == "true",
                imports: number(imports)?,
                lost,
                are_bounds: row.get(bounds) == "true",
            })
        };
        Ok(Some(table.rows.iter().filter_map(of).collect()))
    }
}

fn known(number: f64) -> Option<f64> {
    Some(number).filter(|number| !number.is_nan())
}

fn product_of(panel: &StoredPanel, code: &str) -> Option<usize> {
    code.parse().ok().and_then(|code| panel.product(code))
}

fn years_of(
    table: &TableReader,
    group: usize,
    rows: usize,
    panel: &StoredPanel,
) -> Result<Vec<Option<usize>>, ParquetError> {
    let position = |year: i32| u16::try_from(year).ok().and_then(|year| panel.year(year));
    Ok(years(table, group, rows)?.into_iter().map(position).collect())
}

/// A column of texts as positions.
struct Places {
    values: Vec<Option<usize>>,
    rows: Vec<u32>,
}

impl Places {
    fn read(
        table: &TableReader,
        group: usize,
        name: &str,
        mut position: impl FnMut(&str) -> Option<usize>,
    ) -> Result<Self, ParquetError> {
        let text = table.read_interned(group, table.column(name)?)?;
        let values = text.values.iter().map(|value| position(value)).collect();
        Ok(Self { values, rows: text.rows })
    }

    fn at(&self, row: usize) -> Option<usize> {
        self.values[self.rows[row] as usize]
    }

    fn of_values(&self) -> impl Iterator<Item = usize> + '_ {
        self.values.iter().flatten().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{RunOptions, Until, run_study};
    use crate::progress::Silent;
    use crate::shock::ScenarioRow;
    use crate::study::Study;

    fn close(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-9
    }

    /// The network of the tutorial: B buys three quarters from A and the rest from C, C three eighths from A and the rest from B; neither makes
    /// any, so that all is lost if A stops. With φ = M/(M + X), 4/7 and 4/5, B loses 0.825/(1 - 1/14) and C 3/8 + 5/14 of that.
    #[test]
    fn the_tables_of_the_tutorial_say_what_is_lost_by_hand() {
        let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
        let temporary = tempfile::tempdir().unwrap();
        let mut study = Study::load(tiny.as_ref()).unwrap();
        study.data.store = Some(temporary.path().join("store"));
        let code: crate::nomenclature::Hs6 = "284690".parse().unwrap();
        let stop = ScenarioRow { scenario: "stop".to_owned(), ..ScenarioRow::stop("AAA", vec![code]) };
        study.shocks.rows.0.push(stop);
        study.shocks.years = Some(crate::nomenclature::YearRange { first: 2019, last: 2019 });
        let out = temporary.path().join("run");
        run_study(&study, &out, &RunOptions { until: Until::Report, commit: String::new() }, &Silent)
            .unwrap();
        let run = Run::open(&out).unwrap();
        let panel = run.panel().unwrap();
        let (product, year) = (panel.product(code).unwrap(), panel.year(2019).unwrap());
        let [a, b, c] = ["AAA", "BBB", "CCC"].map(|code| panel.country(code).unwrap());
        let (of_b, of_c) = (0.825 / (1.0 - 1.0 / 14.0), 0.375 + 5.0 / 14.0 * 0.825 / (1.0 - 1.0 / 14.0));

        let stops = run.chokepoints(|p, t| (p, t) == (product, year)).unwrap().unwrap();
        assert!(stops.iter().all(|stop| (stop.product, stop.year) == (product, year)));
        let of_a = stops.iter().find(|stop| stop.supplier == a).unwrap();
        assert!(close(of_a.power_share, 1.0) && close(of_a.direct_share, 90.0 / 160.0), "{of_a:?}");
        assert!(close(of_a.share_exposure, 0.5 * (of_b + of_c)) && close(of_a.multiplier, 160.0 / 90.0));
        assert!(close(of_a.damage_hhi, 0.5) && close(of_a.top_importer_share, 0.5), "{of_a:?}");

        let losses = run.shock_losses().unwrap().unwrap();
        assert_eq!(losses.scenarios, ["stop"]);
        for (importer, none, exposure) in [(b, 0.75, of_b), (c, 0.375, of_c)] {
            for chain in LossReading::BOTH {
                let of =
                    |row: &&ShockLoss| (row.product, row.importer, row.chain) == (product, importer, chain);
                let lost = losses.rows.iter().find(of).unwrap();
                assert_eq!((lost.scenario, lost.year, lost.tier), (0, year, Some(0)));
                assert!(close(lost.lost.none, none) && close(lost.lost.exposure, exposure), "{lost:?}");
                assert!(close(lost.lost.mass_balance, 1.0) && close(lost.lost.most(), 1.0), "{lost:?}");
            }
        }
        let products = run.shock_products().unwrap().unwrap();
        let hit = products.iter().find(|of| of.hit).unwrap();
        assert_eq!((hit.scenario.as_str(), hit.product, hit.year), ("stop", product, year));
        assert!(hit.are_bounds && close(hit.lost.unwrap().none, 90.0 / 160.0), "{hit:?}");
        // Down the chain nothing is lost if nobody passes on a lost import, as no production is lost.
        let below = products.iter().filter(|of| !of.hit && of.tier > Some(0));
        assert!(below.clone().count() > 0 && below.clone().all(|of| of.lost.is_none_or(|l| l.none == 0.0)));
    }

    #[test]
    fn a_run_without_the_tables_says_why() {
        let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
        let temporary = tempfile::tempdir().unwrap();
        let mut study = Study::load(tiny.as_ref()).unwrap();
        study.data.store = Some(temporary.path().join("store"));
        study.shocks.scan = Some(false);
        let out = temporary.path().join("run");
        run_study(&study, &out, &RunOptions { until: Until::Report, commit: String::new() }, &Silent)
            .unwrap();
        let run = Run::open(&out).unwrap();
        assert_eq!(run.chokepoints(|_, _| true).unwrap(), None);
        assert!(run.shock_losses().unwrap().is_none() && run.shock_products().unwrap().is_none());
        assert!(run.why_no_shocks().starts_with("the study has no scenario"), "{}", run.why_no_shocks());
    }
}
