//! The two readings of systemic trade risk side by side: what the average importer has under each, and which of them tables and maps follow.
//!
//! In the paper's reading every importer passes on all that it bought; under mass balance at most what can be in what it sells
//! (`docs/methods/21-mass-balance.md`). Every run has both.

use crate::indicators::{Column, ImportContent, RiskReading};
use crate::report::areas;
use crate::report::band_findings::{TwoBands, change_in_words};
use crate::report::findings::signed;
use crate::run::{FEWEST_DRAWS, FULL, MASS_BALANCE, RunView, WORLD};
use crate::run_folder::StoredPanel;
use crate::run_folder::manifest::UNCERTAINTY;
use crate::study::Study;
use crate::uncertainty::name_of;
use crate::units::{DRAWS, counted};

/// Difference between the readings from which on tables and maps follow the mass-balanced one, in units of STR.
pub const NOTABLE_DIFFERENCE: f64 = 0.1;

/// The column that holds a measure under mass balance; `None` for what does not depend on the reading.
///
/// ```
/// use monazite::indicators::Column;
/// use monazite::report::readings::mass_balanced;
/// assert_eq!(mass_balanced(Column::Str), Some(Column::StrMassBalance));
/// assert_eq!(mass_balanced(Column::Hhi), None);
/// ```
pub fn mass_balanced(column: Column) -> Option<Column> {
    Some(RiskReading::MassBalance.column(column)).filter(|other| *other != column)
}

/// The column of the paper's number: `str`, or `str_full` where the study gives `str` another import content.
pub fn paper_column(study: &Study) -> Column {
    match study.indicators.import_content {
        ImportContent::Full => Column::Str,
        _ => Column::StrFull,
    }
}

/// What `str` of a study is called where the mass-balanced number stands beside it.
pub fn name_of_str(study: &Study) -> &'static str {
    if !study.str_scale().is_of_importers() {
        return "STR as printed in the paper, a row sum";
    }
    match study.indicators.import_content {
        ImportContent::Full => "STR, the paper’s reading",
        ImportContent::MassBalance => "STR of the study, mass-balanced too",
        ImportContent::Exposure => "STR with exposure as import content",
        ImportContent::Production => "STR with import content from production",
        ImportContent::None => "STR of direct suppliers alone",
    }
}

/// How `str` of a study is defined where its import content is not the paper's; `None` where it is.
///
/// ```
/// use monazite::indicators::ImportContent;
/// use monazite::report::readings::own_definition;
/// use monazite::study::Study;
/// let mut study = Study::default();
/// assert_eq!(own_definition(&study), None);
/// study.indicators.import_content = ImportContent::Exposure;
/// assert!(own_definition(&study).unwrap().contains("φ = M/(M + X)"));
/// ```
pub fn own_definition(study: &Study) -> Option<String> {
    let (content, more) = match study.indicators.import_content {
        ImportContent::Full => return None,
        ImportContent::MassBalance => (
            "φ = min(1, M/X), the most that mass balance allows",
            " STR and influence are then the mass-balanced numbers, and the columns of both readings hold the same.",
        ),
        ImportContent::Exposure => ("φ = M/(M + X), as if production equalled exports", ""),
        ImportContent::Production => {
            ("φ = M/(M + P) with production P where it is known, otherwise min(1, M/X)", "")
        }
        ImportContent::None => ("φ = 0: the suppliers themselves count, and nothing behind them", ""),
    };
    let level = if study.str_scale().floor() > 0.0 { "STR = 1 + e" } else { "STR = e" };
    Some(format!(
        "{level} with e_c = Σ_a w_a s[a, c] (1 + φ_a e_a): instability w and share s of each supplier, and behind it what can be in its exports, {content} \
         (indicators.import_content = \"{}\").{more} The paper’s number, with φ = 1, is the column {}.",
        name_of(study.indicators.import_content),
        Column::StrFull.name()
    ))
}

