//! Which countries and products are compared, and what is left out, why, and how much trade it is.

use super::advantage::Advantage;
use super::error::ComplexityError;
use super::exports::ExportMatrix;
use super::options::{ComplexityOptions, SideTables, YEARS_OF_EXPORTS};
use crate::indicators::comparative_advantage;
use crate::nomenclature::{Countries, Country, CountryId, Hs6};
use crate::trade::{FlowSource, StoreError};
use crate::units::{ThousandUsd, grouped};

/// Why a country or a product is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DropReason {
    /// The country exports nothing in these years.
    NothingExported,
    /// Asked for.
    Excluded,
    /// Fewer inhabitants than asked for.
    Population,
    /// The table of population does not have it.
    NoPopulation,
    /// Exports less than asked for.
    Exports,
    /// The table of exports does not have it.
    NoExports,
    /// Only countries that are left out export the product.
    OnlyByOthers,
    /// No comparative advantage: a country in no product, a product of no country.
    NoAdvantage,
}

impl DropReason {
    /// For files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::NothingExported => "nothing_exported",
            Self::Excluded => "excluded",
            Self::Population => "population",
            Self::NoPopulation => "no_population",
            Self::Exports => "exports",
            Self::NoExports => "no_exports",
            Self::OnlyByOthers => "only_by_others",
            Self::NoAdvantage => "no_advantage",
        }
    }

    /// For people.
    pub fn in_words(self, options: &ComplexityOptions) -> String {
        match self {
            Self::NothingExported => "export nothing in these years".to_owned(),
            Self::Excluded => "left out by hand".to_owned(),
            Self::Population => {
                format!("fewer than {} inhabitants", grouped(options.least_population as u64))
            }
            Self::NoPopulation => "not in the table of population".to_owned(),
            Self::Exports => {
                format!("exports below {} a year (mean of three years)", options.least_exports.in_words())
            }
            Self::NoExports => "not in the table of exports".to_owned(),
            Self::OnlyByOthers => "exported only by countries that are left out".to_owned(),
            Self::NoAdvantage => "no comparative advantage anywhere".to_owned(),
        }
    }
}

/// What is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// A country.
    Country(CountryId),
    /// A product.
    Product(Hs6),
}

impl Left {
    /// `country` or `product`.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Country(_) => "country",
            Self::Product(_) => "product",
        }
    }

    /// Its code, of a country by the countries of the source.
    pub fn code(self, known: &Countries) -> String {
        match self {
            Self::Country(id) => known.get(id).iso3.clone(),
            Self::Product(product) => product.to_string(),
        }
    }
}

/// A country or product that is left out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropped {
    /// Which.
    pub left: Left,
    /// Why.
    pub reason: DropReason,
    /// Its exports, thousand USD a year.
    pub value: f64,
}

/// The countries and products that are compared, and what they export.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The countries, in the order of the source.
    pub countries: Vec<CountryId>,
    /// The products, ascending.
    pub products: Vec<Hs6>,
    /// By product and then country, thousand USD a year.
    exports: Vec<f64>,
    /// Exports of each country, all products that the kept countries export.
    pub country_exports: Vec<f64>,
    /// Exports of each product by all kept countries.
    pub product_exports: Vec<f64>,
    /// All of them, before what has no advantage anywhere is left out: what RCA rests on.
    pub total: f64,
    /// All exports of the data in these years, those left out too.
    pub world: f64,
    /// What is left out: countries, then products.
    pub dropped: Vec<Dropped>,
}

impl Sample {
    /// Exports of the countries and products that are compared, thousand USD a year. [`Sample::total`], which RCA rests on, also has what countries and products without any
    /// advantage export.
    pub fn compared(&self) -> f64 {
        self.exports.iter().fold(0.0, |sum, x| sum + x)
    }

    /// Exports of a country of a product, thousand USD a year.
    pub fn exports(&self, country: usize, product: usize) -> f64 {
        self.exports[product * self.countries.len() + country]
    }

