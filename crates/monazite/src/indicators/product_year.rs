//! One product in one year: from flows and instability to all indicators.

use super::comparative_advantage::comparative_advantage;
use super::concentration::{ZeroImports, freed_from_number, herfindahl};
use super::dependency::{Dependency, dependencies};
use super::exposure::exposure;
use super::import_content::{ContentSources, ImportContent};
use super::import_weights::ImportWeights;
use super::influence::{InfluenceMeasure, influence, influence_through, pv_free_network};
use super::leontief::Leontief;
use super::main_suppliers::{MainSupplier, main_suppliers};
use super::mass_balance::{
    MassBalance, Reading, content_of_exporters, content_through, mass_balance, mass_balance_of, reading,
};
use super::origin::{Origins, mean_crossings, origins};
use super::systemic_risk::{Reliance, RiskParameters, Solved, SystemicRisk, solve, trade_risk};
use super::trade_summary::{TradeSummary, imputed_shares};
use super::trickle::{TrickleLoop, trickle_loops};
use super::wanted::Wanted;
use crate::trade::TradeMatrix;

/// Total exports over the universe of products, for RCA.
#[derive(Debug, Clone, Copy)]
pub struct TotalExports<'a> {
    /// By country: all its exports; `None` where they are not known.
    pub countries: &'a [Option<f64>],
    /// All exports of the world.
    pub world: f64,
}

/// Imports and exports by value of every country, where the matrix holds quantities.
#[derive(Debug, Clone, Copy)]
pub struct ValueMargins<'a> {
    /// By country: its imports of the product.
    pub imports: &'a [f64],
    /// By country: its exports of the product.
    pub exports: &'a [f64],
}

/// What is to be computed, and how. The default is the paper's reading, without what needs more than flows and instability.
#[derive(Debug, Clone, Copy)]
pub struct ProductYearOptions<'a> {
    /// Options of systemic trade risk.
    pub risk: RiskParameters,
    /// The import content of exports behind STR and influence; the mass-balanced pair is computed beside them whatever this says.
    pub import_content: ImportContent,
    /// Production, and the trade before re-exports are traced.
    pub content_sources: ContentSources<'a>,
    /// How influence is measured.
    pub influence: InfluenceMeasure,
    /// The instability of everybody for [`InfluenceMeasure::PvFree`], strictly between 0 and 1.
    pub pv_free_alpha: f64,
    /// The HHI of a country that trades the product and imports none.
    pub zero_imports_hhi: ZeroImports,
    /// How import reliance enters trade risk; `None`: no trade risk.
    pub trade_risk: Option<Reliance>,
    /// Dependencies with at least this contribution; `None`: no dependencies, which cost a solve an importer.
    pub least_contribution: Option<f64>,
    /// Origins with at least this share of an importer's purchases; `None`: no origins, which cost a solve an importer.
    pub least_origin_share: Option<f64>,
    /// Totals behind RCA; `None`: no RCA.
    pub totals: Option<TotalExports<'a>>,
    /// Imports and exports by value, for a matrix of quantities; they are then the ones that are shown, and RCA and trade risk rest on them.
    pub value_margins: Option<ValueMargins<'a>>,
    /// By country: whether its political stability is imputed; `None`: no imputed shares.
    pub imputed: Option<&'a [bool]>,
    /// Entrepots, by position; none: no share of influence through them, which costs two factorisations.
    pub hubs: &'a [usize],
    /// What is computed at all.
    pub wanted: Wanted,
}

impl Default for ProductYearOptions<'_> {
    fn default() -> Self {
        Self {
            risk: RiskParameters::default(),
            import_content: ImportContent::default(),
            content_sources: ContentSources::default(),
            influence: InfluenceMeasure::default(),
            pv_free_alpha: 0.5,
            zero_imports_hhi: ZeroImports::default(),
            trade_risk: None,
            least_contribution: None,
            least_origin_share: None,
            totals: None,
            value_margins: None,
            imputed: None,
            hubs: &[],
            wanted: Wanted::ALL,
        }
    }
}

