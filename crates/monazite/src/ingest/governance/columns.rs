//! What the columns and series of the Governance Indicators are called, in one table.

use super::record::Statistic;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// Code of the country.
    Country,
    /// Name of the country.
    Name,
    /// Year.
    Year,
    /// Code of the series or of the indicator, or its name.
    Series,
    /// Words about the series.
    Words,
    /// Value of the series that the row names.
    Value,
    /// A series of political stability.
    Of(Statistic),
    /// Political stability, in a series that is not said.
    Unsaid,
}

/// Names of columns, as [`plain`] makes them; of two columns of one role the one whose name comes first is taken.
const COLUMNS: &[(Role, &[&str])] = &[
    (
        Role::Country,
        &[
            "iso3",
            "country iso3",
            "iso3c",
            "iso3 code",
            "iso 3",
            "iso alpha 3",
            "alpha 3",
            "countryiso3code",
            "code",
            "country code",
            "countrycode",
            "economy code",
            "economy iso3",
            "ref area",
            "iso code",
            "iso",
            "wbcode",
            "wb code",
            "country id",
            "economy",
            "iso2",
            "iso2c",
            "iso2 code",
            "iso 2",
            "country iso2",
            "geo",
        ],
    ),
    (
        Role::Name,
        &[
            "country name",
            "countryname",
            "country",
            "economy name",
            "entity",
            "country territory",
            "ref area label",
            "ref area name",
            "country value",
            "location",
            "nation",
        ],
    ),
    (Role::Year, &["year", "time period", "time", "date", "yr", "period", "time code"]),
    (
        Role::Series,
        &[
            "indicator code",
            "series code",
            "indicatorcode",
            "seriescode",
            "indicator id",
            "indicator",
            "series",
            "indicator name",
            "series name",
            "indicator label",
            "indicator value",
            "series label",
        ],
    ),
    (
        Role::Words,
        &[
            "unit measure label",
            "unit measure",
            "comp breakdown 1 label",
            "comp breakdown 1",
            "statistic",
            "measure",
        ],
    ),
    (Role::Value, &["value", "obs value", "observation value", "obsvalue"]),
    (
        Role::Of(Statistic::PercentileRank),
        &[
            "pctrank",
            "pv rank",
            "pvr",
            "pv pctrank",
            "pv percentile",
            "percentile rank",
            "rank",
            "percentile",
            "prank",
        ],
    ),
    (Role::Of(Statistic::Estimate), &["pv est", "pve", "pv estimate", "estimate", "est"]),
    (
        Role::Of(Statistic::StandardError),
        &[
            "stddev",
            "pv se",
            "pvs",
            "pv stddev",
            "pv stderr",
            "stderr",
            "std err",
            "standard error",
            "standarderror",
            "se",
        ],
    ),
    (Role::Of(Statistic::RankLower), &["pctranklower", "pvl", "rank lower", "lower"]),
    (Role::Of(Statistic::RankUpper), &["pctrankupper", "pvu", "rank upper", "upper"]),
    (Role::Of(Statistic::Score), &["pv score", "pvsc", "score", "governance score"]),
    (Role::Of(Statistic::Sources), &["nsource", "numsrc", "pvn", "number of sources"]),
];

/// Beginnings of names, such as "Governance estimate (approx. -2.5 to +2.5)" of the 2025 edition.
const BEGINNINGS: &[(Role, &str)] = &[
    (Role::Of(Statistic::Estimate), "governance estimate"),
    (Role::Of(Statistic::Score), "governance score"),
    (Role::Of(Statistic::PercentileRank), "percentile rank"),
    (Role::Of(Statistic::StandardError), "standard error"),
];

/// Endings of the codes of series, after `PV` and with points for whatever stands between words.
const CODES: &[(&str, Statistic)] = &[
    ("EST", Statistic::Estimate),
    ("STD.ERR", Statistic::StandardError),
    ("SE", Statistic::StandardError),
    ("STDERR", Statistic::StandardError),
    ("PER.RNK", Statistic::PercentileRank),
    ("RNK", Statistic::PercentileRank),
    ("RANK", Statistic::PercentileRank),
    ("PCTRANK", Statistic::PercentileRank),
    ("PER.RNK.LOWER", Statistic::RankLower),
    ("PCTRANKLOWER", Statistic::RankLower),
    ("PER.RNK.UPPER", Statistic::RankUpper),
    ("PCTRANKUPPER", Statistic::RankUpper),
    ("NO.SRC", Statistic::Sources),
    ("NSOURCE", Statistic::Sources),
    ("SC", Statistic::Score),
    ("SCORE", Statistic::Score),
];

/// What a name or code says of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Series {
    /// A series of political stability.
    Of(Statistic),
    /// Political stability, and no more.
    Unsaid,
    /// Something of political stability that is not used, such as the bounds of another series.
    Unused,
    /// Something else.
    Other,
}