    /// RCA of a country in a product, among the countries of the sample.
    pub fn rca(&self, country: usize, product: usize) -> Option<f64> {
        comparative_advantage(
            self.exports(country, product),
            self.country_exports[country],
            self.product_exports[product],
            self.total,
        )
    }

    /// Position of a country.
    pub fn position(&self, country: CountryId) -> Option<usize> {
        self.countries.iter().position(|c| *c == country)
    }

    /// How many countries (or products) are left out for each reason, and their exports.
    pub fn account(&self, countries: bool) -> Vec<(DropReason, usize, ThousandUsd)> {
        let of = |dropped: &&Dropped| matches!(dropped.left, Left::Country(_)) == countries;
        let mut account: Vec<(DropReason, usize, ThousandUsd)> = Vec::new();
        for dropped in self.dropped.iter().filter(of) {
            let value = ThousandUsd::new(dropped.value);
            match account.iter_mut().find(|(reason, ..)| *reason == dropped.reason) {
                Some((_, count, sum)) => {
                    *count += 1;
                    *sum += value;
                }
                None => account.push((dropped.reason, 1, value)),
            }
        }
        account.sort_by_key(|(reason, ..)| *reason);
        account
    }

    /// The countries or products that are left out for a reason and export anything, the largest exporter first.
    pub fn left_out_for(&self, reason: DropReason, countries: bool) -> Vec<Left> {
        let of = |d: &&Dropped| {
            d.reason == reason && d.value > 0.0 && matches!(d.left, Left::Country(_)) == countries
        };
        let mut of: Vec<&Dropped> = self.dropped.iter().filter(of).collect();
        of.sort_by(|a, b| b.value.total_cmp(&a.value));
        of.into_iter().map(|d| d.left).collect()
    }

    /// Chooses countries and products, and finds M. RCA is that among the countries that are kept, so that it is the same as if the others did not exist.
    /// Countries and products without any comparative advantage are left out until there are none.
    ///
    /// # Errors
    /// [`ComplexityError::NoCountry`] if nobody is left.
    pub(super) fn choose(
        matrix: &ExportMatrix,
        kept: &[Result<(), DropReason>],
        options: &ComplexityOptions,
    ) -> Result<(Self, Advantage), ComplexityError> {
        let mut of_country = vec![0.0; matrix.countries()];
        for p in 0..matrix.products.len() {
            of_country.iter_mut().zip(matrix.of(p)).for_each(|(sum, value)| *sum += value);
        }
        let id = |c: usize| CountryId::new(c as u16);
        let mut dropped: Vec<Dropped> = Vec::new();
        let mut countries: Vec<usize> = Vec::new();
        for (c, kept) in kept.iter().enumerate() {
            match kept {
                _ if of_country[c] == 0.0 => dropped.push(Dropped {
                    left: Left::Country(id(c)),
                    reason: DropReason::NothingExported,
                    value: 0.0,
                }),
                Ok(()) => countries.push(c),
                Err(reason) => {
                    dropped.push(Dropped {
                        left: Left::Country(id(c)),
                        reason: *reason,
                        value: of_country[c],
                    });
                }
            }
        }
        if countries.is_empty() {
            let words = |d: &Dropped| d.reason.in_words(options);
            let why =
                dropped.iter().max_by(|a, b| a.value.total_cmp(&b.value)).map_or_else(String::new, words);
            return Err(ComplexityError::NoCountry(why));
        }
        let country_exports: Vec<f64> = countries.iter().map(|&c| of_country[c]).collect();
        let mut sample = Self {
            countries: countries.iter().map(|&c| id(c)).collect(),
            products: Vec::new(),
            exports: Vec::new(),
            total: country_exports.iter().fold(0.0, |sum, x| sum + x),
            world: of_country.iter().fold(0.0, |sum, x| sum + x),
            country_exports,
            product_exports: Vec::new(),
            dropped,
        };
        for (p, &product) in matrix.products.iter().enumerate() {
            let row = matrix.of(p);
            let exports: f64 = countries.iter().fold(0.0, |sum, &c| sum + row[c]);
            if exports > 0.0 {
                sample.products.push(product);
                sample.product_exports.push(exports);
                sample.exports.extend(countries.iter().map(|&c| row[c]));
            } else {
                let value = row.iter().fold(0.0, |sum, x| sum + x);
                let reason = DropReason::OnlyByOthers;
                sample.dropped.push(Dropped { left: Left::Product(product), reason, value });
            }
        }
        let m = sample.advantage(options);
        Ok(sample.without_empty(m))
    }

