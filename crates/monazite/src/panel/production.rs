//! Production of a study: the table against the trade of its products.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::error::PanelError;
use super::notes::Notes;
use super::study_country::{ABSENT, StudyCountry};
use crate::indicators::ImportContent;
use crate::indicators::unit_values::usable_quantities;
use crate::ingest::production::{Production, ProductionUnit, read_production};
use crate::nomenclature::Hs6;
use crate::plain_text::listed;
use crate::study::{Problem, Study, TradeMeasure};
use crate::trade::FlowSource;

/// Production by product and year, in the order of the countries of the study.
pub type ProductionOfStudy = BTreeMap<(Hs6, u16), Vec<Option<f64>>>;

/// The unit that a table of production has to be in: that of the trade.
pub(crate) fn unit_of(study: &Study) -> ProductionUnit {
    match study.trade.measure {
        TradeMeasure::Value => ProductionUnit::ThousandUsd,
        TradeMeasure::Quantity => ProductionUnit::Tonnes,
    }
}

/// A table in the right unit does not say more than so many times what its countries export, over all years of a product.
const MOST_TIMES_EXPORTS: f64 = 500.0;
/// Nor does it say less than this share of what they export more than they import.
const LEAST_OF_NET_EXPORTS: f64 = 0.05;

/// What the table of a study says of the products, years and countries of the study.
pub(super) struct Setting<'a> {
    pub study: &'a Study,
    pub store: &'a dyn FlowSource,
    pub products: &'a [Hs6],
    pub years: &'a [u16],
    pub countries: &'a [StudyCountry],
    pub place: &'a [u16],
}

