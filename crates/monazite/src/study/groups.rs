//! Groups of countries in a study: those that come with the program, and its own.

use std::collections::BTreeSet;

use super::check::{Check, check_codes};
use super::typology_sections::GroupSection;
use super::whole::Study;
use crate::nomenclature::groups::{CountryGroup, builtin_groups};
use crate::nomenclature::names::code_meant;

impl Study {
    /// A group by its code: of the study's own, or one that comes with the program.
    pub fn group(&self, code: &str) -> Option<CountryGroup> {
        match self.groups.define.get(code) {
            Some(members) => Some(CountryGroup::constant(code, members)),
            None => builtin_groups().get(code).cloned(),
        }
    }

    /// The groups that are shown as the mean of their members, in the order of the study.
    pub fn mean_groups(&self) -> Vec<CountryGroup> {
        self.groups.means.iter().filter_map(|code| self.group(code)).collect()
    }

    /// The group that a country is merged into, by the codes of both; `None` if it stands for itself.
    ///
    /// ```
    /// use monazite::study::Study;
    /// let mut study = Study::default();
    /// study.trade.merge.insert("CHN3".to_owned(), vec!["CHN".to_owned(), "HKG".to_owned()]);
    /// assert_eq!(study.merged_into("HKG"), Some("CHN3"));
    /// assert_eq!(study.merged_into("JPN"), None);
    /// ```
    pub fn merged_into(&self, code: &str) -> Option<&str> {
        let merged = &self.trade.merge;
        let holds = |group: &&String| merged[*group].iter().any(|member| member == code);
        merged.keys().find(holds).map(String::as_str).filter(|group| *group != code)
    }

    pub(super) fn check_groups(&self, check: &mut Check<'_, '_>) {
        let g = &self.groups;
        let defined = g.define.iter().flat_map(|(code, members)| members.iter().chain([code]));
        check_codes(check, "groups", "define", defined);
        for (code, members) in &g.define {
            check.that(!members.is_empty(), "groups", "define", || format!("{code} has no members"));
            check.that(!builtin_groups().contains_key(code), "groups", "define", || {
                format!("{code} comes with the program; give your group another code")
            });
            let mut seen = BTreeSet::new();
            for member in members {
                check
                    .that(seen.insert(member), "groups", "define", || format!("{member} is in {code} twice"));
            }
        }
        for (key, codes) in [("means", &g.means), ("consolidated", &g.consolidated)] {
            let mut seen = BTreeSet::new();
            for code in codes {
                check.that(seen.insert(code), "groups", key, || format!("{code} is listed twice"));
                check.that(self.group(code).is_some(), "groups", key, || {
                    let known: Vec<&str> =
                        builtin_groups().keys().chain(g.define.keys()).map(String::as_str).collect();
                    format!(
                        "there is no group {code}; there are {} (groups.define adds your own)",
                        known.join(", ")
                    )
                });
            }
        }
        for code in g.means.iter().filter(|code| !g.consolidated.contains(code)) {
            check.that(!self.trade.merge.contains_key(code), "groups", "means", || {
                format!("{code} is the code of a group in trade.merge too; give one of the two another code")
            });
        }
        for code in &g.consolidated {
            check.that(!g.means.contains(code), "groups", "consolidated", || {
                format!("{code} is in groups.means too; a group is either the mean of its members or merged into one")
            });
            let group = self.group(code);
            check.that(group.is_none_or(|g| g.known_years().is_none()), "groups", "consolidated", || {
                format!(
                    "the members of {code} change over time; merge one with constant members, such as EU27"
                )
            });
            if let Some(merged) = self.trade.merge.get(code) {
                let own = self.group(code).map(|g| g.members.into_iter().map(|m| m.iso3).collect::<Vec<_>>());
                check.that(own.as_ref() == Some(merged), "groups", "consolidated", || {
                    format!("{code} has other members in trade.merge; leave it out there")
                });
            }
        }
    }

    /// Countries that are written by name, in two letters or in small ones become their codes; what is not known stays and is told.
    pub(super) fn settle_countries(&mut self) {
        let merged = self.trade.merge.values_mut().flatten();
        let grouped = self.groups.define.values_mut().flatten();
        let hubs = self.trade.hubs.iter_mut();
        let regression = &mut self.regression;
        let (shocks, other) = (&mut self.shocks, &mut self.diversification);
        let hit = shocks.rows.0.iter_mut().flat_map(|row| row.to.iter_mut().chain(Some(&mut row.supplier)));
        let asked = hit.chain(&mut shocks.priority).chain(&mut shocks.exclude).chain(&mut other.exclude);
        let left_out = regression.robustness_merge.values_mut().flatten().chain(&mut regression.exclude);
        for text in
            merged.chain(grouped).chain(hubs).chain(asked).chain(left_out).chain(&mut self.figures.countries)
        {
            if let Ok(code) = code_meant(text) {
                *text = code;
            }
        }
    }