    fn advantage(&self, options: &ComplexityOptions) -> Advantage {
        let countries = self.countries.len();
        let of = |p: usize| {
            let counts = move |&c: &u16| self.rca(usize::from(c), p).is_some_and(|rca| options.counts(rca));
            (0..countries as u16).filter(counts).collect::<Vec<u16>>()
        };
        Advantage::new(countries, (0..self.products.len()).map(of))
    }

    /// Leaves out countries and products without a one, until there are none.
    fn without_empty(mut self, mut m: Advantage) -> (Self, Advantage) {
        loop {
            let keep_country: Vec<bool> = m.diversity().iter().map(|&k| k > 0).collect();
            let keep_product: Vec<bool> = (0..m.products()).map(|p| m.ubiquity(p) > 0).collect();
            if keep_country.iter().chain(&keep_product).all(|keep| *keep) {
                return (self, m);
            }
            let wide = self.countries.len();
            let reason = DropReason::NoAdvantage;
            for (c, &id) in self.countries.iter().enumerate().filter(|(c, _)| !keep_country[*c]) {
                let value = self.country_exports[c];
                self.dropped.push(Dropped { left: Left::Country(id), reason, value });
            }
            for (p, &product) in self.products.iter().enumerate().filter(|(p, _)| !keep_product[*p]) {
                let value = self.product_exports[p];
                self.dropped.push(Dropped { left: Left::Product(product), reason, value });
            }
            let mut place = vec![u16::MAX; wide];
            let left = (0..wide).filter(|&c| keep_country[c]);
            left.enumerate().for_each(|(at, c)| place[c] = at as u16);
            let products: Vec<usize> = (0..m.products()).filter(|&p| keep_product[p]).collect();
            let exporters_of =
                |&p: &usize| m.exporters(p).iter().map(|&c| place[usize::from(c)]).collect::<Vec<u16>>();
            let smaller = Advantage::new(
                keep_country.iter().filter(|keep| **keep).count(),
                products.iter().map(exporters_of),
            );
            let exports = products.iter().flat_map(|&p| {
                let row = &self.exports[p * wide..(p + 1) * wide];
                row.iter().zip(&keep_country).filter(|(_, keep)| **keep).map(|(value, _)| *value)
            });
            self.exports = exports.collect();
            self.products = products.iter().map(|&p| self.products[p]).collect();
            self.product_exports = products.iter().map(|&p| self.product_exports[p]).collect();
            let mut keep = keep_country.iter();
            self.countries.retain(|_| *keep.next().unwrap_or(&true));
            let mut keep = keep_country.iter();
            self.country_exports.retain(|_| *keep.next().unwrap_or(&true));
            m = smaller;
        }
    }
}

