//! All of it, from trade data.

use super::advantage::{Advantage, Component};
use super::density::{ProductSpace, product_space};
use super::error::ComplexityError;
use super::exports::ExportMatrix;
use super::fitness::{Fitness, VANISHING, ranks};
use super::index::{ComplexityIndex, IndexError, LEAST_GAP, WEAK_SIGN, complexity_index};
use super::options::{ComplexityOptions, LEAST_PRODUCTS, SideTables};
use super::sample::{Sample, large_enough};
use super::side_tables::{LastYear, limits_of, notes_of, problem_of};
use crate::nomenclature::texts::text_of;
use crate::nomenclature::{Countries, CountryId, Hs6};
use crate::plain_text::listed;
use crate::progress::Progress;
use crate::threads::within;
use crate::trade::extent::extent_of;
use crate::trade::{FlowSource, Provenance};
use crate::units::{counted, grouped};

/// Countries of a group that is named in an error.
const NAMED: usize = 6;

/// The complexity of countries and products in a year, or the mean of some.
#[derive(Debug, Clone, PartialEq)]
pub struct Complexity {
    /// What was asked for.
    pub options: ComplexityOptions,
    /// Where the trade comes from.
    pub provenance: Provenance,
    /// Countries and products, and what is left out.
    pub sample: Sample,
    /// Code and name of each country of the sample.
    pub countries: Vec<(String, String)>,
    /// What each product of the sample is; empty where nobody says.
    pub descriptions: Vec<String>,
    /// M.
    pub advantage: Advantage,
    /// ECI and PCI.
    pub index: ComplexityIndex,
    /// Rank of each country by ECI; 1 is the most complex.
    pub rank: Vec<usize>,
    /// Rank of each product by PCI.
    pub product_rank: Vec<usize>,
    /// Fitness and quality.
    pub fitness: Fitness,
    /// Density, outlook and gain.
    pub space: ProductSpace,
    /// What a country has to have to be compared, in words.
    pub limits: String,
    /// What a reader of the numbers should know.
    pub notes: Vec<String>,
}

/// ECI, PCI, fitness, density and outlook from trade data.
///
/// What it answers: which countries export what few others can make, which products are those, and which of them lie near to what a country makes already? See
/// `docs/methods/25-complexity.md` of the source code.
///
/// Works in the pool that it is called from; see [`crate::threads`].
///
/// # Errors
/// [`ComplexityError`]: a year that the data lack, an extract of the trade of the world or fewer than a thousand products (unless forced), an M that falls apart, with the
/// groups named, and what the data and tables themselves may have wrong.
///
/// ```
/// use monazite::complexity::{ComplexityOptions, SideTables, complexity};
/// use monazite::nomenclature::YearRange;
/// use monazite::progress::Silent;
/// use monazite::trade::FlowTable;
/// use monazite::units::ThousandUsd;
///
/// // Five exporters and six products, each sold to the world.
/// let sold = [("DEU", "111111"), ("FRA", "111100"), ("JPN", "111010"), ("PER", "110000"), ("GHA", "100100")];
/// let codes = ["010100", "020200", "030300", "040400", "050500", "060600"];
/// let rows = sold.iter().flat_map(|(country, row)| {
///     let held = row.bytes().enumerate().filter(|(_, digit)| *digit == b'1');
///     held.map(|(p, _)| (2023, codes[p], *country, "USA", 10.0))
/// });
/// let flows = FlowTable::from_rows(rows)?;
/// let options = ComplexityOptions {
///     least_exports: ThousandUsd::new(0.0),
///     force: true, // six products are no release
///     ..ComplexityOptions::of(YearRange { first: 2023, last: 2023 })
/// };
/// let found = complexity(&flows, &SideTables::default(), &options, &Silent)?;
/// assert_eq!(found.countries.len(), 5);
/// assert!(found.notes.iter().any(|note| note.contains("6 products")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn complexity(
    source: &dyn FlowSource,
    tables: &SideTables,
    options: &ComplexityOptions,
    progress: &dyn Progress,
) -> Result<Complexity, ComplexityError> {
    within(|| computed(source, tables, options, progress))
}