impl Setting<'_> {
    /// Reads the table of production if the study takes import content from one.
    ///
    /// # Errors
    /// [`PanelError`] if it cannot be read, or does not fit the trade: a unit that cannot be right, no row for any product of the study.
    pub(super) fn production(&self, notes: &mut Notes) -> Result<ProductionOfStudy, PanelError> {
        let indicators = &self.study.indicators;
        let Some(path) =
            indicators.production.as_ref().filter(|_| indicators.import_content == ImportContent::Production)
        else {
            return Ok(ProductionOfStudy::new());
        };
        let way_out = "set import_content to \"mass_balance\"";
        let (found, against) = self.table("indicators.production", path, way_out, notes)?;
        let AgainstTrade { raised, missing, traders, .. } = against;
        let product_years = self.products.len() * self.years.len();
        let raised = match raised {
            0 => String::new(),
            1 => " In 1 case the table says less than the country's net exports, which are taken instead."
                .to_owned(),
            n => format!(
                " In {n} cases the table says less than the country's net exports, which are taken instead."
            ),
        };
        notes.push(format!(
            "Production is known in {} of {product_years} product-years of the study; the import content of exports is that of mass balance in the \
             others, and for {missing} of {traders} exporters in these that have no row.{raised}",
            found.len()
        ));
        Ok(found)
    }

    /// A table of production by product, year and country of the study, held against the trade, with how it compares; `way_out` is what can be done
    /// without it.
    ///
    /// # Errors
    /// As [`Setting::production`].
    pub(super) fn table(
        &self,
        key: &str,
        path: &Path,
        way_out: &str,
        notes: &mut Notes,
    ) -> Result<(ProductionOfStudy, AgainstTrade), PanelError> {
        let unit = unit_of(self.study);
        let groups: BTreeSet<String> =
            self.countries.iter().filter(|c| c.group).map(|c| c.code.clone()).collect();
        let table = read_production(&self.study.resolve(path), unit, self.store.countries(), &groups)?;
        notes.extend(table.notes.iter().cloned());
        let Placed { production: found, outside, twice } = self.placed(&table);
        let problem = |message: String| {
            let problem = Problem { line: None, key: key.to_owned(), message };
            PanelError::from(self.study.error(vec![problem]))
        };
        if let Some((product, year, group)) = twice {
            return Err(problem(format!(
                "{}: {group} has a row of its own for {product} in {year}, and members that are merged into it have rows too; keep one of the two",
                table.file
            )));
        }
        if found.is_empty() {
            return Err(problem(format!(
                "{} has no row for any product, year and country of the study; give rows for them, or {way_out}",
                table.file
            )));
        }
        notes.extend(outside.note(&table.short_name(), table.rows.len()));
        let mut all = AgainstTrade::default();
        let products: BTreeSet<Hs6> = found.keys().map(|(product, _)| *product).collect();
        for &product in &products {
            let against = self.against_trade(product, &found, unit)?;
            if let Some(message) = against.doubt(product, unit) {
                return Err(problem(format!("{}: {message}", table.file)));
            }
            all.raised += against.raised;
            all.missing += against.missing;
            all.traders += against.traders;
        }
        Ok((found, all))
    }

    /// The rows of the table by country of the study; members of a merged group are added up. A row that has no place is counted under the first
    /// reason why.
    fn placed(&self, table: &Production) -> Placed {
        let (mut production, mut outside, mut twice) = (ProductionOfStudy::new(), Outside::default(), None);
        for ((product, year, iso3), amount) in &table.rows {
            if self.products.binary_search(product).is_err() {
                let list = match self.store.knows(*product) {
                    Some(false) => &mut outside.unknown_products,
                    _ => &mut outside.products,
                };
                *list.entry(product.to_string()).or_default() += 1;
                continue;
            }
            if !self.years.contains(year) {
                *outside.years.entry(year.to_string()).or_default() += 1;
                continue;
            }
            let of_group = self.countries.iter().position(|c| c.group && c.code == *iso3).map(|at| at as u16);
            let of_country = || self.store.countries().by_iso3(iso3).map(|id| self.place[id.index()]);
            let place = of_group.or_else(of_country);
            if of_group.is_some() && self.has_members(table, *product, *year, iso3) {
                twice.get_or_insert((*product, *year, iso3.clone()));
            }
            let Some(place) = place.filter(|&place| place != ABSENT) else {
                *outside.countries.entry(iso3.clone()).or_default() += 1;
                continue;
            };
            let countries =
                production.entry((*product, *year)).or_insert_with(|| vec![None; self.countries.len()]);
            *countries[usize::from(place)].get_or_insert(0.0) += amount;
        }
        Placed { production, outside, twice }
    }

    /// Whether countries that are merged into a group have rows of their own.
    fn has_members(&self, table: &Production, product: Hs6, year: u16, group: &str) -> bool {
        let of_year = table.rows.keys().filter(|key| key.0 == product && key.1 == year);
        of_year.into_iter().any(|(_, _, code)| self.study.merged_into(code) == Some(group))
    }

    fn against_trade(
        &self,
        product: Hs6,
        production: &ProductionOfStudy,
        unit: ProductionUnit,
    ) -> Result<AgainstTrade, PanelError> {
        let mut sums = AgainstTrade::default();
        for (&(_, year), of_countries) in production.range((product, 0)..=(product, u16::MAX)) {
            let batch = self.store.read(year, &[product], unit == ProductionUnit::Tonnes)?;
            let amounts: Vec<Option<f64>> = match unit {
                ProductionUnit::Tonnes => usable_quantities(&batch.values, &batch.quantities).quantities,
                ProductionUnit::ThousandUsd => batch.values.iter().copied().map(Some).collect(),
            };
            let mut imports = vec![0.0; self.countries.len()];
            let mut exports = vec![0.0; self.countries.len()];
            for (at, amount) in amounts.iter().enumerate() {
                let [to, from] = [batch.importers[at], batch.exporters[at]]
                    .map(|c| usize::from(self.place[usize::from(c)]));
                if let Some(amount) = amount.filter(|_| to != from) {
                    imports[to] += amount;
                    exports[from] += amount;
                }
            }
            sums.add(of_countries, &imports, &exports);
        }
        Ok(sums)
    }
}

/// The rows of a table in their places.
struct Placed {
    production: ProductionOfStudy,
    outside: Outside,
    /// A merged group with a row of its own beside rows of its members.
    twice: Option<(Hs6, u16, String)>,
}

/// Rows of a table of production that count for nothing in a study, by what they name.
#[derive(Debug, Default)]
struct Outside {
    unknown_products: BTreeMap<String, usize>,
    products: BTreeMap<String, usize>,
    years: BTreeMap<String, usize>,
    countries: BTreeMap<String, usize>,
}

