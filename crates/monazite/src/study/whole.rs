//! A study: all of its sections, and its text.

use std::path::{Component, Path, PathBuf};

use sha2::{Digest, Sha256};

use super::error::{Problem, StudyError};
use super::event_section::EventSection;
use super::fields::ParameterInfo;
use super::figure_section::FigureSection;
use super::index_section::IndexSection;
use super::mapping::MappingSection;
use super::regression_section::RegressionSection;
use super::sections::{
    ChainSection, DataSection, IndicatorSection, OutputSection, StabilitySection, StudySection, TradeSection,
};
use super::shock_sections::{DiversificationSection, ShockSection};
use super::typology_sections::{GroupSection, ProfileSection, TypologySection};
use super::uncertainty_section::UncertaintySection;
use crate::nomenclature::Hs6;
use crate::plain_text::hex;

/// Up to so many products have their flows in the run folder if the study does not say.
const MOST_PRODUCTS_WITH_FLOWS: usize = 300;

/// Everything a run depends on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Study {
    /// The file it came from.
    pub file: PathBuf,
    /// The question.
    pub study: StudySection,
    /// The files.
    pub data: DataSection,
    /// Political stability.
    pub stability: StabilitySection,
    /// The trade matrix.
    pub trade: TradeSection,
    /// The indicators.
    pub indicators: IndicatorSection,
    /// The indices that others publish.
    pub indices: IndexSection,
    /// How far STR is known.
    pub uncertainty: UncertaintySection,
    /// The value chain.
    pub chain: ChainSection,
    /// Candidate links from a language model.
    pub mapping: MappingSection,
    /// What if a supplier stops.
    pub shocks: ShockSection,
    /// Whom to buy from instead.
    pub diversification: DiversificationSection,
    /// Before and after a trade measure.
    pub event: EventSection,
    /// Profiles of countries.
    pub profile: ProfileSection,
    /// Groups of countries.
    pub groups: GroupSection,
    /// The kinds of countries.
    pub typology: TypologySection,
    /// The regression.
    pub regression: RegressionSection,
    /// The figures.
    pub figures: FigureSection,
    /// The run folder.
    pub output: OutputSection,
}

impl Study {
    /// A path of the study file, seen from where the program runs.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        if path.is_absolute() {
            return path.to_owned();
        }
        let folder = self.file.parent().unwrap_or(Path::new(""));
        let resolved: PathBuf = folder.join(path).components().filter(|c| *c != Component::CurDir).collect();
        if resolved.as_os_str().is_empty() { PathBuf::from(".") } else { resolved }
    }

    /// The products that the report looks at: the focus, or the seeds.
    pub fn focus(&self) -> &[Hs6] {
        if self.study.focus.is_empty() { &self.study.seeds } else { &self.study.focus }
    }

    /// Whether a run with so many products writes the trade behind its indicators.
    ///
    /// ```
    /// use monazite::study::Study;
    /// let mut study = Study::default();
    /// assert!(study.keeps_flows(300) && !study.keeps_flows(301));
    /// study.output.flows = Some(false);
    /// assert!(!study.keeps_flows(1));
    /// ```
    pub fn keeps_flows(&self, products: usize) -> bool {
        self.output.flows.unwrap_or(products <= MOST_PRODUCTS_WITH_FLOWS)
    }

    /// Whether a run with so many products writes the world market of each: those that keep their flows, and those that compare before with after.
    ///
    /// ```
    /// use monazite::study::Study;
    /// let mut study = Study::default();
    /// assert!(study.keeps_market(300) && !study.keeps_market(301));
    /// study.event.table = Some("measures.csv".into());
    /// assert!(study.keeps_market(301));
    /// ```
    pub fn keeps_market(&self, products: usize) -> bool {
        self.keeps_flows(products) || self.event.table.is_some()
    }

    /// All parameters with their values, in the order of the file.
    pub fn parameters(&self) -> Vec<ParameterInfo> {
        [
            self.study.parameters(),
            self.data.parameters(),
            self.stability.parameters(),
            self.trade.parameters(),
            self.indicators.parameters(),
            self.indices.parameters(),
            self.uncertainty.parameters(),
            self.chain.parameters(),
            self.mapping.parameters(),
            self.shocks.parameters(),
            self.diversification.parameters(),
            self.event.parameters(),
            self.profile.parameters(),
            self.groups.parameters(),
            self.typology.parameters(),
            self.regression.parameters(),
            self.figures.parameters(),
            self.output.parameters(),
        ]
        .concat()
    }

    /// The study with every default spelled out. Reading it again gives the same study.
    pub fn to_toml(&self) -> String {
        self.write_toml(false)
    }

    /// The study as a commented file: every parameter with its documentation.
    pub fn to_commented_toml(&self) -> String {
        self.write_toml(true)
    }

    fn write_toml(&self, comments: bool) -> String {
        let mut text = String::new();
        let mut section = "";
        for parameter in self.parameters() {
            if parameter.section != section {
                section = parameter.section;
                text.push_str(&format!("{}[{section}]\n", if text.is_empty() { "" } else { "\n" }));
            }
            if comments {
                text.push_str(&format!("# {}\n# Expects {}.\n", parameter.documentation, parameter.expects));
            }
            match parameter.value {
                Some(value) => text.push_str(&format!("{} = {value}\n", parameter.key)),
                None if comments => text.push_str(&format!("# {} =\n", parameter.key)),
                None => {}
            }
        }
        text
    }

    /// SHA-256 of the study with every default spelled out: layout and comments of the file do not matter.
    pub fn hash(&self) -> String {
        hex(&Sha256::digest(self.to_toml()))
    }

    /// An error about this study.
    pub fn error(&self, problems: Vec<Problem>) -> StudyError {
        StudyError { file: self.file.display().to_string(), problems }
    }
}