/// Which countries are large enough, by the tables that there are.
///
/// # Errors
/// [`ComplexityError::Country`] if one that is to be left out is not in the data; [`ComplexityError::Store`].
pub(super) fn large_enough(
    source: &dyn FlowSource,
    tables: &SideTables,
    options: &ComplexityOptions,
) -> Result<Vec<Result<(), DropReason>>, ComplexityError> {
    let countries = source.countries();
    if let Some(unknown) = options.exclude.iter().find(|code| countries.by_iso3_or_alias(code).is_none()) {
        let help = countries.help_with(unknown);
        return Err(ComplexityError::Country(format!("{unknown} is not a country of the data{help}")));
    }
    let exports = mean_exports(source, tables, options)?;
    let excluded: Vec<CountryId> =
        options.exclude.iter().filter_map(|code| countries.by_iso3_or_alias(code)).collect();
    let of_country = |(id, country): (CountryId, &Country)| {
        if excluded.contains(&id) {
            return Err(DropReason::Excluded);
        }
        if let Some(population) = &tables.population {
            let last = options.years.last;
            let wanted = |((year, code), _): &(&(u16, String), &f64)| *code == country.iso3 && *year <= last;
            // By year, and so the newest is the last one.
            let newest = population.inhabitants.iter().rfind(wanted);
            match newest {
                None => return Err(DropReason::NoPopulation),
                Some((_, inhabitants)) if *inhabitants < options.least_population => {
                    return Err(DropReason::Population);
                }
                Some(_) => {}
            }
        }
        match exports[id.index()] {
            None => Err(DropReason::NoExports),
            Some(value) if value < options.least_exports.get() => Err(DropReason::Exports),
            Some(_) => Ok(()),
        }
    };
    Ok(countries.iter().map(of_country).collect())
}

/// The years over whose mean the exports of countries are compared with what they have to be.
pub(super) fn years_of_exports(last: u16) -> std::ops::RangeInclusive<u16> {
    last.saturating_sub(YEARS_OF_EXPORTS - 1)..=last
}