fn computed(
    source: &dyn FlowSource,
    tables: &SideTables,
    options: &ComplexityOptions,
    progress: &dyn Progress,
) -> Result<Complexity, ComplexityError> {
    if !(options.threshold > 0.0 && options.threshold.is_finite()) {
        return Err(ComplexityError::Threshold(options.threshold));
    }
    let years: Vec<u16> = (options.years.first..=options.years.last).collect();
    let provenance = source.provenance();
    let matrix = ExportMatrix::read(source, &years, progress)?;
    let mut notes = of_extract(source, &provenance, &years, options)?;
    let last = options.years.last;
    let held = exports_in(source, last)?;
    if let Some(wrong) = problem_of(tables, &held) {
        return Err(ComplexityError::SideTable(wrong));
    }
    let exported = matrix.products.len();
    let kept = large_enough(source, tables, options)?;
    let (sample, advantage) = Sample::choose(&matrix, &kept, options)?;
    drop(matrix);
    progress.go_on()?;
    if sample.products.is_empty() {
        return Err(ComplexityError::NoAdvantage { threshold: options.threshold, strict: options.strict });
    }
    if sample.products.len() < LEAST_PRODUCTS {
        if !options.force {
            return Err(ComplexityError::FewProducts {
                products: sample.products.len(),
                exported,
                least: LEAST_PRODUCTS,
            });
        }
        notes.push(format!(
            "{} too few: of fewer than {LEAST_PRODUCTS} a number comes out, but it is not ECI, which compares whole export baskets.",
            match sample.products.len() as u64 {
                1 => "1 product is".to_owned(),
                n => format!("{} are", counted(n, ["product", "products"])),
            }
        ));
    }
    let names = |id: &CountryId| {
        let country = source.countries().get(*id);
        (country.iso3.clone(), country.name.clone())
    };
    let countries: Vec<(String, String)> = sample.countries.iter().map(names).collect();
    let index = complexity_index(&advantage).map_err(|error| match error {
        IndexError::Disconnected(parts) => ComplexityError::Disconnected(named(&parts, &countries, &sample)),
        error => ComplexityError::Index(error),
    })?;
    progress.go_on()?;
    let fitness = Fitness::of(&advantage);
    progress.go_on()?;
    let space = product_space(&advantage, &index, options.itself);
    notes.extend(notes_of(source, tables, options, &held, sample.products.len()));
    notes.extend(of_index(&index));
    notes.extend(of_fitness(&fitness, &advantage, &countries, &sample));
    let edition = provenance.hs_edition();
    let text =
        |&p: &Hs6| source.description(p).or_else(|| text_of(p, edition)).unwrap_or_default().to_owned();
    let descriptions = sample.products.iter().map(text).collect();
    let (rank, product_rank) = (ranks(&index.eci), ranks(&index.pci));
    let limits = limits_of(tables, options);
    let options = options.clone();
    Ok(Complexity {
        options,
        provenance,
        sample,
        countries,
        descriptions,
        advantage,
        index,
        rank,
        product_rank,
        fitness,
        space,
        limits,
        notes,
    })
}

/// Refuses an extract, or says that it is one.
fn of_extract(
    source: &dyn FlowSource,
    provenance: &Provenance,
    years: &[u16],
    options: &ComplexityOptions,
) -> Result<Vec<String>, ComplexityError> {
    if provenance.synthetic {
        return Ok(Vec::new());
    }
    for &year in years {
        let products = source.traded_in(year).len();
        let Some(extent) = extent_of(&source.margins(year)?, products, source.countries()) else { continue };
        let of = extent.countries.iter().map(|&c| code_at(source.countries(), c));
        let words = format!("all {} of {}", extent.kind.key(), listed(of, ""));
        if !options.force {
            return Err(ComplexityError::Extract(words));
        }
        return Ok(vec![format!(
            "The trade is an extract ({words}), not that of the world: RCA, and all that is made of it, is that of the extract."
        )]);
    }
    Ok(Vec::new())
}