    /// Consolidated groups are merged like those of `trade.merge`. Means that nobody asked for give way where a merge takes
    /// their members, or their code.
    pub(super) fn settle_groups(&mut self) {
        let by_default = self.groups.means == GroupSection::default().means;
        for code in self.groups.consolidated.clone() {
            if let Some(group) = self.group(&code)
                && group.known_years().is_none()
            {
                let members = group.members.into_iter().map(|m| m.iso3).collect();
                self.trade.merge.entry(code).or_insert(members);
            }
        }
        if by_default {
            let merged: BTreeSet<String> = self.trade.merge.values().flatten().cloned().collect();
            let whole = |code: &String| {
                self.group(code).is_none_or(|g| g.members.iter().all(|m| !merged.contains(&m.iso3)))
            };
            let free = |code: &&String| whole(code) && !self.trade.merge.contains_key(*code);
            let kept = self.groups.means.iter().filter(free).cloned().collect();
            self.groups.means = kept;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const GOOD: &str = "[study]\nseeds = [\"284690\"]\n[data]\ntrade = \"x\"\ngovernance = \"y\"\n[groups]\n";

    fn problems(groups: &str) -> Vec<String> {
        let (_, problems) = Study::parse(&format!("{GOOD}{groups}"), Path::new("s.toml"));
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_consolidated_group_is_merged_and_no_longer_a_mean() {
        let (study, none) = Study::parse(&format!("{GOOD}consolidated = [\"EU27\"]\n"), Path::new("s.toml"));
        assert_eq!(none, []);
        assert_eq!(study.trade.merge["EU27"].len(), 27);
        assert!(study.groups.means.is_empty());
        let (again, none) = Study::parse(&study.to_toml(), Path::new("s.toml"));
        assert_eq!(none, []);
        assert_eq!((again.hash(), again), (study.hash(), study));
    }

    #[test]
    fn a_mean_that_nobody_asked_for_gives_way() {
        for (merge, means) in
            [("EU27 = [\"CHN\", \"HKG\"]", 0), ("X = [\"CHN\", \"HKG\"]", 1), ("X = [\"FRA\", \"DEU\"]", 0)]
        {
            let (study, none) =
                Study::parse(&format!("{GOOD}[trade]\nmerge = {{ {merge} }}\n"), Path::new("s.toml"));
            assert_eq!((none, study.groups.means.len()), (vec![], means), "{merge}");
        }
        assert_eq!(
            problems("[trade]\nmerge = { EU27 = [] }\n"),
            ["line 8: trade.merge: EU27 needs at least two members"]
        );
    }

    #[test]
    fn groups_of_ones_own() {
        let text = "means = [\"EU\", \"MINE\"]\ndefine = { MINE = [\"CHN\", \"HKG\"] }\n";
        let (study, none) = Study::parse(&format!("{GOOD}{text}"), Path::new("s.toml"));
        assert_eq!(none, []);
        let groups = study.mean_groups();
        assert_eq!((groups[0].members.len(), groups[1].members[1].iso3.as_str()), (28, "HKG"));
    }

    #[test]
    fn countries_may_be_written_by_name() {
        let text = "define = { MINE = [\"South Korea\", \"de\", \"Türkiye\"] }\n[trade]\nhubs = [\"Hong Kong\", \"AAA\"]\nmerge = { X = [\"China\", \"Macau\"] }\n[figures]\ncountries = [\"United States\", \"EU27\"]\n";
        let (study, none) = Study::parse(&format!("{GOOD}{text}"), Path::new("s.toml"));
        assert_eq!(none, []);
        assert_eq!(study.groups.define["MINE"], ["KOR", "DEU", "TUR"]);
        assert_eq!(
            (study.trade.hubs.clone(), study.trade.merge["X"].clone()),
            (vec!["HKG".to_owned(), "AAA".to_owned()], vec!["CHN".to_owned(), "MAC".to_owned()])
        );
        assert_eq!(study.figures.countries, ["USA", "EU27"]);
        let (again, _) = Study::parse(&study.to_toml(), Path::new("s.toml"));
        assert_eq!(again.hash(), study.hash());
        assert_eq!(
            problems("[trade]\nhubs = [\"Korea\"]\n"),
            ["line 8: trade.hubs: 'Korea' may be KOR (South Korea) or PRK (North Korea); say which"]
        );
        let unknown = problems("[trade]\nhubs = [\"Soth Korea\"]\n");
        assert!(unknown[0].ends_with("; near to it: KOR (South Korea), PRK (North Korea)"), "{unknown:?}");
    }

    #[test]
    fn what_is_wrong_with_a_group() {
        assert_eq!(
            problems("means = [\"EU28\"]\n"),
            [
                "line 7: groups.means: there is no group EU28; there are ASEAN, BRICS, CHN3, EU, EU27, G7, GCC, MERCOSUR, USMCA (groups.define adds your own)"
            ]
        );
        assert_eq!(
            problems("define = { G7 = [\"CHN\"], X = [], Y = [\"CHN\", \"CHN\"] }\n"),
            ["line 7: groups.define: G7 comes with the program; give your group another code"]
        );
        assert_eq!(
            problems("means = [\"G7\"]\n[trade]\nmerge = { G7 = [\"USA\", \"CAN\"] }\n"),
            [
                "line 7: groups.means: G7 is the code of a group in trade.merge too; give one of the two another code"
            ]
        );
        assert_eq!(
            problems("consolidated = [\"EU\"]\n"),
            [
                "line 7: groups.consolidated: the members of EU change over time; merge one with constant members, such as EU27"
            ]
        );
        assert_eq!(
            problems("means = [\"G7\"]\nconsolidated = [\"G7\"]\n"),
            [
                "line 8: groups.consolidated: G7 is in groups.means too; a group is either the mean of its members or merged into one"
            ]
        );
    }
}
