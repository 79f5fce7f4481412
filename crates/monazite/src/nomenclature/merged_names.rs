//! Names of groups of countries that are merged into one: in a run they list their members.

/// A merged group of more members than this is called by its code.
const MOST_SPELLED: usize = 4;

/// The members of a merged group, which its name in a run lists: `CHN3 (CHN, HKG, MAC)`. None for a country.
///
/// ```
/// use monazite::nomenclature::merged_names::members_in_name;
/// assert_eq!(members_in_name("CHN3", "CHN3 (CHN, HKG, MAC)").collect::<Vec<_>>(), ["CHN", "HKG", "MAC"]);
/// assert_eq!(members_in_name("KOR", "Korea (South)").count(), 0);
/// ```
pub fn members_in_name<'a>(code: &str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let listed = name.strip_prefix(code).and_then(|rest| rest.strip_prefix(" (")?.strip_suffix(')'));
    listed.into_iter().flat_map(|members| members.split(", "))
}

/// What a country or a merged group is called in a table: its name; the code of a group with many members, whose name spells out all of them.
///
/// ```
/// use monazite::nomenclature::merged_names::name_in_tables;
/// assert_eq!(name_in_tables("DEU", "Germany"), "Germany");
/// assert_eq!(name_in_tables("CHN", "CHN (CHN, HKG, MAC)"), "CHN (CHN, HKG, MAC)");
/// assert_eq!(name_in_tables("G7", "G7 (CAN, DEU, FRA, GBR, ITA, JPN, USA)"), "G7");
/// ```
pub fn name_in_tables<'a>(code: &'a str, name: &'a str) -> &'a str {
    if members_in_name(code, name).count() > MOST_SPELLED { code } else { name }
}