/// What does not fit a product-year.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProductYearError {
    /// An array that does not have one entry a country.
    #[error("{what}: {given} numbers for {countries} countries; give one a country")]
    Length {
        /// What the array holds.
        what: &'static str,
        /// How many entries it has.
        given: usize,
        /// How many countries there are.
        countries: usize,
    },
    /// An instability that is no number in \[0, 1\].
    #[error("the instability of country {country} is {value}; it lies in 0 to 1 (1 - PV/100)")]
    Instability {
        /// Position of the country.
        country: usize,
        /// What was given.
        value: f64,
    },
    /// A damping that is no number in (0, 1\].
    #[error("the damping is {0}; it lies above 0 and is at most 1")]
    Damping(f64),
    /// An equal instability that is not strictly between 0 and 1.
    #[error("the equal instability of influence without stability is {0}; it lies strictly between 0 and 1")]
    EqualInstability(f64),
    /// An entrepot that is no country.
    #[error("entrepot {hub}: there are {countries} countries, counted from 0")]
    Hub {
        /// The position given.
        hub: usize,
        /// How many countries there are.
        countries: usize,
    },
}

/// Memory that is used again from product-year to product-year; one a thread.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    /// For the elimination; free between product-years.
    pub leontief: Leontief,
}

/// All indicators of one product in one year. Arrays go by country; `None` is undefined.
///
/// [`super::Column`] is the table of those that have a column in `indicators.parquet`: name, label, unit, range, definition.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductYear {
    /// Imports, by value if value margins were given.
    pub imports: Vec<f64>,
    /// Exports, likewise.
    pub exports: Vec<f64>,
    /// Exposure, in the unit of the matrix.
    pub exposure: Vec<Option<f64>>,
    /// Herfindahl-Hirschman index of suppliers.
    pub hhi: Vec<Option<f64>>,
    /// HHI freed from the number of suppliers.
    pub hhi_normalised: Vec<Option<f64>>,
    /// Systemic trade risk, with its direct and its indirect part and the countries that had to be clamped.
    pub risk: SystemicRisk,
    /// The import content φ of exports behind it, `None` for a country that exports nothing; empty in the paper's reading, where it is 1.
    pub content: Vec<Option<f64>>,
    /// Influence.
    pub influence: Vec<Option<f64>>,
    /// STR and influence if nobody passes on more than mass balance lets it.
    pub mass_balance: MassBalance,
    /// STR if every importer passes on everything; `None` for all where that is what STR is.
    pub str_full: Vec<Option<f64>>,
    /// Revealed comparative advantage; `None` for all without totals.
    pub rca: Vec<Option<f64>>,
    /// Share of imports from suppliers whose stability is imputed; `None` for all if it is not known whose is.
    pub imputed_share: Vec<Option<f64>>,
    /// Import reliance times STR; `None` for all if not asked for.
    pub trade_risk: Vec<Option<f64>>,
    /// Each country's share in world imports.
    pub import_weights: ImportWeights,
    /// Mean STR over importers, weighted by imports.
    pub weighted_str: Option<f64>,
    /// Mean STR over importers, all alike.
    pub plain_str: Option<f64>,
    /// Who depends on whom; empty if not asked for.
    pub dependencies: Vec<Dependency>,
    /// Whose goods importers buy in the end, under mass balance; empty if not asked for.
    pub origins: Origins,
    /// Mean number of borders that goods have crossed when they reach whoever keeps them; `None` also where re-exports are traced.
    pub crossings: Option<f64>,
    /// The main suppliers of every importer.
    pub main_suppliers: Vec<MainSupplier>,
    /// Trickles of imports that close loops.
    pub trickle_loops: Vec<TrickleLoop>,
    /// Size and gaps of the trade.
    pub summary: TradeSummary,
    /// Share of the influence between other countries that passes through the entrepots; `None` without entrepots.
    pub through_hubs: Option<f64>,
}

