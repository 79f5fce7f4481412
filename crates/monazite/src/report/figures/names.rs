//! Names of countries and groups that fit on a figure.

/// A name that fits beside a dot: without what stands in brackets, cut if it is still long.
///
/// ```
/// use monazite::report::figures::names::short_name;
/// assert_eq!(short_name("Bolivia (Plurinational State of)"), "Bolivia");
/// assert_eq!(short_name("Rep. of Korea"), "South Korea");
/// assert_eq!(short_name("Saint Vincent and the Grenadines"), "Saint Vincent and…");
/// ```
pub fn short_name(name: &str) -> String {
    let name = name.split('(').next().unwrap_or(name).trim();
    let known = match name {
        "China, Hong Kong SAR" => "Hong Kong",
        "China, Macao SAR" => "Macao",
        "United States of America" | "USA" => "USA",
        "United Kingdom" => "UK",
        "Russian Federation" => "Russia",
        "Republic of Korea" | "Rep. of Korea" => "South Korea",
        "United Arab Emirates" => "UAE",
        "Dem. Rep. of the Congo" | "Democratic Republic of the Congo" => "DR Congo",
        "United Rep. of Tanzania" => "Tanzania",
        "Lao People's Dem. Rep." => "Laos",
        "Dem. People's Rep. of Korea" => "North Korea",
        "Syrian Arab Republic" => "Syria",
        "Rep. of Moldova" => "Moldova",
        "Brunei Darussalam" => "Brunei",
        other => other,
    };
    if known.chars().count() <= 18 {
        return known.to_owned();
    }
    let cut: String = known.chars().take(17).collect();
    format!("{}…", cut.trim_end())
}

/// The name of a group up to its first comma, with its code if that says more.
///
/// ```
/// use monazite::report::figures::names::group_name;
/// assert_eq!(group_name("EU27", "European Union, 27 members"), "European Union (EU27)");
/// assert_eq!(group_name("G7", ""), "G7");
/// ```
pub fn group_name(code: &str, name: &str) -> String {
    let short = name.split(',').next().unwrap_or(name).trim();
    if short.is_empty() || short == code { code.to_owned() } else { format!("{short} ({code})") }
}
