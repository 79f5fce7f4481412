//! A scenario as rows of a study file.

use crate::shock::Scenario;
use crate::shock::events::event;
use crate::study::{ScenarioRows, ShockSection};

/// Scenarios and their settings as sections of a study file: `[shocks]` with what differs from the defaults, and the rows.
///
/// ```
/// use monazite::report::answers::scenario_toml;
/// use monazite::shock::{Scenario, ScenarioRow};
/// use monazite::study::{ShockSection, Study};
/// let row = ScenarioRow { export_cut: 0.5, ..ScenarioRow::stop("CHN", vec!["284690".parse()?]) };
/// let settings = ShockSection { capacity: Some(0.1), ..ShockSection::default() };
/// let text = scenario_toml(&Scenario::of_rows(&[row.clone()]), &settings);
/// let study = "[study]\nseeds = [\"284690\"]\n[data]\ntrade = \"t.csv\"\ngovernance = \"pv.csv\"\n";
/// let (study, problems) = Study::parse(&format!("{study}{text}"), "s.toml".as_ref());
/// assert_eq!((problems.len(), study.shocks.capacity, &study.shocks.rows.0[0]), (0, Some(0.1), &row));
/// # Ok::<(), monazite::nomenclature::hs::HsCodeError>(())
/// ```
pub fn scenario_toml(scenarios: &[Scenario], settings: &ShockSection) -> String {
    let mut rows: Vec<_> = scenarios.iter().flat_map(|scenario| scenario.rows.clone()).collect();
    // A study has its own names for scenarios; those of events are taken.
    for row in rows.iter_mut().filter(|row| event(&row.scenario).is_ok()) {
        row.scenario.push_str(", as rows");
    }
    let settings = ShockSection { rows: ScenarioRows(rows), events: Vec::new(), ..settings.clone() };
    let defaults = ShockSection::default().parameters();
    let mut text =
        format!("# Put this into a study file to have the scenario in its run.\n[{}]\n", ShockSection::KEY);
    for parameter in settings.parameters() {
        let usual = defaults.iter().find(|other| other.key == parameter.key);
        if let Some(value) =
            parameter.value.filter(|value| usual.and_then(|p| p.value.as_ref()) != Some(value))
        {
            text.push_str(&format!("{} = {value}\n", parameter.key));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Study;

    #[test]
    fn an_event_as_rows_has_a_name_that_a_study_takes() {
        let scenario = event("graphite-2023").unwrap().scenario(vec!["250410".parse().unwrap()]);
        let text = scenario_toml(&[scenario], &ShockSection::default());
        let study = "[study]\nseeds = [\"284690\"]\n[data]\ntrade = \"t.csv\"\ngovernance = \"pv.csv\"\n";
        let (study, problems) = Study::parse(&format!("{study}{text}"), "s.toml".as_ref());
        assert_eq!((problems, study.shocks.rows.0[0].scenario.as_str()), (vec![], "graphite-2023, as rows"));
    }
}