/// Computes all indicators of one product in one year.
///
/// A pure function: no file, no study, no thread of its own, and the same bits for the same input on every machine. Give the countries in
/// the order of their codes: the elimination goes by position, and another order changes the last bits of STR. `instability` is
/// w = 1 - PV/100 of every country; the workspace may come from any other product-year.
///
/// # Errors
/// [`ProductYearError`] if an array does not have one entry a country, or a number is out of its range.
///
/// ```
/// use monazite::indicators::{Column, ProductYearOptions, Workspace, product_year};
/// use monazite::trade::TradeMatrix;
/// // A sends 60 to B and 30 to C; B sends 10 to A and 50 to C; C sends 20 to B.
/// let trade = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let instability = [0.75, 0.2, 0.5];
/// let mut workspace = Workspace::default();
/// let year = product_year(&trade, &instability, &ProductYearOptions::default(), &mut workspace)?;
/// assert!((year.risk.str[1].unwrap() - 1.9918699187).abs() < 1e-9);
/// assert_eq!((year.hhi[1], year.exposure[1]), (Some(0.625), Some(80.0 / 140.0)));
/// for column in Column::ALL {
///     println!("{} {:?} {}", column.label(), column.values(&trade, &year).at(1), column.unit());
/// }
/// # Ok::<(), monazite::indicators::ProductYearError>(())
/// ```
pub fn product_year(
    matrix: &TradeMatrix,
    instability: &[f64],
    options: &ProductYearOptions<'_>,
    workspace: &mut Workspace,
) -> Result<ProductYear, ProductYearError> {
    check(matrix.countries(), instability, options)?;
    let leontief = &mut workspace.leontief;
    let (wanted, undefined) = (options.wanted, || vec![None; matrix.countries()]);
    let risks = match wanted.network() {
        true => risks(matrix, instability, options, leontief),
        false => Risks::undefined(matrix.countries()),
    };
    let balanced = match risks.balanced {
        Some(balanced) => balanced,
        None if !wanted.balance() => MassBalance::undefined(matrix.countries()),
        None => mass_balance(matrix, instability, options.content_sources, &reading_of(options), leontief),
    };
    let import_weights = if wanted.records { ImportWeights::of(matrix) } else { ImportWeights::default() };
    let (weighted_str, plain_str) = match wanted.records {
        true => (import_weights.mean(&risks.risk.str), import_weights.plain_mean(&risks.risk.str)),
        false => (None, None),
    };
    let of_suppliers = concentration(matrix, options.zero_imports_hhi);
    let margins = options
        .value_margins
        .unwrap_or(ValueMargins { imports: matrix.imports(), exports: matrix.exports() });
    let crossings = || options.content_sources.margins.map_or_else(|| mean_crossings(matrix), |_| None);
    Ok(ProductYear {
        imports: margins.imports.to_vec(),
        exports: margins.exports.to_vec(),
        exposure: matrix.imports().iter().zip(matrix.exports()).map(|(&m, &x)| exposure(m, x)).collect(),
        hhi: of_suppliers.hhi,
        hhi_normalised: of_suppliers.normalised,
        content: risks.content,
        influence: risks.influence,
        str_full: risks.full.unwrap_or_else(undefined),
        rca: options.totals.map_or_else(undefined, |totals| advantages(margins.exports, totals)),
        imputed_share: options.imputed.map_or_else(undefined, |imputed| imputed_shares(matrix, imputed)),
        trade_risk: options
            .trade_risk
            .map_or_else(undefined, |reliance| trade_risks(reliance, margins, &risks.risk.str)),
        import_weights,
        weighted_str,
        plain_str,
        dependencies: risks.dependencies,
        origins: options
            .least_origin_share
            .filter(|_| wanted.origins)
            .map_or_else(Origins::default, |least| origins(matrix, &balanced.content, least, leontief)),
        crossings: if wanted.records { crossings() } else { None },
        main_suppliers: if wanted.main_suppliers { main_suppliers(matrix) } else { Vec::new() },
        trickle_loops: risks.loops,
        summary: match wanted.records {
            true => TradeSummary::of(matrix, options.imputed),
            false => TradeSummary::default(),
        },
        through_hubs: risks.through_hubs,
        risk: risks.risk,
        mass_balance: balanced,
    })
}

/// What rests on the network of suppliers, under the reading of the options.
struct Risks {
    risk: SystemicRisk,
    /// Import content; empty in the paper's reading.
    content: Vec<Option<f64>>,
    influence: Vec<Option<f64>>,
    /// STR of the paper, where the reading is another.
    full: Option<Vec<Option<f64>>>,
    /// The mass-balanced pair, where it is known by then.
    balanced: Option<MassBalance>,
    dependencies: Vec<Dependency>,
    loops: Vec<TrickleLoop>,
    through_hubs: Option<f64>,
}

impl Risks {
    /// What nobody asked for.
    fn undefined(countries: usize) -> Self {
        let undefined = || vec![None; countries];
        let risk = SystemicRisk {
            str: undefined(),
            direct: undefined(),
            indirect: undefined(),
            importer_sums: Vec::new(),
            clamped: Vec::new(),
        };
        Self {
            risk,
            content: Vec::new(),
            influence: undefined(),
            full: None,
            balanced: None,
            dependencies: Vec::new(),
            loops: Vec::new(),
            through_hubs: None,
        }
    }
}

