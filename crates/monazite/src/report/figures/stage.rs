//! The stage of a run that draws all figures, and draws them again for a finished run.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::caption::{CLUSTERS, COMPOSITE, Caption, INDICATORS, PROFILES, TIERS};
use super::network::{NetworkFigure, NetworkPanel};
use super::request_names::FigureNames;
use super::source::{ClusteredProfiles, FigureSource};
use super::theme::{Drawn, draw_for};
use super::typology_map::short_name;
use super::{
    ClusterProfiles, ClusterTrends, CoefficientPlot, FigureError, FigurePrinter, FigureSize, NAMES,
    SpecificationCurve, TypologyMap,
};
use crate::indicators::Column;
use crate::report::brief::selection::{Candidate, near};
use crate::run::Run;
use crate::run_folder::{Manifest, RunFolder};
use crate::study::{Problem, Study, StudyError};

/// What to draw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FigureRequest {
    /// The figures by name ([`NAMES`]); all if empty.
    pub only: Vec<String>,
    /// Whether every country of `figures.countries` has to be in the run. Otherwise those that are not are left out with a note.
    pub strict: bool,
    /// How files are called.
    pub names: FigureNames,
}

/// A figure that was drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct MadeFigure {
    /// Its name: the file without folder and ending.
    pub name: String,
    /// The drawing.
    pub drawn: Drawn,
    /// Its caption.
    pub caption: String,
}

/// The figures of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FigureSet {
    /// Those that were drawn.
    pub figures: Vec<MadeFigure>,
    /// Those that could not be, and why.
    pub absent: Vec<(&'static str, String)>,
    /// What a reader should know: countries that were left out.
    pub notes: Vec<String>,
    /// Whether all figures were asked for.
    pub whole: bool,
    /// Whether they were printed too.
    pub printed: bool,
}

/// The columns of the panel that figures need.
pub fn columns() -> Vec<Column> {
    vec![Column::Imports, Column::Exports, Column::Str, Column::Pc1]
}