/// That origins rest on the import content of mass balance, where STR of the study rests on another than that and the paper's.
///
/// ```
/// use monazite::indicators::ImportContent;
/// use monazite::report::readings::content_of_origins;
/// use monazite::study::Study;
/// let mut study = Study::default();
/// assert_eq!(content_of_origins(&study), None);
/// study.indicators.import_content = ImportContent::Production;
/// assert!(content_of_origins(&study).unwrap().contains("min(1, imports/exports)"));
/// ```
pub fn content_of_origins(study: &Study) -> Option<String> {
    let content = study.indicators.import_content;
    (!matches!(content, ImportContent::Full | ImportContent::MassBalance)).then(|| {
        format!(
            "The import content here is that of mass balance, min(1, imports/exports), and not that of STR of this study (indicators.import_content = \
             \"{}\").",
            name_of(content)
        )
    })
}

/// How STR in the study's own reading moved, where it is neither the paper's nor the mass-balanced one, which stand beside it anyway. Silent for a
/// single year.
pub fn own_change(view: &RunView<'_>, product: usize, moved: &Moved) -> Option<String> {
    if matches!(view.study.indicators.import_content, ImportContent::Full | ImportContent::MassBalance) {
        return None;
    }
    let [first, last] = moved.years;
    let level = |year: usize| view.trends[product][year].str;
    let (from, to) = (level(first)?, level(last)?);
    let code = view.panel.products[product].code.to_string();
    let years = moved.years.map(|year| view.panel.years[year]);
    let reading = areas::reading_of(view.study, Column::Str)?;
    let band = view.bands.and_then(|bands| bands.change(&code, WORLD, reading));
    let change = match band.filter(|of| [of.from, of.to] == years) {
        Some(of) => change_in_words(&of.change),
        None => signed(to - from),
    };
    Some(format!(
        "In the study’s own reading, {}: from {from:.2} to {to:.2}, {change}.",
        name_of_str(view.study)
    ))
    .filter(|_| first < last)
}

/// Whether tables and maps of a study may follow the mass-balanced number: only where `str` is the paper's. A study that sets another import
/// content has chosen its reading, and a row sum stands on another scale.
pub fn may_follow(study: &Study) -> bool {
    study.str_is_the_papers()
}

/// Which reading a table or map of a study follows: the mass-balanced one where the two differ by more than [`NOTABLE_DIFFERENCE`] somewhere
/// in what is shown.
pub fn followed(study: &Study, pairs: impl IntoIterator<Item = (Option<f64>, Option<f64>)>) -> RiskReading {
    let differ = |(a, b): (Option<f64>, Option<f64>)| {
        a.zip(b).is_some_and(|(a, b)| (a - b).abs() > NOTABLE_DIFFERENCE)
    };
    match may_follow(study) && pairs.into_iter().any(differ) {
        true => RiskReading::MassBalance,
        false => RiskReading::Str,
    }
}

/// Why the two readings differ, in a sentence that stands once where both are shown.
pub const WHY_TWO: &str = "In the paper’s number a country passes on all the risk behind what it buys, however little it buys; mass balance lets it pass on \
     at most what it bought.";

/// Which number a table or map follows, and since when, in a sentence; `None` where it follows `str`.
///
/// ```
/// use monazite::indicators::RiskReading;
/// use monazite::report::readings::said_of;
/// assert_eq!(
///     said_of(RiskReading::MassBalance, "Colours show").unwrap(),
///     "Colours show the mass-balanced number, since the two readings differ here by more than 0.1."
/// );
/// assert_eq!(said_of(RiskReading::Str, "Colours show"), None);
/// ```
pub fn said_of(reading: RiskReading, what: &str) -> Option<String> {
    (reading == RiskReading::MassBalance).then(|| {
        format!("{what} the mass-balanced number, since the two readings differ here by more than {NOTABLE_DIFFERENCE}.")
    })
}

/// The mean of a column over the importers of a product in a year, weighted by their imports; `None` if nobody has a value.
pub fn of_average_importer(panel: &StoredPanel, column: Column, product: usize, year: usize) -> Option<f64> {
    let (mut sum, mut weight) = (0.0, 0.0);
    for country in 0..panel.countries.len() {
        let imports = panel.value(Column::Imports, product, year, country).filter(|m| *m > 0.0);
        if let (Some(imports), Some(value)) = (imports, panel.value(column, product, year, country)) {
            sum += imports * value;
            weight += imports;
        }
    }
    (weight > 0.0).then(|| sum / weight)
}

