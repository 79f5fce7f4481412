//! Groups of countries: the European Union, ASEAN, the G7, and whatever a study defines.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One member of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// iso3 of the country.
    pub iso3: String,
    /// First and last year of its membership; `None` if it belongs to the group in every year.
    pub years: Option<(u16, u16)>,
}

/// A group of countries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountryGroup {
    /// Code, such as `EU27`; never the iso3 of a country.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// The members.
    pub members: Vec<Member>,
}

/// A year for which nobody has written down who the members are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the members of {group} are known for {first} to {last}, not for {year}; choose years within, or a group with constant members"
)]
pub struct UnknownMembership {
    /// The group.
    pub group: String,
    /// The year.
    pub year: u16,
    /// First year that is known.
    pub first: u16,
    /// Last year that is known.
    pub last: u16,
}

const GROUPS: &str = include_str!("country_groups.csv");

impl CountryGroup {
    /// A group with the same members in every year.
    pub fn constant(code: &str, members: &[String]) -> Self {
        let members = members.iter().map(|iso3| Member { iso3: iso3.clone(), years: None }).collect();
        Self { code: code.to_owned(), name: code.to_owned(), members }
    }

    /// First and last year for which the members are known; `None` if they are the same in every year.
    pub fn known_years(&self) -> Option<(u16, u16)> {
        let years = || self.members.iter().filter_map(|m| m.years);
        Some((years().map(|y| y.0).min()?, years().map(|y| y.1).max()?))
    }

    /// The members in a year.
    ///
    /// # Errors
    /// [`UnknownMembership`] if the members change over time and the year lies outside the table.
    pub fn members_in(&self, year: u16) -> Result<Vec<&str>, UnknownMembership> {
        if let Some((first, last)) = self.known_years()
            && !(first..=last).contains(&year)
        {
            return Err(UnknownMembership { group: self.code.clone(), year, first, last });
        }
        let belongs = |m: &&Member| m.years.is_none_or(|(first, last)| (first..=last).contains(&year));
        Ok(self.members.iter().filter(belongs).map(|m| m.iso3.as_str()).collect())
    }
}

/// The groups that come with the program, by code.
///
/// `EU27` has the members since 2020 in every year; `EU` those of each year from 2007 to 2024, with Croatia from 2013 and the
/// United Kingdom until 2019.
///
/// ```
/// use monazite::nomenclature::groups::builtin_groups;
/// assert_eq!(builtin_groups()["EU27"].members.len(), 27);
/// assert_eq!(builtin_groups()["EU"].members_in(2012)?.len(), 27);
/// assert_eq!(builtin_groups()["EU"].members_in(2015)?.len(), 28);
/// assert!(builtin_groups()["EU"].members_in(2002).is_err());
/// # Ok::<(), monazite::nomenclature::groups::UnknownMembership>(())
/// ```
pub fn builtin_groups() -> &'static BTreeMap<String, CountryGroup> {
    static ALL: LazyLock<BTreeMap<String, CountryGroup>> = LazyLock::new(|| {
        let mut groups: BTreeMap<String, CountryGroup> = BTreeMap::new();
        // A test reads every row.
        for row in csv::Reader::from_reader(GROUPS.as_bytes()).into_records().filter_map(Result::ok) {
            let field = |column: usize| row.get(column).unwrap_or_default();
            let years = field(3).parse().ok().zip(field(4).parse().ok());
            groups
                .entry(field(0).to_owned())
                .or_insert_with(|| CountryGroup {
                    code: field(0).to_owned(),
                    name: field(1).to_owned(),
                    members: Vec::new(),
                })
                .members
                .push(Member { iso3: field(2).to_owned(), years });
        }
        groups
    });
    &ALL
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nomenclature::country::m49;

    #[test]
    fn every_member_is_a_country_and_no_group_is() {
        let codes: Vec<&str> = m49().iter().map(|r| r.iso3.as_str()).collect();
        for group in builtin_groups().values() {
            assert!(!codes.contains(&group.code.as_str()), "{}", group.code);
            for member in &group.members {
                assert!(codes.contains(&member.iso3.as_str()), "{} of {}", member.iso3, group.code);
            }
        }
        let size = |code: &str| builtin_groups()[code].members.len();
        assert_eq!([size("ASEAN"), size("G7"), size("BRICS"), size("GCC"), size("CHN3")], [10, 7, 5, 6, 3]);
        assert_eq!(
            GROUPS.lines().count() - 1,
            builtin_groups().values().map(|g| g.members.len()).sum::<usize>()
        );
    }

    #[test]
    fn the_union_by_year() {
        let eu = &builtin_groups()["EU"];
        let has = |year: u16, iso3: &str| eu.members_in(year).unwrap().contains(&iso3);
        assert!(has(2019, "GBR") && !has(2020, "GBR"));
        assert!(!has(2012, "HRV") && has(2013, "HRV"));
        assert_eq!(eu.members_in(2020).unwrap(), builtin_groups()["EU27"].members_in(2020).unwrap());
        assert_eq!(
            eu.members_in(2025).unwrap_err().to_string(),
            "the members of EU are known for 2007 to 2024, not for 2025; choose years within, or a group with constant members"
        );
        assert_eq!(builtin_groups()["EU27"].members_in(1995).unwrap().len(), 27);
    }
}