fn reading_of(options: &ProductYearOptions<'_>) -> Reading {
    Reading { risk: options.risk, influence: options.influence, pv_free_alpha: options.pv_free_alpha }
}

fn risks(
    matrix: &TradeMatrix,
    instability: &[f64],
    options: &ProductYearOptions<'_>,
    leontief: &mut Leontief,
) -> Risks {
    let Solved { risk, mut network } = solve(matrix, instability, &options.risk, leontief);
    let wanted = options.wanted;
    let loops = match wanted.records {
        true => trickle_loops(matrix, &risk.importer_sums, &mut network),
        false => Vec::new(),
    };
    if options.import_content != ImportContent::Full {
        return risks_of_content(matrix, instability, options, (risk.str, loops), leontief);
    }
    let least = options.least_contribution.filter(|_| wanted.dependencies);
    let dependencies = least.map_or_else(Vec::new, |least| {
        dependencies(matrix, instability, options.risk.damping, &risk.importer_sums, least, &mut network)
    });
    let (influence, balanced) = match options.influence {
        _ if !wanted.influence && !wanted.balance() => (vec![None; matrix.countries()], None),
        InfluenceMeasure::PvFree => {
            let mut network = pv_free_network(matrix, options.pv_free_alpha, leontief);
            (influence(InfluenceMeasure::PvFree, matrix, &risk.importer_sums, &mut network), None)
        }
        measure => {
            let influence = match wanted.influence {
                true => influence(measure, matrix, &risk.importer_sums, &mut network),
                false => vec![None; matrix.countries()],
            };
            let (sources, how) = (options.content_sources, reading_of(options));
            let balanced = wanted
                .balance()
                .then(|| mass_balance_of(matrix, instability, sources, &how, &risk, network))
                .flatten();
            (influence, balanced)
        }
    };
    let through_hubs = if options.hubs.is_empty() {
        None
    } else {
        let weight: Vec<f64> = instability.iter().map(|w| w * options.risk.damping).collect();
        influence_through(options.hubs, matrix, &weight, leontief)
    };
    let content = Vec::new();
    Risks { risk, content, influence, full: None, balanced, dependencies, loops, through_hubs }
}

/// As [`risks`], where exporters do not pass on everything; `paper` is what the paper's reading comes to, STR and the loops of trickles.
fn risks_of_content(
    matrix: &TradeMatrix,
    instability: &[f64],
    options: &ProductYearOptions<'_>,
    paper: (Vec<Option<f64>>, Vec<TrickleLoop>),
    leontief: &mut Leontief,
) -> Risks {
    let (full, loops) = paper;
    let content = super::import_content(options.import_content, matrix, options.content_sources);
    let least = options.least_contribution.filter(|_| options.wanted.dependencies);
    let found = reading(matrix, instability, &content, &reading_of(options), least, leontief);
    let through_hubs = if options.hubs.is_empty() {
        None
    } else {
        let weight: Vec<f64> = instability.iter().map(|w| w * options.risk.damping).collect();
        content_through(options.hubs, matrix, &weight, &content, leontief)
    };
    let of_exporters = content_of_exporters(&content, matrix, options.content_sources);
    let indirect = found.risk.indirect(matrix, &content);
    let balanced = (options.import_content == ImportContent::MassBalance).then(|| {
        MassBalance::of(matrix, options.content_sources, content, &found.risk, found.influence.clone())
    });
    let risk = SystemicRisk {
        importer_sums: found.risk.excess.iter().map(|e| 1.0 + e).collect(),
        str: found.risk.str,
        direct: found.risk.direct,
        indirect,
        clamped: found.risk.clamped,
    };
    let (influence, dependencies) = (found.influence, found.dependencies);
    let content = of_exporters;
    Risks { risk, content, influence, full: Some(full), balanced, dependencies, loops, through_hubs }
}