impl Outside {
    /// A sentence on them; `None` if there is none.
    fn note(&self, file: &str, rows: usize) -> Option<String> {
        let lists = [
            (&self.unknown_products, "of codes that the data do not know"),
            (&self.products, "of products outside the study"),
            (&self.years, "of years outside the study"),
            (&self.countries, "of countries without trade in the data"),
        ];
        let parts: Vec<String> = lists
            .into_iter()
            .filter(|(list, _)| !list.is_empty())
            .map(|(list, what)| {
                format!("{} {what} ({})", list.values().sum::<usize>(), listed(list.keys(), ""))
            })
            .collect();
        let count: usize = lists.iter().flat_map(|(list, _)| list.values()).sum();
        (count > 0).then(|| {
            let (of, count_for) = if rows == 1 { ("row", "counts") } else { ("rows", "count") };
            format!(
                "{file}: {count} of {rows} {of} {count_for} for nothing in this study: {}.",
                parts.join(", ")
            )
        })
    }
}

/// A product's production beside the trade of the countries that have one.
#[derive(Debug, Default)]
pub(super) struct AgainstTrade {
    production: f64,
    exports: f64,
    net_exports: f64,
    raised: usize,
    missing: usize,
    traders: usize,
}

impl AgainstTrade {
    fn add(&mut self, production: &[Option<f64>], imports: &[f64], exports: &[f64]) {
        for ((production, &m), &x) in production.iter().zip(imports).zip(exports) {
            self.traders += usize::from(x > 0.0);
            self.missing += usize::from(x > 0.0 && production.is_none());
            if let Some(production) = production {
                let net = (x - m).max(0.0);
                self.production += production;
                self.exports += x;
                self.net_exports += net;
                self.raised += usize::from(*production < net);
            }
        }
    }

    /// Why the unit cannot be right; `None` if it can.
    fn doubt(&self, product: Hs6, unit: ProductionUnit) -> Option<String> {
        let unit = unit.words();
        if self.exports > 0.0 && self.production > MOST_TIMES_EXPORTS * self.exports {
            return Some(format!(
                "production of {product} is {:.0} times what the same countries export; is it in {unit}, as the trade is?",
                self.production / self.exports
            ));
        }
        (self.production < LEAST_OF_NET_EXPORTS * self.net_exports).then(|| {
            format!(
                "production of {product} is {:.2} % of what the same countries export more than they import; is it in {unit}, as the trade is?",
                100.0 * self.production / self.net_exports
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_outside_the_study_are_counted_by_what_they_name() {
        assert_eq!(Outside::default().note("mines.csv", 3), None);
        let list = |named: &[(&str, usize)]| named.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect();
        let outside = Outside {
            unknown_products: list(&[("284699", 1)]),
            products: list(&[("280530", 2)]),
            years: list(&[("2030", 1)]),
            countries: list(&[("ZWE", 3), ("ZMB", 1)]),
        };
        assert_eq!(
            outside.note("mines.csv", 10).unwrap(),
            "mines.csv: 8 of 10 rows count for nothing in this study: 1 of codes that the data do not know (284699), 2 of products outside the study (280530), \
             1 of years outside the study (2030), 4 of countries without trade in the data (ZMB, ZWE)."
        );
    }

    #[test]
    fn units_that_cannot_be_right_are_doubted() {
        let product: Hs6 = "284690".parse().unwrap();
        let doubt = |production: f64| {
            let mut sums = AgainstTrade::default();
            sums.add(&[Some(production), None], &[10.0, 60.0], &[60.0, 10.0]);
            assert_eq!((sums.traders, sums.missing), (2, 1));
            sums.doubt(product, ProductionUnit::Tonnes)
        };
        assert_eq!(doubt(60.0), None);
        assert!(
            doubt(60_000.0)
                .unwrap()
                .contains("is 1000 times what the same countries export; is it in tonnes")
        );
        assert!(doubt(0.05).unwrap().contains("is 0.10 % of what"));
        // Nobody who exports more than he imports: nothing is too little.
        let mut sums = AgainstTrade::default();
        sums.add(&[Some(0.0)], &[10.0], &[5.0]);
        assert_eq!((sums.doubt(product, ProductionUnit::ThousandUsd), sums.raised), (None, 0));
    }
}