/// A name in small letters, with one blank for whatever is no letter or digit.
pub(super) fn plain(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// The series that words speak of: "Percentile Rank, Lower Bound of 90% Confidence Interval".
pub(super) fn series_in_words(words: &str) -> Series {
    let words = plain(words);
    let has = |word: &str| words.contains(word);
    let (rank, bound) = (has("rank") || has("percentile"), [has("lower"), has("upper")]);
    match bound {
        [true, _] if rank => Series::Of(Statistic::RankLower),
        [_, true] if rank => Series::Of(Statistic::RankUpper),
        [true, _] | [_, true] => Series::Unused,
        _ if has("sources") => Series::Of(Statistic::Sources),
        _ if has("standard error") || has("std err") || has("stderr") => Series::Of(Statistic::StandardError),
        _ if rank => Series::Of(Statistic::PercentileRank),
        _ if has("score") => Series::Of(Statistic::Score),
        _ if has("estimate") => Series::Of(Statistic::Estimate),
        _ => Series::Unsaid,
    }
}

/// The series that a code or a name stands for: `PV.EST`, `GOV_WGI_PV_SC`, `WB_WGI_PV_PER_RNK`, "Political Stability ...: Estimate [PV.EST]".
pub(super) fn series_of(name: &str) -> Series {
    if let Some((words, code)) = name.split_once('[')
        && let Some((code, _)) = code.split_once(']')
        && words.contains(' ')
    {
        return series_of(code);
    }
    let words = plain(name);
    if words.starts_with("political stability") || words.starts_with("pv political stability") {
        return series_in_words(&words);
    }
    let code = words.to_uppercase().replace(' ', ".");
    let code = ["GOV.WGI.", "WB.WGI.", "WGI.", "GOV."]
        .iter()
        .find_map(|start| code.strip_prefix(start))
        .unwrap_or(&code);
    match code.strip_prefix("PV") {
        Some("") => Series::Unsaid,
        Some(rest) => match rest.strip_prefix('.') {
            Some(rest) => CODES
                .iter()
                .find(|(ending, _)| *ending == rest)
                .map_or_else(|| series_in_words(rest), |(_, statistic)| Series::Of(*statistic)),
            None => Series::Other,
        },
        None => Series::Other,
    }
}

/// What a column holds by its name, and how good the name is: less is better.
pub(super) fn role_of(name: &str) -> Option<(Role, usize)> {
    let words = plain(name);
    for (role, names) in COLUMNS {
        if let Some(place) = names.iter().position(|n| *n == words) {
            return Some((*role, place));
        }
    }
    if let Some((role, _)) = BEGINNINGS.iter().find(|(_, start)| words.starts_with(start)) {
        let series = series_in_words(&words);
        return match (series, role) {
            (Series::Of(statistic), _) => Some((Role::Of(statistic), 50)),
            (Series::Unused, _) => None,
            (_, role) => Some((*role, 50)),
        };
    }
    match series_of(name) {
        Series::Of(statistic) => Some((Role::Of(statistic), 0)),
        Series::Unsaid => Some((Role::Unsaid, 0)),
        Series::Unused | Series::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_by_every_name() {
        for (name, statistic) in [
            ("PV.EST", Statistic::Estimate),
            ("GOV_WGI_PV.EST", Statistic::Estimate),
            ("GOV_WGI_PV_SC", Statistic::Score),
            ("WB_WGI_PV_PER_RNK", Statistic::PercentileRank),
            ("PV.PER.RNK.LOWER", Statistic::RankLower),
            ("GOV_WGI_PV_PER_RNK_UPPER", Statistic::RankUpper),
            ("PV.STD.ERR", Statistic::StandardError),
            ("PV.NO.SRC", Statistic::Sources),
            (
                "Political Stability and Absence of Violence/Terrorism: Percentile Rank",
                Statistic::PercentileRank,
            ),
            ("Political Stability - Governance score (0-100)", Statistic::Score),
            ("Political Stability and Absence of Violence/Terrorism: Estimate [PV.EST]", Statistic::Estimate),
            (
                "Political Stability and Absence of Violence/Terrorism: Percentile Rank, Upper Bound of 90% Confidence Interval",
                Statistic::RankUpper,
            ),
            ("Political Stability and Absence of Violence/Terrorism: Number of Sources", Statistic::Sources),
        ] {
            assert_eq!(series_of(name), Series::Of(statistic), "{name}");
        }
        for other in ["CC.EST", "Control of Corruption: Estimate", "PVX.EST", "", "GOV_WGI_GE_SC"] {
            assert_eq!(series_of(other), Series::Other, "{other}");
        }
        assert_eq!(series_of("pv"), Series::Unsaid);
    }

    #[test]
    fn columns_by_every_name() {
        for (name, role) in [
            ("Country Code", Role::Country),
            ("Country.Code", Role::Country),
            ("REF_AREA", Role::Country),
            ("Economy (code)", Role::Country),
            ("Economy (name)", Role::Name),
            ("TIME_PERIOD", Role::Year),
            ("Series Code", Role::Series),
            ("OBS_VALUE", Role::Value),
            ("Governance estimate (approx. -2.5 to +2.5)", Role::Of(Statistic::Estimate)),
            ("Governance score (0-100)", Role::Of(Statistic::Score)),
            ("PV.PER.RNK", Role::Of(Statistic::PercentileRank)),
            (
                "Political stability and absence of violence/terrorism: percentile rank",
                Role::Of(Statistic::PercentileRank),
            ),
            ("pv", Role::Unsaid),
        ] {
            assert_eq!(role_of(name).map(|r| r.0), Some(role), "{name}");
        }
        assert_eq!(role_of("Control of corruption: estimate"), None);
        assert_eq!(role_of("2019"), None);
    }
}