fn check(
    countries: usize,
    instability: &[f64],
    options: &ProductYearOptions<'_>,
) -> Result<(), ProductYearError> {
    let lengths = [
        ("instability", Some(instability.len())),
        ("total exports", options.totals.map(|t| t.countries.len())),
        ("imports by value", options.value_margins.map(|m| m.imports.len())),
        ("exports by value", options.value_margins.map(|m| m.exports.len())),
        ("whether stability is imputed", options.imputed.map(<[bool]>::len)),
        ("production", options.content_sources.production.map(<[Option<f64>]>::len)),
        ("imports before tracing", options.content_sources.margins.map(|m| m.imports.len())),
        ("exports before tracing", options.content_sources.margins.map(|m| m.exports.len())),
        ("whether re-exports are traced", options.content_sources.margins.map(|m| m.traced.len())),
    ];
    for (what, given) in lengths {
        if let Some(given) = given.filter(|&given| given != countries) {
            return Err(ProductYearError::Length { what, given, countries });
        }
    }
    if let Some(country) = instability.iter().position(|w| !(0.0..=1.0).contains(w)) {
        return Err(ProductYearError::Instability { country, value: instability[country] });
    }
    let (damping, alpha) = (options.risk.damping, options.pv_free_alpha);
    if !(damping > 0.0 && damping <= 1.0) {
        return Err(ProductYearError::Damping(damping));
    }
    if options.influence == InfluenceMeasure::PvFree && !(alpha > 0.0 && alpha < 1.0) {
        return Err(ProductYearError::EqualInstability(alpha));
    }
    match options.hubs.iter().find(|&&hub| hub >= countries) {
        Some(&hub) => Err(ProductYearError::Hub { hub, countries }),
        None => Ok(()),
    }
}

/// HHI and normalised HHI of every country.
struct Concentration {
    hhi: Vec<Option<f64>>,
    normalised: Vec<Option<f64>>,
}

fn concentration(matrix: &TradeMatrix, zero_imports: ZeroImports) -> Concentration {
    let countries = matrix.countries();
    let mut found = Concentration { hhi: vec![None; countries], normalised: vec![None; countries] };
    if zero_imports == ZeroImports::Zero {
        for (country, hhi) in found.hhi.iter_mut().enumerate() {
            *hhi = matrix.trades(country).then_some(0.0);
        }
    }
    for column in matrix.columns() {
        let importer = usize::from(column.importer);
        let hhi = herfindahl(column.shares);
        found.hhi[importer] = hhi;
        found.normalised[importer] = hhi.and_then(|hhi| freed_from_number(hhi, column.shares.len()));
    }
    found
}

fn advantages(exports: &[f64], totals: TotalExports<'_>) -> Vec<Option<f64>> {
    let of_product: f64 = exports.iter().sum();
    let of = |(&own, total): (&f64, &Option<f64>)| {
        total.and_then(|total| comparative_advantage(own, total, of_product, totals.world))
    };
    exports.iter().zip(totals.countries).map(of).collect()
}

