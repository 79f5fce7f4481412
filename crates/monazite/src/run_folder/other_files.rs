//! The files of the run folder that are no tables.

use super::name_pattern;

/// A file that is no table, or a kind of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunFile {
    /// Name within the run folder; a [pattern](name_pattern) for a kind of files.
    pub file: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// When it is not there; `None` if every run has it.
    pub not_written: Option<&'static str>,
}

const NO_REGRESSION: Option<&str> = Some("there is no regression");
const INDICATORS_ONLY: Option<&str> = Some("the run was made by `monazite indicators`");

/// All of them.
pub const OTHER_FILES: [RunFile; 13] = [
    RunFile {
        file: "manifest.toml",
        meaning: "what was run, with what, on what, and what came out; a folder with this file is a finished run",
        not_written: None,
    },
    RunFile {
        file: "study.toml",
        meaning: "the study as it was run, every default spelled out; paths are those of your file, so they are relative to where your file is",
        not_written: None,
    },
    RunFile {
        file: "schema.json",
        meaning: "this page for programs: JSON Schema of the manifest and of every table, with label, unit, range and definition of each column",
        not_written: None,
    },
    RunFile {
        file: "report.html",
        meaning: "one page that opens without a network and without anything else from the folder",
        not_written: INDICATORS_ONLY,
    },
    RunFile {
        file: "briefs/*.html",
        meaning: "a brief on a country, `DEU.html`, or product, `284690.html`, or several side by side, `DEU-JPN.html`",
        not_written: Some("`monazite report` did not make one"),
    },
    RunFile {
        file: "scenarios/*.html",
        meaning: "a scenario of the study as one page: what is left out, who loses how much, what that touches down the chain; opens offline and prints",
        not_written: Some("the study has no scenario (`[[shock]]`, `shocks.events`)"),
    },
    RunFile {
        file: "figures/*.svg",
        meaning: "a figure or world map, with its font",
        not_written: Some("it has nothing to draw"),
    },
    RunFile {
        file: "figures/*.png",
        meaning: "the same at 300 dots an inch",
        not_written: Some("the program was built without the feature `print`"),
    },
    RunFile {
        file: "figures/*.pdf",
        meaning: "the same as PDF of one page, fonts embedded, text as text",
        not_written: Some("the program was built without the feature `print`"),
    },
    RunFile {
        file: "figures/*.caption.txt",
        meaning: "its caption: what it shows, how to read it, definitions, data with version and years, the files with the numbers, the study and its \
                  checksum",
        not_written: Some("it has nothing to draw"),
    },
    RunFile {
        file: "before_after/table.{tex,md}",
        meaning: "what happened after each trade measure, for LaTeX (booktabs) and in Markdown: estimate, clustered standard error in parentheses, p; base, controls and how p was found in the note",
        not_written: Some(
            "the study names no table of measures (`event.table`), or nothing could be compared",
        ),
    },
    RunFile {
        file: "regression/table.{tex,html,md}",
        meaning: "the regression table for LaTeX (booktabs), as a page, and in Markdown: estimates, standard errors in parentheses below, and in the \
                  note their kind, clusters, windows, fixed effects and what RCA is relative to; no stars unless `regression.stars` asks for them",
        not_written: NO_REGRESSION,
    },
    RunFile {
        file: "regression/table_paper.{tex,html,md}",
        meaning: "the same with estimate and standard error as -0.13(1) and the p-value beside it, as the paper has it",
        not_written: NO_REGRESSION,
    },
];

impl RunFile {
    /// Whether a file of a run is this one, or one of this kind.
    ///
    /// ```
    /// use monazite::run_folder::OTHER_FILES;
    /// assert!(OTHER_FILES.iter().any(|file| file.is("figures/map_str.svg")));
    /// assert!(!OTHER_FILES.iter().any(|file| file.is("figures/map_str.csv")));
    /// ```
    pub fn is(&self, file: &str) -> bool {
        name_pattern::matches(self.file, file)
    }
}
