//! The study file: one TOML that says everything a run depends on.
//!
//! Every parameter has a default and one place where it is defined ([`sections`]). A file is checked when it is
//! loaded, and all its problems are named at once, each with its line.

pub mod figure_section;
mod groups;
pub mod mapping;
pub mod parameter;
pub mod regression_section;
pub mod sections;
pub mod typology_sections;

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::ingest::baci::hex;
use crate::nomenclature::Hs6;
use crate::value_chain::significance::{CountriesLeftOut, Observations, TradeScale};
pub use figure_section::{FigureSection, FigureSize};
pub use mapping::MappingSection;
use parameter::Parameter;
pub use parameter::{Groups, ProductSelection};
pub use regression_section::RegressionSection;
pub use sections::{
    ChainSection, CountrySet, Coverage, DataSection, IndicatorSection, OutputSection, RcaUniverse,
    StabilitySection, StudySection, TestUse, TradeMeasure, TradeSection,
};
pub use typology_sections::{GroupSection, ProfileSection, TypologySection};

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
    /// The value chain.
    pub chain: ChainSection,
    /// Candidate links from a language model.
    pub mapping: MappingSection,
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

/// One thing that is wrong with a study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line in the file, if it can be said.
    pub line: Option<usize>,
    /// Section and key.
    pub key: String,
    /// What is wrong, with the value, and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// A study that cannot be run, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudyError {
    /// The file.
    pub file: String,
    /// All problems, in the order of the file.
    pub problems: Vec<Problem>,
}