fn trade_risks(reliance: Reliance, margins: ValueMargins<'_>, str: &[Option<f64>]) -> Vec<Option<f64>> {
    let margins = margins.imports.iter().zip(margins.exports);
    margins.zip(str).map(|((&imports, &exports), &str)| trade_risk(reliance, imports, exports, str)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn e1() -> TradeMatrix {
        TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]])
    }

    const W: [f64; 3] = [0.75, 0.2, 0.5];

    fn of(matrix: &TradeMatrix, options: &ProductYearOptions<'_>) -> ProductYear {
        product_year(matrix, &W, options, &mut Workspace::default()).unwrap()
    }

    #[test]
    fn every_option_adds_what_it_says() {
        let totals = [Some(900.0), Some(60.0), None];
        let options = ProductYearOptions {
            trade_risk: Some(Reliance::NetImports),
            least_contribution: Some(0.0),
            totals: Some(TotalExports { countries: &totals, world: 1700.0 }),
            imputed: Some(&[true, false, false]),
            hubs: &[1],
            ..ProductYearOptions::default()
        };
        let year = of(&e1(), &options);
        assert_eq!(year.rca, [Some(1.0), Some(10.0), None].map(|r: Option<f64>| r));
        assert_eq!(year.imputed_share, [Some(0.0), Some(0.75), Some(0.375)]);
        assert_eq!(year.trade_risk[0], Some(0.0), "a net exporter");
        assert_eq!(year.trade_risk[2], Some(0.75 * year.risk.str[2].unwrap()));
        assert_eq!((year.dependencies.len(), year.main_suppliers.len()), (6, 5));
        assert!(year.through_hubs.is_some_and(|share| (0.0..=1.0).contains(&share)));
        let plain = of(&e1(), &ProductYearOptions::default());
        assert_eq!((plain.rca, plain.trade_risk), (vec![None; 3], vec![None; 3]));
        assert_eq!((plain.imputed_share, plain.through_hubs), (vec![None; 3], None));
        assert!(plain.dependencies.is_empty());
        assert_eq!((plain.risk, plain.influence), (year.risk, year.influence));
    }

    #[test]
    fn the_mean_of_importers_is_weighted_by_imports() {
        let year = of(&e1(), &ProductYearOptions::default());
        let str: Vec<f64> = year.risk.str.iter().map(|s| s.unwrap()).collect();
        let mean = (10.0 * str[0] + 80.0 * str[1] + 80.0 * str[2]) / 170.0;
        assert!((year.weighted_str.unwrap() - mean).abs() < 1e-12);
        assert!((year.plain_str.unwrap() - str.iter().sum::<f64>() / 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_workspace_that_was_used_gives_the_same_bits() {
        let mut workspace = Workspace::default();
        let other = TradeMatrix::from_dense(&[&[0.0, 5.0], &[7.0, 0.0]]);
        let options = ProductYearOptions {
            influence: InfluenceMeasure::PvFree,
            hubs: &[0],
            ..ProductYearOptions::default()
        };
        product_year(&other, &[1.0, 1.0], &options, &mut workspace).unwrap();
        let again = product_year(&e1(), &W, &ProductYearOptions::default(), &mut workspace).unwrap();
        assert_eq!(again, of(&e1(), &ProductYearOptions::default()));
    }

    #[test]
    fn by_quantity_values_are_shown_and_shares_are_of_quantities() {
        let (imports, exports) = ([1.0, 2.0, 3.0], [3.0, 2.0, 1.0]);
        let options = ProductYearOptions {
            value_margins: Some(ValueMargins { imports: &imports, exports: &exports }),
            trade_risk: Some(Reliance::Exposure),
            ..ProductYearOptions::default()
        };
        let year = of(&e1(), &options);
        assert_eq!((year.imports.as_slice(), year.exports.as_slice()), (&imports[..], &exports[..]));
        assert_eq!(year.exposure[0], Some(0.1));
        assert_eq!(year.trade_risk[0], Some(0.25 * year.risk.str[0].unwrap()));
    }

    #[test]
    fn zero_imports_count_as_diversified_only_if_asked_for() {
        let chain = TradeMatrix::from_dense(&[&[0.0, 5.0, 0.0], &[0.0; 3], &[0.0; 3]]);
        assert_eq!(of(&chain, &ProductYearOptions::default()).hhi, [None, Some(1.0), None]);
        let options =
            ProductYearOptions { zero_imports_hhi: ZeroImports::Zero, ..ProductYearOptions::default() };
        let year = of(&chain, &options);
        assert_eq!(year.hhi, [Some(0.0), Some(1.0), None], "the third does not trade");
        assert_eq!(year.hhi_normalised, [None; 3]);
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let refused = |instability: &[f64], options: &ProductYearOptions<'_>| {
            product_year(&e1(), instability, options, &mut Workspace::default()).unwrap_err().to_string()
        };
        let plain = ProductYearOptions::default();
        assert_eq!(refused(&W[..2], &plain), "instability: 2 numbers for 3 countries; give one a country");
        assert_eq!(
            refused(&[0.5, 75.0, 0.5], &plain),
            "the instability of country 1 is 75; it lies in 0 to 1 (1 - PV/100)"
        );
        assert!(refused(&[0.5, f64::NAN, 0.5], &plain).contains("is NaN"));
        assert!(
            refused(&W, &ProductYearOptions { imputed: Some(&[]), ..plain }).contains("imputed: 0 numbers")
        );
        assert!(refused(&W, &ProductYearOptions { hubs: &[3], ..plain }).contains("entrepot 3"));
        let damping = RiskParameters { damping: 0.0, ..RiskParameters::default() };
        assert!(refused(&W, &ProductYearOptions { risk: damping, ..plain }).contains("damping is 0"));
        let pv_free = ProductYearOptions { influence: InfluenceMeasure::PvFree, pv_free_alpha: 1.0, ..plain };
        assert!(refused(&W, &pv_free).contains("is 1; it lies strictly between 0 and 1"));
    }

    #[test]
    fn nothing_traded_is_nothing_defined() {
        let year = of(&TradeMatrix::new(3), &ProductYearOptions::default());
        assert_eq!((year.risk.str, year.hhi, year.weighted_str), (vec![None; 3], vec![None; 3], None));
        assert_eq!(year.summary, TradeSummary::default());
    }
}