/// STR in two years under both readings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moved {
    /// Positions of the two years, the earlier first.
    pub years: [usize; 2],
    /// In the paper's reading.
    pub paper: [f64; 2],
    /// Under mass balance.
    pub mass_balance: [f64; 2],
}

impl Moved {
    /// How it moved between the first year that has both and a later one: of the average importer, or of one country. `None` where there are
    /// not two such years, and where STR is a row sum, which is not an importer's.
    pub fn of(view: &RunView<'_>, product: usize, importer: Option<usize>, until: usize) -> Option<Self> {
        if !view.str_scale().is_of_importers() {
            return None;
        }
        let both = |year: usize| {
            let of_trends = &view.trends[product][year];
            let [paper, mass_balance] =
                [paper_column(view.study), Column::StrMassBalance].map(|column| match (importer, column) {
                    (Some(country), _) => view.panel.value(column, product, year, country),
                    // As the tables have it, whose weights are those of the matrix, by quantity where the study is.
                    (None, Column::Str) => of_trends.str,
                    (None, Column::StrMassBalance) => of_trends.str_mass_balance,
                    (None, _) => of_average_importer(view.panel, column, product, year),
                });
            paper.zip(mass_balance)
        };
        let (first, from) = (0..until).find_map(|year| Some((year, both(year)?)))?;
        let to = both(until)?;
        Some(Self { years: [first, until], paper: [from.0, to.0], mass_balance: [from.1, to.1] })
    }

    /// The change in the paper's reading and under mass balance.
    pub fn changes(&self) -> [f64; 2] {
        [self.paper, self.mass_balance].map(|[from, to]| to - from)
    }
}

/// The bands of a change of STR under both readings, of the average importer or of one country; `None` if the run has no bands of it between
/// these years: bands are of changes from the first to the last year of the study.
///
/// The one place from which findings learn how sure a change is; [`super::band_findings`] says it.
pub fn how_sure<'a>(
    view: &RunView<'a>,
    product: usize,
    importer: Option<usize>,
    moved: &Moved,
) -> Option<TwoBands<'a>> {
    let bands = view.bands?;
    let code = view.panel.products[product].code.to_string();
    let who = importer.map_or(WORLD, |country| view.panel.countries[country].code.as_str());
    let years = moved.years.map(|year| view.panel.years[year]);
    let of = |reading: &str| bands.change(&code, who, reading).filter(|of| [of.from, of.to] == years);
    Some(TwoBands { paper: of(FULL)?, mass_balance: of(MASS_BALANCE)? })
}

/// Why a run says nothing of how sure STR is, though its study asks for bands or leaves them to the data; `None` where it says it, and where the
/// study wants none.
pub fn why_no_bands(view: &RunView<'_>) -> Option<String> {
    if view.bands.is_some() || view.study.uncertainty.draws() == 0 {
        return None;
    }
    let skipped = view.manifest.skipped.iter().find(|skipped| skipped.stage == UNCERTAINTY);
    match (&view.manifest.uncertainty, skipped) {
        (_, Some(skipped)) => Some(skipped.reason.clone()),
        (Some(record), None) => Some(format!(
            "{} of political stability can say nothing, {FEWEST_DRAWS} are the least",
            counted(record.draws as u64, DRAWS)
        )),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::systemic_risk::Orientation;

    #[test]
    fn the_mass_balanced_number_is_followed_where_it_differs_and_the_paper_is_meant() {
        let mut study = Study::new(["284690".parse().unwrap()]);
        let near = [(Some(1.5), Some(1.45)), (Some(1.2), None), (None, Some(9.0))];
        let far = [(Some(1.5), Some(1.45)), (Some(2.0), Some(1.8))];
        assert_eq!(followed(&study, near), RiskReading::Str);
        assert_eq!(followed(&study, far), RiskReading::MassBalance);
        assert_eq!(paper_column(&study), Column::Str);
        study.indicators.orientation = Orientation::AsPrinted;
        assert_eq!(followed(&study, far), RiskReading::Str, "a row sum is on another scale");
        study.indicators.orientation = Orientation::Importer;
        study.indicators.import_content = ImportContent::Exposure;
        assert_eq!(followed(&study, far), RiskReading::Str, "the study has chosen its reading");
        assert_eq!(paper_column(&study), Column::StrFull);
    }
}
