//! Studies that are made without a file, and what is checked of every study.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::sections::StudySection;
use super::{Check, Problem, Study, StudyError};
use crate::nomenclature::Hs6;
use crate::value_chain::significance::{CountriesLeftOut, Observations, TradeScale};

/// Where the trade and the political stability of a study come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataFrom {
    /// From the files that `data.trade` and `data.governance` name.
    Files,
    /// They are given to the run: `data.trade` and `data.governance` may be empty.
    Memory,
}

impl Study {
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

    pub(super) fn check_values(&self, check: &mut Check<'_, '_>) {
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

    /// Names the files that are not there. Those of `[data]` are not looked for if the data are given.
    pub(super) fn check_files(&self, data: DataFrom, problems: &mut Vec<Problem>) {
        let mut files = Vec::new();
        if data == DataFrom::Files {
            files.push(("data.trade", Some(&self.data.trade)));
            files.push(("data.governance", Some(&self.data.governance)));
        }
        files.push(("data.totals", self.data.totals.as_ref()));
        files.push(("trade.reexport_shares", self.trade.reexport_shares.as_ref()));
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
}

#[cfg(test)]
mod tests {
    use super::*;

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
