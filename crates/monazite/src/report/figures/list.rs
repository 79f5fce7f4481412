//! The list of all figures, in the order in which they are drawn.

use super::FigureError;
use super::figure::Figure;
use super::{
    before_after, chokepoints, cluster_profiles, cluster_trends, coefficients, frontier, index_correlations,
    network, origins, shock, specification_curve, str_trends, typology_map,
};
use crate::indicators::Column;

/// All figures. Whatever is said of the figures of a run anywhere is said by going through this list.
pub static FIGURES: [&dyn Figure; 13] = [
    &network::Listed,
    &str_trends::Listed,
    &origins::Listed,
    &chokepoints::Listed,
    &shock::Listed,
    &frontier::Listed,
    &index_correlations::Listed,
    &before_after::Listed,
    &typology_map::Listed,
    &cluster_profiles::Listed,
    &cluster_trends::Listed,
    &coefficients::Listed,
    &specification_curve::Listed,
];

/// The figures by name, as `--figures` takes them.
///
/// ```
/// use monazite::report::figures::names_of_figures;
/// assert_eq!(names_of_figures()[..2], ["network", "str_trends"]);
/// ```
pub fn names_of_figures() -> Vec<&'static str> {
    FIGURES.iter().map(|figure| figure.name()).collect()
}

/// A figure by its name.
///
/// # Errors
/// [`FigureError::Unknown`] if there is none.
pub fn find(name: &str) -> Result<&'static dyn Figure, FigureError> {
    FIGURES.iter().find(|figure| figure.name() == name).copied().ok_or_else(|| FigureError::Unknown {
        what: "figure",
        asked: name.to_owned(),
        choices: names_of_figures().into_iter().map(str::to_owned).collect(),
    })
}

/// The columns of the panel that figures read.
pub fn columns() -> Vec<Column> {
    // Imports and exports tell who trades most, where no country of a study is in its run.
    let read = |column: &Column| {
        matches!(column, Column::Imports | Column::Exports)
            || FIGURES.iter().any(|figure| figure.columns().contains(column))
    };
    Column::ALL.into_iter().filter(read).collect()
}

/// Whether a file of a run is one of a figure.
///
/// ```
/// use monazite::report::figures::is_output;
/// assert!(is_output("figures/network_USA.caption.txt") && is_output("figures/cluster_words.csv"));
/// assert!(!is_output("figures/map_str.svg") && !is_output("network.svg"));
/// ```
pub fn is_output(file: &str) -> bool {
    let Some(name) = file.strip_prefix("figures/") else { return false };
    let stem = name.split('.').next().unwrap_or(name);
    owner(stem).is_some()
}

/// The figure that a file, without its ending, belongs to.
pub(super) fn owner(stem: &str) -> Option<&'static dyn Figure> {
    FIGURES.iter().find(|figure| owns(**figure, stem)).copied()
}

/// Whether a file, without its ending, is one of a figure: it bears its name, or begins with it and an underscore.
fn owns(figure: &dyn Figure, stem: &str) -> bool {
    let of =
        |name: &&str| stem.strip_prefix(*name).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
    std::iter::once(figure.name()).chain(figure.further_files().iter().copied()).any(|name| of(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_apart_by_name_and_files() {
        let mut names = names_of_figures();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FIGURES.len());
        for figure in FIGURES {
            assert!(figure.question().ends_with('?'), "{}", figure.name());
            assert!(find(figure.name()).is_ok_and(|found| found.name() == figure.name()));
            for country in
                [None, Some("USA")].into_iter().filter(|c| c.is_none() || figure.selections().country)
            {
                let stem = figure.drawing(country);
                let owners = FIGURES.iter().filter(|other| owns(**other, &stem)).count();
                assert_eq!(owners, 1, "{stem}");
            }
        }
        let error = find("map").err().map(|e| e.to_string()).unwrap_or_default();
        assert!(error.starts_with("there is no figure 'map' in this run; there are: network, "), "{error}");
    }

    #[test]
    fn figures_read_few_columns() {
        assert_eq!(
            columns(),
            [
                Column::Imports,
                Column::Exports,
                Column::Exposure,
                Column::Hhi,
                Column::Str,
                Column::Pc1,
                Column::StrDirect,
                Column::StrMassBalance,
                Column::StrFull,
            ]
        );
    }
}