/// Whether a file of a run comes from this stage.
pub fn is_output(name: &str) -> bool {
    const PREFIXES: [&str; 8] = [
        "figures/network.",
        "figures/network_",
        "figures/typology_map.",
        "figures/cluster_profiles.",
        "figures/cluster_words.",
        "figures/cluster_trend",
        "figures/coefficients.",
        "figures/specification_curve.",
    ];
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// What in the figures of a study does not fit its data: a year that the study does not have.
///
/// # Errors
/// [`StudyError`].
pub fn check_against(study: &Study, years: &[u16]) -> Result<(), StudyError> {
    match study.figures.year {
        Some(year) if !years.contains(&year) => {
            let message = format!("{year} is not a year of the study");
            Err(study.error(vec![Problem { line: None, key: "figures.year".to_owned(), message }]))
        }
        _ => Ok(()),
    }
}

/// Draws the figures of a run into its folder: SVG, CSV and caption, and PNG and PDF if there is a printer.
///
/// # Errors
/// [`FigureError`]: a table that is missing or damaged, something asked for that the run does not have, a file that cannot be written.
pub fn draw(
    folder: &mut RunFolder,
    run: &Run,
    study: &Study,
    request: &FigureRequest,
    printer: Option<&dyn FigurePrinter>,
) -> Result<FigureSet, FigureError> {
    if let Some(asked) = request.only.iter().find(|name| !NAMES.contains(&name.as_str())) {
        return Err(FigureError::Unknown {
            what: "figure",
            asked: asked.clone(),
            choices: NAMES.map(str::to_owned).to_vec(),
        });
    }
    let mut set = FigureSet { whole: request.only.is_empty(), ..FigureSet::default() };
    let contents = Contents::gather(&FigureSource::of(run, study)?, request, &mut set)?;
    contents.write_numbers(folder, &request.names)?;
    set.figures = contents.figures(study, run.manifest(), &request.names);
    for figure in &set.figures {
        let name = format!("figures/{}", figure.name);
        folder.write(&format!("{name}.svg"), figure.drawn.standalone().as_bytes())?;
        folder.write(&format!("{name}.caption.txt"), figure.caption.as_bytes())?;
    }
    if let Some(printer) = printer {
        let printed: Vec<_> = set
            .figures
            .par_iter()
            .map(|figure| {
                printer
                    .print(&figure.drawn.plain)
                    .map_err(|message| FigureError::Print { name: figure.name.clone(), message })
            })
            .collect::<Result<_, _>>()?;
        for (figure, printed) in set.figures.iter().zip(printed) {
            folder.write(&format!("figures/{}.png", figure.name), &printed.png)?;
            folder.write(&format!("figures/{}.pdf", figure.name), &printed.pdf)?;
        }
        set.printed = true;
    }
    Ok(set)
}

/// The numbers of all figures.
#[derive(Default)]
struct Contents {
    network: Option<NetworkFigure>,
    map: Option<TypologyMap>,
    /// Whether the map is a figure of its own, not only the last panel of the networks.
    map_alone: bool,
    profiles: Option<ClusterProfiles>,
    trends: Option<ClusterTrends>,
    coefficients: Option<CoefficientPlot>,
    curve: Option<SpecificationCurve>,
}

impl Contents {
    fn gather(
        source: &FigureSource<'_>,
        request: &FigureRequest,
        set: &mut FigureSet,
    ) -> Result<Self, FigureError> {
        let wanted = |name: &str| request.only.is_empty() || request.only.iter().any(|only| only == name);
        let mut contents = Self::default();
        let countries = countries(source, request.strict, &mut set.notes)?;
        let about_clusters = ["network", "typology_map", "cluster_profiles", "cluster_trends"];
        let clustered =
            if about_clusters.iter().any(|name| wanted(name)) { source.clustered()? } else { None };
        if wanted("network") {
            match network(source, &countries)? {
                Ok(network) => contents.network = Some(network),
                Err(reason) => set.absent.push(("network", reason)),
            }
        }
        if let Some(data) = &clustered {
            contents.of_clusters(source, data, &countries, &wanted)?;
        } else {
            let reason = reason_of(source.manifest, "typology");
            let absent = about_clusters[1..].iter().filter(|name| wanted(name));
            set.absent.extend(absent.map(|name| (*name, reason.clone())));
        }
        if wanted("coefficients") {
            contents.coefficients = CoefficientPlot::of(source)?;
            if contents.coefficients.is_none() {
                set.absent.push(("coefficients", reason_of(source.manifest, "regression")));
            }
        }
        if wanted("specification_curve") {
            contents.curve = SpecificationCurve::of(source)?;
            if contents.curve.is_none() {
                set.absent.push(("specification_curve", reason_of(source.manifest, "regression")));
            }
        }
        Ok(contents)
    }

    fn of_clusters(
        &mut self,
        source: &FigureSource<'_>,
        data: &ClusteredProfiles,
        countries: &[String],
        wanted: &dyn Fn(&str) -> bool,
    ) -> Result<(), FigureError> {
        self.map_alone = wanted("typology_map");
        if self.map_alone || wanted("network") {
            self.map = Some(TypologyMap::of(data, countries));
        }
        if wanted("cluster_profiles") {
            self.profiles = Some(ClusterProfiles::of(data));
        }
        if wanted("cluster_trends") {
            self.trends = Some(ClusterTrends::of(source, data)?);
        }
        Ok(())
    }

    fn write_numbers(&self, folder: &mut RunFolder, names: &FigureNames) -> Result<(), FigureError> {
        let file = |stem: &str| format!("figures/{}.csv", names.of(stem));
        if let Some(network) = &self.network {
            network.write_csv(folder, &file("network"))?;
            network.write_links(folder, &file("network_links"))?;
            for panel in &network.panels {
                network.write_country_csv(folder, panel, &file(&format!("network_{}", panel.code)))?;
            }
        }
        if let Some(map) = &self.map {
            map.write_csv(folder, &file("typology_map"))?;
        }
        if let Some(profiles) = &self.profiles {
            profiles.write_csv(folder, &file("cluster_profiles"), &file("cluster_words"))?;
        }
        if let Some(trends) = &self.trends {
            trends.write_csv(folder, &file("cluster_trends"))?;
            if trends.has_parts() {
                trends.write_parts(folder, &file("cluster_trend_parts"))?;
            }
        }
        if let Some(plot) = &self.coefficients {
            plot.write_csv(folder, &file("coefficients"))?;
        }
        if let Some(curve) = &self.curve {
            curve.write_csv(folder, &file("specification_curve"))?;
        }
        Ok(())
    }

    fn figures(&self, study: &Study, manifest: &Manifest, called: &FigureNames) -> Vec<MadeFigure> {
        let size = study.figures.size;
        let made =
            |name: &str, description: &str, mut caption: Caption, draw: &dyn Fn(f64) -> super::svg::Svg| {
                for file in &mut caption.numbers {
                    *file = called.of_file(file);
                }
                MadeFigure {
                    name: called.of(name),
                    drawn: draw_for(size, description, draw),
                    caption: caption.to_text(study, manifest, size),
                }
            };
        let mut figures = Vec::new();
        if let Some(network) = &self.network {
            let map =
                self.map.as_ref().map(|map| |width: f64, height: f64| map.panel_with_numbers(width, height));
            figures.push(made(
                "network",
                &format!(
                    "Production network by tier for {}, coloured by composite dependency",
                    names(network)
                ),
                network_caption(network, self.map.is_some()),
                &|width| {
                    network.draw(
                        width,
                        map.as_ref().map(|m| m as &dyn Fn(f64, f64) -> super::svg::Svg),
                        size == FigureSize::Slide,
                    )
                },
            ));
            let key = size != FigureSize::Slide || network.has_short_key();
            for panel in &network.panels {
                figures.push(made(
                    &format!("network_{}", panel.code),
                    &format!("Production network of {} by tier, with the key to products", panel.name),
                    country_caption(network, panel, key),
                    &|width| network.draw_country(panel, width, key),
                ));
            }
        }
        if let Some(map) = self.map.as_ref().filter(|_| self.map_alone) {
            let caption = map_caption();
            figures.push(made(
                "typology_map",
                "Map of countries by year, coloured by cluster",
                caption,
                &|width| map.draw(width),
            ));
        }
        if let Some(profiles) = &self.profiles {
            figures.push(made(
                "cluster_profiles",
                "Histograms of every feature of the clusters, weighted by exports, and their countries",
                profiles_caption(profiles),
                &|width| profiles.draw(width),
            ));
        }
        if let Some(trends) = &self.trends {
            figures.push(made(
                "cluster_trends",
                "Trends of every feature by cluster, with bands of one standard deviation",
                trends_caption(trends),
                &|width| trends.draw(width),
            ));
        }
        if let Some(plot) = &self.coefficients {
            figures.push(made(
                "coefficients",
                "Coefficients of the regression with their confidence intervals",
                coefficients_caption(plot, manifest),
                &|width| plot.draw(width),
            ));
        }
        if let Some(curve) = &self.curve {
            figures.push(made(
                "specification_curve",
                &format!("Coefficient of {} under every choice of windows, scale and sample", curve.term),
                curve_caption(curve),
                &|width| curve.draw(width),
            ));
        }
        figures
    }
}

fn reason_of(manifest: &Manifest, stage: &str) -> String {
    manifest
        .skipped
        .iter()
        .find(|s| s.stage == stage)
        .map_or_else(|| format!("the run has no {stage}"), |s| format!("no {stage}: {}", s.reason))
}

/// The countries and groups of `figures.countries` that the run has; the three that trade most if it has none of them.
fn countries(
    source: &FigureSource<'_>,
    strict: bool,
    notes: &mut Vec<String>,
) -> Result<Vec<String>, FigureError> {
    let groups = source.groups()?;
    let (mut present, mut absent) = (Vec::new(), Vec::new());
    for asked in &source.study.figures.countries {
        let code = asked.to_uppercase();
        if source.panel.country(&code).is_some() || groups.contains(&code) {
            if !present.contains(&code) {
                present.push(code);
            }
        } else if strict {
            let all = source.panel.countries.iter().map(|c| Candidate { code: &c.code, name: &c.name });
            let all: Vec<Candidate<'_>> =
                all.chain(groups.iter().map(|g| Candidate { code: g, name: "" })).collect();
            return Err(FigureError::Unknown {
                what: "country or group",
                asked: asked.clone(),
                choices: near(asked, &all),
            });
        } else {
            absent.push(asked.as_str());
        }
    }
    if !present.is_empty() && !absent.is_empty() {
        notes.push(format!("not in this run, so not drawn: {} (figures.countries)", absent.join(", ")));
    }
    if present.is_empty() {
        let panel = source.panel;
        let mut trade: Vec<(f64, usize)> = (0..panel.countries.len())
            .map(|c| {
                let of = |p, t| {
                    let value = |column| panel.value(column, p, t, c).unwrap_or(0.0);
                    value(Column::Imports) + value(Column::Exports)
                };
                let cells =
                    (0..panel.products.len()).flat_map(|p| (0..panel.years.len()).map(move |t| (p, t)));
                (cells.fold(0.0, |sum, (p, t)| sum + of(p, t)), c)
            })
            .collect();
        trade.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        present = trade.iter().take(3).map(|(_, c)| panel.countries[*c].code.clone()).collect();
        if !present.is_empty() {
            notes.push(format!(
                "no country of figures.countries is in this run; drawn are those that trade most: {}",
                present.join(", ")
            ));
        }
    }
    Ok(present)
}

/// The network of some countries, or why there is none to draw.
fn network(
    source: &FigureSource<'_>,
    countries: &[String],
) -> Result<Result<NetworkFigure, String>, FigureError> {
    let chain = source.chain()?;
    if chain.links.is_empty() {
        return Ok(Err("the chain has no links".to_owned()));
    }
    let Some(year) = source.study.figures.year.or(source.panel.years.last().copied()) else {
        return Ok(Err("there is no year".to_owned()));
    };
    if source.panel.year(year).is_none() {
        return Err(FigureError::Unknown {
            what: "year",
            asked: year.to_string(),
            choices: source.panel.years.iter().map(u16::to_string).collect(),
        });
    }
    let known = source.study.mean_groups();
    let mut panels = Vec::new();
    let mut seen = BTreeSet::new();
    for code in countries.iter().filter(|code| seen.insert((*code).clone())) {
        let name = match source.panel.country(code) {
            Some(at) => short_name(&source.panel.countries[at].name),
            None => {
                known.iter().find(|g| g.code == *code).map_or(code.clone(), |g| group_name(&g.code, &g.name))
            }
        };
        let scores = source.composites(code, year, &chain.products)?;
        panels.push(NetworkPanel { code: code.clone(), name, scores });
    }
    if panels.iter().all(|p| p.scores.iter().all(Option::is_none)) {
        return Ok(Err(format!("no composite score in {year}")));
    }
    Ok(Ok(NetworkFigure::of(chain.clone(), year, panels)))
}

/// The name of a group up to its first comma, with its code if that says more.
fn group_name(code: &str, name: &str) -> String {
    let short = name.split(',').next().unwrap_or(name).trim();
    if short.is_empty() || short == code { code.to_owned() } else { format!("{short} ({code})") }
}

fn names(network: &NetworkFigure) -> String {
    network.panels.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn network_caption(network: &NetworkFigure, map: bool) -> Caption {
    let last = char::from(b'A' + network.panels.len().saturating_sub(1) as u8);
    let panels = if network.panels.len() > 1 { format!("A to {last}") } else { "A".to_owned() };
    let mut reading = vec![
        format!("{panels}: {}.", names(network)),
        "Each mark is a product; rows are tiers of the value chain with the seeds on top; lines are links from an input (above) to what is made of it (below). The larger a mark, the nearer to the seeds: size 1/(1 + tier).".to_owned(),
        format!(
            "Colour: composite dependency score of the country in {}, from black (low) to yellow (high); the ends of the scale are the 2nd and 98th percentile of the scores shown. Open marks: no score, the country does not trade the product.",
            network.year
        ),
    ];
    if network.has_back_links() {
        reading.push(
            "Dashed: links whose input stands in the tier of what is made of it, or farther from the seeds."
                .to_owned(),
        );
    }
    let mut definitions = vec![TIERS, COMPOSITE];
    let mut numbers = vec!["figures/network.csv".to_owned(), "figures/network_links.csv".to_owned()];
    if map {
        let next = char::from(last as u8 + 1);
        reading.push(format!(
            "{next}: countries by year, placed by the likeness of their profiles and coloured by cluster (figures/typology_map); outliers are black, lines are the paths of the countries of {panels}."
        ));
        definitions.push(CLUSTERS);
        numbers.push("figures/typology_map.csv".to_owned());
    }
    let title = format!(
        "Production network of {} products and {} links by tier, {}.",
        network.chain.products.len(),
        network.chain.links.len(),
        network.year
    );
    Caption { title, reading, definitions, numbers }
}

fn country_caption(network: &NetworkFigure, panel: &NetworkPanel, key: bool) -> Caption {
    let mut caption = network_caption(network, false);
    caption.title = format!("Production network of {}, {}.", panel.name, network.year);
    let meaning = if key { "the key below says what they are" } else { "chain/nodes.csv says what they are" };
    caption.reading[0] = format!("Numbers are HS6 codes; {meaning}.");
    caption.numbers =
        vec![format!("figures/network_{}.csv", panel.code), "figures/network_links.csv".to_owned()];
    caption
}

fn map_caption() -> Caption {
    Caption {
        title: "Countries by year, placed by the likeness of their dependency profiles.".to_owned(),
        reading: vec![
            "One dot is a country in a year; colours are clusters, black are outliers, rings are groups. Lines are the paths of chosen countries from the first year (open mark) to the last (full mark). Only nearness has a meaning.".to_owned(),
        ],
        definitions: vec![PROFILES, CLUSTERS],
        numbers: vec!["figures/typology_map.csv".to_owned()],
    }
}

fn left_out(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some("The smallest cluster is left out.".to_owned()),
        n => Some(format!("The {n} smallest clusters are left out.")),
    }
}

fn profiles_caption(profiles: &ClusterProfiles) -> Caption {
    let mut reading = vec![
        "Words: the countries of each cluster, sized by their exports over all years. Bars: share of the cluster's exports in each range of a feature, over all its country-years; each histogram is scaled to its highest bar. The numbers below the name of a feature are the ends of its axis: its 1st and 99th percentile, what lies beyond counts in the outermost bars.".to_owned(),
    ];
    reading.extend(left_out(profiles.left_out()));
    Caption {
        title: "What the clusters look like: export-weighted distribution of every feature.".to_owned(),
        reading,
        definitions: vec![INDICATORS, COMPOSITE, PROFILES, CLUSTERS],
        numbers: vec!["figures/cluster_profiles.csv".to_owned(), "figures/cluster_words.csv".to_owned()],
    }
}

fn trends_caption(trends: &ClusterTrends) -> Caption {
    let mut reading = vec![
        "Lines: mean over the countries of a cluster, each country counting alike in the cluster it is assigned to; bands: one standard deviation to either side; dashed: outliers.".to_owned(),
    ];
    let mut numbers = vec!["figures/cluster_trends.csv".to_owned()];
    if trends.has_parts() {
        reading.push("Beside STR: its change since the first year in two parts, due to the trade network (solid) and to political stability (dotted), added up over the years. The rest of the change comes from which products the countries trade (column mix of the numbers).".to_owned());
        numbers.push("figures/cluster_trend_parts.csv".to_owned());
    }
    reading.extend(left_out(trends.left_out()));
    Caption {
        title: "How the clusters moved: every feature by year.".to_owned(),
        reading,
        definitions: vec![INDICATORS, COMPOSITE, PROFILES, CLUSTERS],
        numbers,
    }
}

fn coefficients_caption(plot: &CoefficientPlot, manifest: &Manifest) -> Caption {
    let windows = manifest.regression.as_ref().map_or_else(String::new, |r| {
        format!(
            " Baseline {} to {}, projection {} to {}; standard errors: {}.",
            r.baseline[0],
            r.baseline[1],
            r.projection[0],
            r.projection[1],
            r.covariance.replace('_', " ")
        )
    });
    Caption {
        title: "Baseline dependence and the later change of comparative advantage.".to_owned(),
        reading: vec![format!(
            "Dots: coefficients of the regression of the change of comparative advantage on indicators in the baseline; lines: {} % confidence intervals. One panel a scale of comparative advantage. Constant and levels of cluster and tier are in regression/table.csv.{windows} Associations, not effects.",
            (plot.level * 1000.0).round() / 10.0
        )],
        definitions: vec![INDICATORS],
        numbers: vec!["figures/coefficients.csv".to_owned()],
    }
}

fn curve_caption(curve: &SpecificationCurve) -> Caption {
    let level = (curve.size * 1000.0).round() / 1000.0;
    Caption {
        title: format!("Coefficient of {} under every choice of windows, scale and sample.", curve.term),
        reading: vec![format!(
            "Each column is one regression, by rising estimate, with its 95 % interval (standard errors: {}); blue where p < {level}. The marks below say which windows and which sample it rests on.",
            curve.covariance.replace('_', " ")
        )],
        definitions: vec![INDICATORS],
        numbers: vec!["figures/specification_curve.csv".to_owned(), "regression/sweep.csv".to_owned()],
    }
}