/// Mean exports of each country over the last years, thousand USD: of the table, or of the trade data. `None` where the table has none.
fn mean_exports(
    source: &dyn FlowSource,
    tables: &SideTables,
    options: &ComplexityOptions,
) -> Result<Vec<Option<f64>>, StoreError> {
    let countries: &Countries = source.countries();
    let years = years_of_exports(options.years.last);
    if let Some(table) = &tables.exports {
        let mean = |code: &str| {
            let known: Vec<f64> = years.clone().filter_map(|year| table.exports(year, code)).collect();
            (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
        };
        return Ok(countries.iter().map(|(_, country)| mean(&country.iso3)).collect());
    }
    let there: Vec<u16> = source.years().into_iter().filter(|year| years.contains(year)).collect();
    let mut sums = vec![0.0; countries.len()];
    for &year in &there {
        let margins = source.margins(year)?;
        for (exporter, sum) in sums.iter_mut().enumerate() {
            *sum += (0..margins.countries()).fold(0.0, |all, to| all + margins.between(exporter, to));
        }
    }
    Ok(sums.into_iter().map(|sum| Some(sum / there.len().max(1) as f64)).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::ingest::tables::Population;
    use crate::nomenclature::YearRange;
    use crate::progress::Silent;
    use crate::trade::FlowTable;

    fn flows() -> FlowTable {
        FlowTable::from_rows([
            (2021, "100100", "DEU", "USA", 2e6),
            (2023, "100100", "DEU", "USA", 4e6),
            (2023, "100200", "FRA", "USA", 3e6),
            (2023, "100100", "FRA", "USA", 1e6),
            (2023, "100300", "LUX", "USA", 9e5),
            (2023, "100200", "TUV", "USA", 1e3),
            (2023, "100200", "JPN", "USA", 2e6),
        ])
        .unwrap()
    }

    #[test]
    fn what_is_left_out_is_counted_with_reason_and_value() {
        let flows = flows();
        let options = ComplexityOptions {
            exclude: vec!["JPN".to_owned()],
            ..ComplexityOptions::of(YearRange { first: 2023, last: 2023 })
        };
        let kept = large_enough(&flows, &SideTables::default(), &options).unwrap();
        // Luxembourg: 0.9 billion in 2023, none in 2021: a mean of 0.45 over the two years that there are.
        let matrix = ExportMatrix::read(&flows, &[2023], &Silent).unwrap();
        let (sample, m) = Sample::choose(&matrix, &kept, &options).unwrap();
        let codes: Vec<&str> =
            sample.countries.iter().map(|&c| flows.countries().get(c).iso3.as_str()).collect();
        assert_eq!(codes, ["DEU", "FRA"]);
        assert_eq!(sample.products.iter().map(ToString::to_string).collect::<Vec<_>>(), ["100100", "100200"]);
        let account = |of: bool| -> Vec<(&str, usize, f64)> {
            sample.account(of).iter().map(|(r, n, v)| (r.key(), *n, v.get())).collect()
        };
        assert_eq!(
            account(true),
            [("nothing_exported", 1, 0.0), ("excluded", 1, 2e6), ("exports", 2, 901_000.0)]
        );
        assert_eq!(account(false), [("only_by_others", 1, 9e5)]);
        assert_eq!((sample.total, sample.world), (8e6, 10_901_000.0));
        // RCA among the two that are left: Germany sells all its 4 of 5 in 100100, (4/4)/(5/8); France (1/4)/(5/8) and (3/4)/(3/8).
        assert_eq!([sample.rca(0, 0), sample.rca(1, 0), sample.rca(1, 1)], [Some(1.6), Some(0.4), Some(2.0)]);
        assert_eq!((m.exporters(0), m.exporters(1)), (&[0u16][..], &[1u16][..]));
        let unknown = ComplexityOptions { exclude: vec!["QQQ".to_owned()], ..options };
        let error = large_enough(&flows, &SideTables::default(), &unknown).unwrap_err();
        assert_eq!(error.to_string(), "QQQ is not a country of the data");
    }

    #[test]
    fn a_table_of_population_takes_the_newest_year_up_to_the_last() {
        let flows = flows();
        let options = ComplexityOptions::of(YearRange { first: 2023, last: 2023 });
        let rows = [
            (2019, "DEU", 8e7),
            (2024, "DEU", 5.0),
            (2023, "FRA", 7e7),
            (2023, "LUX", 6.6e5),
            (2024, "JPN", 1e8),
        ];
        let inhabitants: BTreeMap<(u16, String), f64> =
            rows.iter().map(|(year, code, n)| ((*year, (*code).to_owned()), *n)).collect();
        let population = Some(Population { inhabitants, notes: Vec::new() });
        let kept = large_enough(&flows, &SideTables { population, exports: None }, &options).unwrap();
        let of = |code: &str| kept[flows.countries().by_iso3(code).unwrap().index()];
        assert_eq!([of("DEU"), of("FRA")], [Ok(()), Ok(())]);
        assert_eq!([of("LUX"), of("JPN")], [Err(DropReason::Population), Err(DropReason::NoPopulation)]);
    }

    #[test]
    fn empty_rows_and_columns_go() {
        let flows = flows();
        let options = ComplexityOptions {
            threshold: 1.7,
            least_exports: ThousandUsd::new(0.0),
            ..ComplexityOptions::of(YearRange { first: 2023, last: 2023 })
        };
        let kept = large_enough(&flows, &SideTables::default(), &options).unwrap();
        let matrix = ExportMatrix::read(&flows, &[2023], &Silent).unwrap();
        let (sample, m) = Sample::choose(&matrix, &kept, &options).unwrap();
        // RCA of Germany in 100100 is 10.9/5 = 2.18; of France in 100200 (3/4)/(5.001/10.901) = 1.63: too little.
        assert!(sample.countries.iter().all(|&c| flows.countries().get(c).iso3 != "FRA"));
        assert_eq!((m.countries(), m.products()), (sample.countries.len(), sample.products.len()));
        assert!(
            sample
                .account(true)
                .iter()
                .any(|(r, n, v)| (*r, *n, v.get()) == (DropReason::NoAdvantage, 1, 4e6))
        );
        for p in 0..m.products() {
            for c in 0..m.countries() {
                assert_eq!(m.holds(c, p), sample.rca(c, p).unwrap() >= 1.7);
            }
        }
    }
}
