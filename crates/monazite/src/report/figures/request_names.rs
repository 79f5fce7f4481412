//! What the files of a figure are called: the figures of a study have short names, and with other settings their names say which.

use super::figure::Selections;
use super::inputs::Need;
use super::list::owner;
use crate::run_folder::StoredPanel;
use crate::study::{FigureSize, Study};

/// How the names of figures differ from those that the study of a run gives: `network_of_DEU-JPN_2019_slide` is the network of Germany and
/// Japan in 2019 on a slide.
///
/// Only what a figure shows is in its name: no year in that of a map of the typology, which shows all years, and nothing in
/// that of numbers which are the same under all settings.
///
/// ```
/// use monazite::report::figures::{FigureNames, FigureSize};
/// let names = FigureNames { countries: vec!["DEU".to_owned(), "JPN".to_owned()], year: Some(2019), size: Some(FigureSize::Slide) };
/// assert_eq!(names.of("network"), "network_of_DEU-JPN_2019_slide");
/// assert_eq!(names.of("network_DEU"), "network_DEU_of_DEU-JPN_2019_slide"); // colours are shared with Japan's
/// assert_eq!(names.of("typology_map"), "typology_map_of_DEU-JPN_slide");
/// assert_eq!(names.of("cluster_trends"), "cluster_trends_slide");
/// assert_eq!(names.of("network_links"), "network_links");
/// assert_eq!(FigureNames::default().of("network"), "network");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FigureNames {
    /// Countries and groups, if they are others.
    pub countries: Vec<String>,
    /// The year, if it is another one.
    pub year: Option<u16>,
    /// The paper, if it is another one.
    pub size: Option<FigureSize>,
}

/// Numbers beside those of a figure that are the same whatever is asked for.
const FIXED: [&str; 3] = ["network_links", "cluster_words", "cluster_trend_parts"];

impl FigureNames {
    /// How figures drawn as `asked` differ from those of the study of a run.
    pub fn between(of_run: &Study, asked: &Study, panel: &StoredPanel) -> Self {
        let (own, asked) = (&of_run.figures, &asked.figures);
        let shown = |year: Option<u16>| year.or(panel.years.last().copied());
        let upper = |codes: &[String]| codes.iter().map(|c| c.to_uppercase()).collect::<Vec<_>>();
        let other_countries = upper(&own.countries) != upper(&asked.countries);
        Self {
            countries: if other_countries { upper(&asked.countries) } else { Vec::new() },
            year: shown(asked.year).filter(|year| shown(own.year) != Some(*year)),
            size: Some(asked.size).filter(|size| *size != own.size),
        }
    }

    /// The name of a figure, or of numbers, that a study would give the name `stem`.
    pub fn of(&self, stem: &str) -> String {
        let mut name = stem.to_owned();
        if FIXED.contains(&stem) {
            return name;
        }
        let shown = owner(stem).map_or_else(Selections::default, |figure| figure.selections());
        if shown.country && !self.countries.is_empty() {
            name.push_str(&format!("_of_{}", self.countries.join("-")));
        }
        if let Some(year) = self.year.filter(|_| shown.year) {
            name.push_str(&format!("_{year}"));
        }
        if let Some(size) = self.size {
            name.push_str(&format!("_{}", size.name()));
        }
        name
    }

    /// What the name of a figure says: the name that a study would give it, and what differs from that.
    ///
    /// ```
    /// use monazite::report::figures::FigureNames;
    /// let (stem, names) = FigureNames::read("network_DEU_of_DEU-JPN_2019_slide");
    /// assert_eq!((stem, names.of(stem).as_str()), ("network_DEU", "network_DEU_of_DEU-JPN_2019_slide"));
    /// assert_eq!(names.options(), " --countries DEU,JPN --year 2019 --size slide");
    /// assert_eq!(FigureNames::read("cluster_trends"), ("cluster_trends", FigureNames::default()));
    /// ```
    pub fn read(name: &str) -> (&str, Self) {
        let mut names = Self::default();
        let mut stem = name;
        for size in [FigureSize::OneColumn, FigureSize::TwoColumns, FigureSize::Slide] {
            if let Some(rest) = stem.strip_suffix(size.name()).and_then(|rest| rest.strip_suffix('_')) {
                (stem, names.size) = (rest, Some(size));
                break;
            }
        }
        if let Some((rest, year)) = stem.rsplit_once('_')
            && year.len() == 4
            && let Ok(year) = year.parse()
        {
            (stem, names.year) = (rest, Some(year));
        }
        if let Some((rest, countries)) = stem.rsplit_once("_of_") {
            stem = rest;
            names.countries = countries.split('-').map(str::to_owned).collect();
        }
        (stem, names)
    }

    /// The options of `monazite report` that ask for it; empty if there is nothing to ask for.
    pub fn options(&self) -> String {
        let mut options = String::new();
        if !self.countries.is_empty() {
            options.push_str(&format!(" --countries {}", self.countries.join(",")));
        }
        if let Some(year) = self.year {
            options.push_str(&format!(" --year {year}"));
        }
        if let Some(size) = self.size {
            options.push_str(&format!(" --size {}", size.name().replace('_', "-")));
        }
        options
    }

    /// The file of the folder `figures` for one that a study would give the name `file`; any other file as it is.
    pub fn of_file(&self, file: &str) -> String {
        match file.strip_prefix("figures/").and_then(|name| name.split_once('.')) {
            Some((stem, ending)) => format!("figures/{}.{ending}", self.of(stem)),
            None => file.to_owned(),
        }
    }
}

/// Name of a file of the folder `figures` without its ending.
fn stem_of(file: &str) -> Option<&str> {
    file.strip_prefix("figures/")?.split('.').next()
}

/// Whether a file of a run belongs to a figure that shows the typology, whatever it was drawn with: the map is the last panel of the
/// networks of several countries, and not on those of one.
///
/// ```
/// use monazite::report::figures::request_names::shows_typology;
/// assert!(shows_typology("figures/network.svg") && shows_typology("figures/network_of_DEU-JPN_2019_slide.csv"));
/// assert!(shows_typology("figures/network_2019.svg") && shows_typology("figures/cluster_words.csv"));
/// assert!(!shows_typology("figures/network_DEU_of_DEU_2019.svg") && !shows_typology("figures/map_str.svg"));
/// ```
pub fn shows_typology(file: &str) -> bool {
    shows(file, Need::Typology)
}

/// Whether a file of a run belongs to a figure that shows the regression, whatever it was drawn with.
pub fn shows_regression(file: &str) -> bool {
    shows(file, Need::Regression)
}

fn shows(file: &str, need: Need) -> bool {
    let Some(name) = stem_of(file) else { return false };
    let (stem, _) = FigureNames::read(name);
    owner(stem).is_some_and(|figure| figure.shows(stem, need))
}