impl fmt::Display for StudyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [one] => write!(f, "{}: {one}", self.file),
            many => {
                write!(f, "{}: {} problems", self.file, many.len())?;
                for problem in many {
                    write!(f, "\n  {problem}")?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for StudyError {}

/// One parameter, for the commented example and the documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterInfo {
    /// Section.
    pub section: &'static str,
    /// Key.
    pub key: &'static str,
    /// What it is.
    pub documentation: &'static str,
    /// What a value has to look like.
    pub expects: String,
    /// Its value as TOML; `None` if the key is left out.
    pub value: Option<String>,
}

/// The fields of one section while they are read.
pub struct Fields<'a, 'text> {
    section: &'static str,
    table: Option<&'a DeTable<'text>>,
    text: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Fields<'_, '_> {
    fn take<T: Parameter>(&mut self, key: &str, default: T) -> T {
        let Some((name, value)) = self.table.and_then(|t| t.get_key_value(key)) else { return default };
        match T::read(value.get_ref()) {
            Ok(value) => value,
            Err(message) => {
                let line = line_of(self.text, name.span().start);
                self.problems.push(Problem {
                    line: Some(line),
                    key: format!("{}.{key}", self.section),
                    message,
                });
                default
            }
        }
    }

    fn finish(&mut self, known: &[&str]) {
        for (name, _) in self.table.into_iter().flat_map(|t| t.iter()) {
            if !known.contains(&name.get_ref().as_ref()) {
                self.problems.push(Problem {
                    line: Some(line_of(self.text, name.span().start)),
                    key: format!("{}.{}", self.section, name.get_ref()),
                    message: format!("there is no such parameter{}", suggestion(name.get_ref(), known)),
                });
            }
        }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|&&b| b == b'\n').count() + 1
}

fn suggestion(name: &str, known: &[&str]) -> String {
    known
        .iter()
        .map(|k| (strsim::osa_distance(name, k), k))
        .min()
        .filter(|(distance, _)| *distance <= 3)
        .map_or_else(|| format!("; there are: {}", known.join(", ")), |(_, k)| format!("; did you mean {k}?"))
}

impl Study {
    /// Loads a study file and checks it.
    ///
    /// # Errors
    /// [`StudyError`] with every problem: what cannot be read as TOML, unknown keys, wrong values, files that are not
    /// there. What depends on the data (a seed without trade, a year that is missing) shows when the data are opened.
    pub fn load(file: &Path) -> Result<Self, StudyError> {
        Self::load_with(file, |_| {})
    }

    /// The study of a run, as the run resolved it: `study.toml` in its folder.
    ///
    /// # Errors
    /// [`StudyError`] if it cannot be read or is not valid.
    pub fn of_run(folder: &Path) -> Result<Self, StudyError> {
        let file = folder.join("study.toml");
        let text = read_text(&file)?;
        let (study, problems) = Self::parse(&text, &file);
        if problems.is_empty() { Ok(study) } else { Err(study.error(problems)) }
    }

    /// Loads a study file and changes it before its files are looked for, as an option on the command line does.
    ///
    /// # Errors
    /// As [`Study::load`].
    pub fn load_with(file: &Path, change: impl FnOnce(&mut Self)) -> Result<Self, StudyError> {
        let text = read_text(file)?;
        let (mut study, mut problems) = Self::parse(&text, file);
        change(&mut study);
        if problems.is_empty() {
            study.check_files(&mut problems);
        }
        if problems.is_empty() { Ok(study) } else { Err(study.error(problems)) }
    }

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
                message: format!("this is not TOML: {}", error.message()),
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
        read!(chain, ChainSection);
        read!(mapping, MappingSection);
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
        study.settle_groups();
        study.check_groups(&mut check);
        study.check_values(&mut check);
        study.check_typology(&mut check);
        study.check_regression(&mut check);
        study.check_figures(&mut check);
        problems.sort_by_key(|p| p.line.unwrap_or(usize::MAX));
        (study, problems)
    }

    fn check_values(&self, check: &mut Check<'_, '_>) {
        let s = &self.study;
        check.that(!s.seeds.is_empty(), "study", "seeds", || {
            "at least one seed code is needed, such as seeds = [\"284690\"]".to_owned()
        });
        for (key, codes) in [("seeds", &s.seeds), ("focus", &s.focus)] {
            let mut seen = BTreeSet::new();
            for code in codes {
                check.that(seen.insert(code), "study", key, || format!("{code} is listed twice"));
            }
        }
        let d = &self.data;
        check.that(!d.trade.as_os_str().is_empty(), "data", "trade", || {
            "where is the trade? Give a BACI zip, folder, csv, or a store".to_owned()
        });
        check.that(!d.governance.as_os_str().is_empty(), "data", "governance", || {
            "where is political stability? Give a file of the World Bank Governance Indicators".to_owned()
        });
        let t = &self.trade;
        check.that((0.0..=1.0).contains(&t.min_quantity_coverage), "trade", "min_quantity_coverage", || {
            format!("{} is not a share between 0 and 1", t.min_quantity_coverage)
        });
        check.that(t.min_trade >= 0.0, "trade", "min_trade", || format!("{} is negative", t.min_trade));
        let mut members = BTreeSet::new();
        for (group, list) in &t.merge {
            check.that(list.len() >= 2, "trade", "merge", || format!("{group} needs at least two members"));
            for member in list {
                check.that(members.insert(member), "trade", "merge", || {
                    format!("{member} is in two groups, or twice in one")
                });
            }
        }
        let i = &self.indicators;
        check.that(i.damping > 0.0 && i.damping <= 1.0, "indicators", "damping", || {
            format!("{} is not above 0 and at most 1", i.damping)
        });
        check.that(i.pv_free_alpha > 0.0 && i.pv_free_alpha < 1.0, "indicators", "pv_free_alpha", || {
            format!("{} is not between 0 and 1", i.pv_free_alpha)
        });
        check.that(i.min_contribution >= 0.0, "indicators", "min_contribution", || {
            format!("{} is negative", i.min_contribution)
        });
        self.check_chain(check);
        for (key, message) in self.mapping.problems() {
            check.that(false, "mapping", key, || message);
        }
        let level = self.output.compression_level;
        check.that((1..=22).contains(&level), "output", "compression_level", || {
            format!("{level} is not between 1 and 22")
        });
    }

    fn check_chain(&self, check: &mut Check<'_, '_>) {
        let c = &self.chain;
        check.that((1..=1000).contains(&c.votes), "chain", "votes", || {
            format!("{} is not a number of votes from 1 to 1000", c.votes)
        });
        check.that(c.fdr.is_none_or(|q| q > 0.0 && q <= 1.0), "chain", "fdr", || {
            format!("{} is not above 0 and at most 1", c.fdr.unwrap_or(0.0))
        });
        check.that((2..=1_000_000).contains(&c.n_perm), "chain", "n_perm", || {
            format!("{} is not a number of draws from 2 to a million", c.n_perm)
        });
        check.that(c.min_country_trade >= 0.0, "chain", "min_country_trade", || {
            format!("{} is negative", c.min_country_trade)
        });
        check.that(c.memory_mb > 0, "chain", "memory_mb", || "some memory is needed".to_owned());
        check.that(
            c.leave_out == CountriesLeftOut::None || c.sample == Observations::Summed,
            "chain",
            "leave_out",
            || "leaving countries out needs sample = \"summed\"".to_owned(),
        );
        let per_person = c.transform == TradeScale::PerCapita;
        check.that(!per_person || c.population.is_some(), "chain", "transform", || {
            "\"per_capita\" needs a table of inhabitants: set chain.population".to_owned()
        });
    }

    fn check_files(&self, problems: &mut Vec<Problem>) {
        let mut files = vec![
            ("data.trade", Some(&self.data.trade)),
            ("data.governance", Some(&self.data.governance)),
            ("data.totals", self.data.totals.as_ref()),
            ("trade.reexport_shares", self.trade.reexport_shares.as_ref()),
        ];
        let chain = &self.chain;
        files.extend(chain.edges.iter().map(|edges| ("chain.edges", Some(edges))));
        files.extend(chain.candidates.iter().map(|file| ("chain.candidates", Some(file))));
        files.extend(chain.networks.iter().map(|file| ("chain.networks", Some(file))));
        files.push(("chain.overrides", chain.overrides.as_ref()));
        files.push(("chain.population", chain.population.as_ref()));
        for (key, path) in files {
            if let Some(path) = path
                && !self.resolve(path).exists()
            {
                problems.push(Problem {
                    line: None,
                    key: key.to_owned(),
                    message: format!(
                        "there is no {} (paths are relative to the study file)",
                        self.resolve(path).display()
                    ),
                });
            }
        }
    }

    /// A path of the study file, seen from where the program runs.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        if path.is_absolute() {
            return path.to_owned();
        }
        let folder = self.file.parent().unwrap_or(Path::new(""));
        folder.join(path).components().filter(|c| *c != std::path::Component::CurDir).collect()
    }

    /// The products that the report looks at: the focus, or the seeds.
    pub fn focus(&self) -> &[Hs6] {
        if self.study.focus.is_empty() { &self.study.seeds } else { &self.study.focus }
    }

    /// All parameters with their values, in the order of the file.
    pub fn parameters(&self) -> Vec<ParameterInfo> {
        [
            self.study.parameters(),
            self.data.parameters(),
            self.stability.parameters(),
            self.trade.parameters(),
            self.indicators.parameters(),
            self.chain.parameters(),
            self.mapping.parameters(),
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

fn as_table<'a, 'text>(
    name: &Spanned<std::borrow::Cow<'text, str>>,
    value: &'a Spanned<DeValue<'text>>,
    text: &str,
    problems: &mut Vec<Problem>,
) -> Option<&'a DeTable<'text>> {
    match value.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => {
            problems.push(Problem {
                line: Some(line_of(text, name.span().start)),
                key: name.get_ref().to_string(),
                message: format!("this is a section; write [{}] on a line of its own", name.get_ref()),
            });
            None
        }
    }
}

/// Finds the line of a key for problems that show only when values are put together.
struct Check<'a, 'text> {
    root: &'a DeTable<'text>,
    text: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Check<'_, '_> {
    fn that(&mut self, holds: bool, section: &str, key: &str, message: impl FnOnce() -> String) {
        let name = format!("{section}.{key}");
        // A value that could not be read has been named already.
        if holds || self.problems.iter().any(|p| p.key == name && p.line.is_some()) {
            return;
        }
        let line = self
            .root
            .get(section)
            .and_then(|v| v.get_ref().as_table())
            .and_then(|t| t.get_key_value(key))
            .map(|(k, _)| line_of(self.text, k.span().start));
        self.problems.push(Problem { line, key: name, message: message() });
    }
}

fn read_text(file: &Path) -> Result<String, StudyError> {
    std::fs::read_to_string(file).map_err(|e| StudyError {
        file: file.display().to_string(),
        problems: vec![Problem { line: None, key: String::new(), message: format!("cannot be read: {e}") }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "[study]\nname = \"A\"\nseeds = [\"284690\"]\n\n[data]\ntrade = \"x.zip\"\ngovernance = \"pv.csv\"\n";

    fn problems(text: &str) -> String {
        let (study, problems) = Study::parse(text, Path::new("s.toml"));
        study.error(problems).to_string()
    }

    #[test]
    fn a_good_study_comes_back_from_its_own_text() {
        let text = format!(
            "{GOOD}[trade]\nmerge = {{ CHN = [\"CHN\", \"HKG\"] }}\n[indicators]\ntrade_risk = \"exposure\"\nstrength_window = [2007, 2010]\n"
        );
        let (study, none) = Study::parse(&text, Path::new("s.toml"));
        assert_eq!(none, []);
        for written in [study.to_toml(), study.to_commented_toml()] {
            let (again, none) = Study::parse(&written, Path::new("s.toml"));
            assert_eq!(none, [], "{written}");
            assert_eq!(again, study);
            assert_eq!(again.hash(), study.hash());
        }
    }

    #[test]
    fn all_problems_are_named_at_once_with_their_lines() {
        let text = "[study]\nsedes = [\"284690\"]\nseeds = [28469]\nyears = [2023, 2007]\n\n[data]\ntrade = \"x.zip\"\n\n\
                    [indicators]\ndamping = 1.5\ninfluence = \"most\"\n\n[tarde]\n";
        assert_eq!(
            problems(text),
            "s.toml: 7 problems\n\
             \x20 line 2: study.sedes: there is no such parameter; did you mean seeds?\n\
             \x20 line 3: study.seeds: 28469 is a number; HS codes are text, write \"028469\"\n\
             \x20 line 4: study.years: [2023, 2007] ends before it begins\n\
             \x20 line 10: indicators.damping: 1.5 is not above 0 and at most 1\n\
             \x20 line 11: indicators.influence: \"most\" is not \"sum\", \"mean\", \"import_weighted\", \"share\", \"extraction\" or \"pv_free\"\n\
             \x20 line 13: tarde: there is no such section; did you mean trade?\n\
             \x20 data.governance: where is political stability? Give a file of the World Bank Governance Indicators"
        );
    }

    #[test]
    fn broken_toml_and_wrong_types_are_said_plainly() {
        assert!(problems("[study\nname = ").starts_with("s.toml: "));
        assert!(problems("[study\nname = ").contains("this is not TOML"));
        assert!(
            problems("study = 3\n")
                .contains("line 1: study: this is a section; write [study] on a line of its own")
        );
        assert!(
            problems(&GOOD.replace("\"A\"", "7"))
                .contains("s.toml: line 2: study.name: 7 is not a text in quotes")
        );
        assert!(
            problems(&format!("{GOOD}[trade]\nmerge = {{ A = [\"X\"], B = [\"Y\", \"X\"] }}\n"))
                .contains("line 9: trade.merge: A needs at least two members")
        );
    }

    #[test]
    fn files_are_looked_for_beside_the_study() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("s.toml");
        std::fs::write(&file, GOOD).unwrap();
        std::fs::write(folder.path().join("pv.csv"), "").unwrap();
        let error = Study::load(&file).unwrap_err();
        assert_eq!(error.problems.len(), 1);
        assert!(error.to_string().contains("data.trade: there is no "), "{error}");
        assert!(error.to_string().ends_with("x.zip (paths are relative to the study file)"), "{error}");
        let missing = Study::load(&folder.path().join("none.toml")).unwrap_err().to_string();
        assert!(missing.contains("none.toml: cannot be read"), "{missing}");
    }

    #[test]
    fn every_parameter_is_documented() {
        for parameter in Study::default().parameters() {
            assert!(parameter.documentation.ends_with('.'), "{}.{}", parameter.section, parameter.key);
        }
    }
}
