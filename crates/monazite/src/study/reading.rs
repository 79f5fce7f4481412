//! From the text of a study to its values, with all problems of the text itself.

use std::path::Path;

use toml::de::DeTable;

use super::check::Check;
use super::error::Problem;
use super::event_section::EventSection;
use super::fields::{Fields, as_table, line_of, suggestion};
use super::figure_section::FigureSection;
use super::index_section::IndexSection;
use super::mapping::MappingSection;
use super::parameter::Parameter;
use super::regression_section::RegressionSection;
use super::sections::{
    ChainSection, DataSection, IndicatorSection, OutputSection, StabilitySection, StudySection, TradeSection,
};
use super::shock_sections::{DiversificationSection, ScenarioRows, ShockSection};
use super::text::advice;
use super::typology_sections::{GroupSection, ProfileSection, TypologySection};
use super::uncertainty_section::UncertaintySection;
use super::whole::Study;

impl Study {
    /// Reads a study from text; returns it with all problems of the text itself. Files are not looked at.
    ///
    /// ```
    /// use monazite::study::Study;
    /// let text = "[study]\nseeds = [\"284690\"]\n[data]\ntrade = \"BACI_HS07_V202501.zip\"\ngovernance = \"wgidataset.xlsx\"\n\
    ///             [indicators]\ndampin = 0.9\n";
    /// let (study, problems) = Study::parse(text, "study.toml".as_ref());
    /// assert_eq!(study.focus()[0].to_string(), "284690");
    /// assert_eq!(problems[0].to_string(), "line 7: indicators.dampin: there is no such parameter; did you mean damping?");
    /// ```
    pub fn parse(text: &str, file: &Path) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut study = Self { file: file.to_owned(), ..Self::default() };
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            problems.push(Problem {
                line: error.span().map(|span| line_of(text, span.start)),
                key: String::new(),
                message: format!(
                    "this is not TOML: {}{}",
                    error.message(),
                    error.span().map_or("", |span| advice(text, span.start))
                ),
            });
        }
        if !problems.is_empty() {
            return (study, problems);
        }
        let root = root.get_ref();
        let mut known = Vec::new();
        macro_rules! read {
            ($field:ident, $section:ident) => {
                known.push($section::KEY);
                let value = root.get_key_value($section::KEY);
                let table = value.and_then(|(name, v)| as_table(name, v, text, &mut problems));
                study.$field = $section::read(&mut Fields {
                    section: $section::KEY,
                    table,
                    text,
                    problems: &mut problems,
                });
            };
        }
        read!(study, StudySection);
        read!(data, DataSection);
        read!(stability, StabilitySection);
        read!(trade, TradeSection);
        read!(indicators, IndicatorSection);
        read!(indices, IndexSection);
        read!(uncertainty, UncertaintySection);
        read!(chain, ChainSection);
        read!(mapping, MappingSection);
        read!(shocks, ShockSection);
        known.push("shock");
        if let Some((name, value)) = root.get_key_value("shock") {
            match ScenarioRows::read(value.get_ref()) {
                Ok(rows) => study.shocks.rows.0.extend(rows.0),
                Err(message) => problems.push(Problem {
                    line: Some(line_of(text, name.span().start)),
                    key: "shock".to_owned(),
                    message,
                }),
            }
        }
        read!(diversification, DiversificationSection);
        read!(event, EventSection);
        read!(profile, ProfileSection);
        read!(groups, GroupSection);
        read!(typology, TypologySection);
        read!(regression, RegressionSection);
        read!(figures, FigureSection);
        read!(output, OutputSection);
        for (name, _) in root.iter() {
            if !known.contains(&name.get_ref().as_ref()) {
                problems.push(Problem {
                    line: Some(line_of(text, name.span().start)),
                    key: name.get_ref().to_string(),
                    message: format!("there is no such section{}", suggestion(name.get_ref(), &known)),
                });
            }
        }
        let mut check = Check { root, text, problems: &mut problems };
        study.settle_countries();
        study.settle_groups();
        study.check_groups(&mut check);
        study.check_values(&mut check);
        study.indices.check(&mut check);
        study.uncertainty.check(study.trade.measure, &mut check);
        study.shocks.check(&mut check);
        study.diversification.check(&mut check);
        study.event.check(&mut check);
        study.profile.check(&mut check);
        study.typology.check(&mut check);
        study.regression.check(&mut check);
        study.figures.check(&mut check);
        problems.sort_by_key(|p| p.line.unwrap_or(usize::MAX));
        (study, problems)
    }
}