/// What every country exports in a year.
fn exports_in(source: &dyn FlowSource, year: u16) -> Result<LastYear, ComplexityError> {
    let margins = source.margins(year)?;
    let of =
        |exporter: usize| (0..margins.countries()).fold(0.0, |sum, to| sum + margins.between(exporter, to));
    let exports = (0..margins.countries()).map(|c| (code_at(source.countries(), c as u16), of(c)));
    Ok(LastYear { year, exports: exports.filter(|(_, value)| *value > 0.0).collect() })
}

fn code_at(countries: &Countries, position: u16) -> String {
    countries.get(CountryId::new(position)).iso3.clone()
}

/// Groups of countries without a common product, in words.
fn named(parts: &[Component], countries: &[(String, String)], sample: &Sample) -> Vec<String> {
    let words = |part: &Component| {
        let codes = part.countries.iter().map(|&c| &countries[c].0);
        let products = counted(part.products.len() as u64, ["product", "products"]);
        let few = part.products.iter().take(NAMED).map(|&p| sample.products[p].to_string());
        let which =
            if part.products.len() > NAMED { String::new() } else { format!(": {}", listed(few, "")) };
        format!("{} with {products}{which}", listed(codes, ""))
    };
    // Nobody wants the countries of the large group left out.
    let in_words = |(n, part): (usize, &Component)| match part.countries.len() {
        many if n == 0 && many > NAMED => {
            format!("{many} countries with {}", counted(part.products.len() as u64, ["product", "products"]))
        }
        _ => words(part),
    };
    parts.iter().enumerate().map(in_words).collect()
}

fn of_index(index: &ComplexityIndex) -> Vec<String> {
    let mut notes = Vec::new();
    if index.gap() < LEAST_GAP {
        notes.push(format!(
            "ECI is not identified: the second and third eigenvalue differ by less than {LEAST_GAP:e}, and another direction divides the countries as well. Ranks by it say nothing."
        ));
    }
    if index.with_diversity < WEAK_SIGN {
        notes.push(format!(
            "The sign of ECI is open: its correlation with diversity is only {:.2}. Compare it with GDP per head before you say which end is the complex one.",
            index.with_diversity
        ));
    }
    notes
}

fn of_fitness(
    fitness: &Fitness,
    m: &Advantage,
    countries: &[(String, String)],
    sample: &Sample,
) -> Vec<String> {
    let mut notes = Vec::new();
    let unsettled: Vec<usize> = fitness.unsettled().collect();
    if !unsettled.is_empty() {
        notes.push(format!(
            "Fitness is not settled: between 100 and 200 iterations the ranks of {} change ({}).",
            counted(unsettled.len() as u64, ["country", "countries"]),
            listed(unsettled.iter().map(|&c| &countries[c].0), "")
        ));
    }
    if fitness.vanishing() > 0 {
        notes.push(format!(
            "Fitness of {} is below {VANISHING:e} and on its way to 0: compare ranks, and take no logarithm.",
            counted(fitness.vanishing() as u64, ["country", "countries"])
        ));
    }
    let alone: Vec<usize> = (0..m.products()).filter(|&p| m.ubiquity(p) == 1).collect();
    if !alone.is_empty() {
        let words =
            |&p: &usize| format!("{} of {}", sample.products[p], countries[usize::from(m.exporters(p)[0])].0);
        notes.push(format!(
            "{} exported with advantage by one country alone ({}): fitness gives such a product all the quality of that country, so that one code can rule a rank.",
            match alone.len() {
                1 => "1 product is".to_owned(),
                n => format!("{} products are", grouped(n as u64)),
            },
            listed(alone.iter().map(words), "")
        ));
    }
    notes
}
