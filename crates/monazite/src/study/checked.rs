//! Studies as a run takes them: loaded from a file or made without one, with everything that is wrong with them.

use std::path::{Path, PathBuf};

use super::error::{Problem, StudyError};
use super::files::DataFrom;
use super::sections::StudySection;
use super::text::text_of;
use super::whole::Study;
use crate::disk;
use crate::nomenclature::Hs6;
use crate::run_folder::{RunFiles, open_finished};

impl Study {
    /// Loads a study file and checks it.
    ///
    /// # Errors
    /// [`StudyError`] with every problem: what cannot be read as TOML, unknown keys, wrong values, files that are not
    /// there. What depends on the data (a seed without trade, a year that is missing) shows when the data are opened.
    pub fn load(file: &Path) -> Result<Self, StudyError> {
        Self::load_with(file, |_| {})
    }

    /// The study of a finished run, as the run resolved it: `study.toml` in its folder.
    ///
    /// # Errors
    /// [`StudyError`] if it is no finished run, or the file is not the one that the run made.
    pub fn of_run(folder: &Path) -> Result<Self, StudyError> {
        let run = open_finished(folder).map_err(|e| StudyError {
            file: folder.display().to_string(),
            problems: vec![Problem { line: None, key: String::new(), message: e.to_string() }],
        })?;
        Self::of_files(&run.files)
    }

    /// As [`Study::of_run`], of a run whose files are at hand.
    ///
    /// # Errors
    /// As [`Study::of_run`], and if the file is not the one that the run made.
    pub fn of_files(files: &RunFiles) -> Result<Self, StudyError> {
        let file = files.place_of("study.toml");
        let text = files.text("study.toml").map_err(|e| StudyError {
            file: files.name(),
            problems: vec![Problem { line: None, key: String::new(), message: e.to_string() }],
        })?;
        Self::parse_of_run(&text, &file)
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
            study.check_files(DataFrom::Files, &mut problems);
        }
        if problems.is_empty() { Ok(study) } else { Err(study.error(problems)) }
    }

    /// A study of some seeds with every other parameter at its default, to be changed field by field.
    ///
    /// It needs no file. Paths that are set in it are relative to the folder the program runs in.
    ///
    /// ```
    /// use monazite::study::{DataFrom, Study};
    /// let mut study = Study::new(["284690".parse()?]);
    /// study.study.name = "Rare earths".to_owned();
    /// study.indicators.damping = 1.5;
    /// let problems = study.check(DataFrom::Memory);
    /// assert_eq!(problems[0].to_string(), "indicators.damping: 1.5 is not above 0 and at most 1");
    /// study.indicators.damping = 0.9;
    /// assert!(study.check(DataFrom::Memory).is_empty());
    /// let problems = study.check(DataFrom::Files);
    /// assert_eq!(problems[0].key, "data.trade");
    /// # Ok::<(), monazite::nomenclature::hs::HsCodeError>(())
    /// ```
    pub fn new(seeds: impl IntoIterator<Item = Hs6>) -> Self {
        let study = StudySection { seeds: seeds.into_iter().collect(), ..StudySection::default() };
        Self { file: PathBuf::from("the study"), study, ..Self::default() }
    }

    /// Everything that is wrong with a study: the same checks, with the same messages, as when it is loaded from a file.
    ///
    /// What depends on the data (a seed without trade, a year that is missing) shows when it is run.
    pub fn check(&self, data: DataFrom) -> Vec<Problem> {
        self.settled(data).1
    }

    /// The study as a run takes it, if nothing is wrong with it: groups that are merged are among those of `trade.merge`.
    ///
    /// # Errors
    /// [`StudyError`] with every problem; see [`Study::check`].
    pub fn checked(&self, data: DataFrom) -> Result<Self, StudyError> {
        let (study, problems) = self.settled(data);
        if problems.is_empty() { Ok(study) } else { Err(study.error(problems)) }
    }

    /// By way of the text, so that there is one set of checks.
    fn settled(&self, data: DataFrom) -> (Self, Vec<Problem>) {
        let (study, mut problems) = Self::parse(&self.to_toml(), &self.file);
        if data == DataFrom::Memory {
            problems.retain(|problem| !study.is_about_no_file(problem));
        }
        // There is no file, so there are no lines.
        problems.iter_mut().for_each(|problem| problem.line = None);
        if problems.is_empty() {
            study.check_files(data, &mut problems);
        }
        (study, problems)
    }

    /// The study of a run from its text. A run of data in memory names no files.
    pub(crate) fn parse_of_run(text: &str, file: &Path) -> Result<Self, StudyError> {
        let (study, mut problems) = Self::parse(text, file);
        problems.retain(|problem| !study.is_about_no_file(problem));
        if problems.is_empty() { Ok(study) } else { Err(study.error(problems)) }
    }

    fn is_about_no_file(&self, problem: &Problem) -> bool {
        let empty = |path: &Path| path.as_os_str().is_empty();
        (problem.key == "data.trade" && empty(&self.data.trade))
            || (problem.key == "data.governance" && empty(&self.data.governance))
    }
}

/// Largest study file, in bytes.
const LARGEST_STUDY: u64 = 4 << 20;

fn read_text(file: &Path) -> Result<String, StudyError> {
    let problem = |message| StudyError {
        file: file.display().to_string(),
        problems: vec![Problem { line: None, key: String::new(), message }],
    };
    let bytes = disk::read(file, LARGEST_STUDY).map_err(|e| problem(format!("cannot be read: {e}")))?;
    text_of(bytes).map_err(problem)
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

    #[test]
    fn a_study_without_a_file_is_checked_as_one_with() {
        let text = "[study]\nseeds = [\"284690\", \"284690\"]\n[chain]\nvotes = 0\n";
        let (from_file, of_text) = Study::parse(text, Path::new("the study"));
        let mut made = Study::new(from_file.study.seeds.iter().copied());
        made.chain.votes = 0;
        let words = |problems: &[Problem]| {
            let mut words: Vec<String> =
                problems.iter().map(|p| format!("{}: {}", p.key, p.message)).collect();
            words.sort();
            words
        };
        assert_eq!(words(&made.check(DataFrom::Files)), words(&of_text));
        assert!(made.check(DataFrom::Files).iter().all(|p| p.line.is_none()));
        let given = made.checked(DataFrom::Memory).unwrap_err();
        assert_eq!(given.problems.len() + 2, of_text.len(), "{given}");
    }

    #[test]
    fn merged_groups_are_settled_and_files_looked_for() {
        let mut study = Study::new(["284690".parse().unwrap()]);
        study.groups.consolidated = vec!["EU27".to_owned()];
        let settled = study.checked(DataFrom::Memory).unwrap();
        assert_eq!(settled.trade.merge["EU27"].len(), 27);
        assert_eq!(settled.checked(DataFrom::Memory).unwrap(), settled);
        study.data.totals = Some("no/such/table.csv".into());
        let error = study.checked(DataFrom::Memory).unwrap_err().to_string();
        assert!(error.starts_with("the study: data.totals: there is no no/such/table.csv"), "{error}");
    }
}
