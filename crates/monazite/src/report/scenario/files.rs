//! Pages of the scenarios of a study, as files of its run.

use std::collections::BTreeSet;

use super::page::scenario_page;
use crate::plain_text::is_file_name;
use crate::run::{Run, RunError};
use crate::run_folder::RunFolder;
use crate::study::ShockSection;
use crate::what_if::ScenarioOutcome;

/// Longest name of a file, without its ending.
const LONGEST: usize = 60;

/// The name of a file for a scenario: letters and digits stay, all else becomes a dash.
///
/// ```
/// use monazite::report::scenario::files::file_name;
/// assert_eq!(file_name("CHN stops exports of 284690, 280530"), "CHN-stops-exports-of-284690-280530");
/// assert_eq!(file_name("../../Übel"), "bel");
/// assert_eq!(file_name("§"), "scenario");
/// assert_eq!(file_name(&"x y".repeat(100)).len(), 60);
/// ```
pub fn file_name(scenario: &str) -> String {
    let mut name = String::new();
    for character in scenario.chars() {
        if name.len() >= LONGEST {
            break;
        }
        if character.is_ascii_alphanumeric() {
            name.push(character);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() { "scenario".to_owned() } else { name.to_owned() }
}

/// The page of a scenario, with the name of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioFile {
    /// Name without folder: `NAME.html`.
    pub name: String,
    /// The page.
    pub page: String,
}

/// The page of every scenario, with all its base years, the last one first, in the order in which scenarios come first.
///
/// # Errors
/// [`RunError`] if a table of the run is damaged.
pub fn scenario_pages(
    run: &Run,
    settings: &ShockSection,
    outcomes: &[ScenarioOutcome],
) -> Result<Vec<ScenarioFile>, RunError> {
    let (mut names, mut pages) = (BTreeSet::new(), Vec::new());
    let mut seen: Vec<&str> = Vec::new();
    for outcome in outcomes {
        let scenario = outcome.scenario.name.as_str();
        if seen.contains(&scenario) {
            continue;
        }
        seen.push(scenario);
        let mut years: Vec<ScenarioOutcome> =
            outcomes.iter().filter(|of| of.scenario.name == scenario).cloned().collect();
        years.sort_by_key(|of| std::cmp::Reverse(of.year));
        let stem = file_name(scenario);
        // Names that differ in other signs only are numbered; some file systems do not tell capitals.
        let mut name = stem.clone();
        let mut nth = 1;
        while !names.insert(name.to_lowercase()) {
            nth += 1;
            name = format!("{stem}-{nth}");
        }
        pages
            .push(ScenarioFile { name: format!("{name}.html"), page: scenario_page(run, settings, &years)? });
    }
    Ok(pages)
}

/// Writes [`scenario_pages`] as `scenarios/NAME.html` and returns the names of the files.
///
/// # Errors
/// [`RunError`] if a table of the run is damaged, or a file cannot be written.
pub fn write_scenarios(
    run: &Run,
    settings: &ShockSection,
    outcomes: &[ScenarioOutcome],
    folder: &mut RunFolder,
) -> Result<Vec<String>, RunError> {
    let mut written = Vec::new();
    for ScenarioFile { name, page } in scenario_pages(run, settings, outcomes)? {
        let file = format!("scenarios/{name}");
        debug_assert!(is_file_name(&file));
        folder.write(&file, page.as_bytes())?;
        written.push(file);
    }
    Ok(written)
}
