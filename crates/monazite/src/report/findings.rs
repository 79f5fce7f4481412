//! Findings in sentences, made from numbers.
//!
//! Every function gives a sentence only if the numbers carry it; otherwise it is silent (`None`). The thresholds are constants here, and
//! each function is tested with a case in which it speaks and one in which it must not. Names go into sentences as they are; whoever
//! puts a sentence on a page escapes it.

use crate::units::counted;

/// Change of STR below which nothing is said to have moved.
pub const LEAST_CHANGE: f64 = 0.05;
/// Share of imports from which one supplier is said to be the main one for a product.
pub const HALF: f64 = 0.5;
/// A change with its sign; none for what is zero as shown.
pub fn signed(change: f64) -> String {
    let text = format!("{change:+.2}");
    if text == "+0.00" || text == "-0.00" { "0.00".to_owned() } else { text }
}

/// What negligible imports do to the mean STR of a product-year.
#[derive(Debug, Clone, PartialEq)]
pub struct Trickle {
    /// The supplier.
    pub supplier: String,
    /// Mean STR of the other importers.
    pub weighted: f64,
    /// The same if the supplier imported nothing.
    pub without: f64,
}

/// No trade in a year of a code that was traded before. Silent if it was never traded.
pub fn not_traded(product: &str, year: u16, last_traded: Option<u16>) -> Option<String> {
    let last = last_traded?;
    let revision = [1996, 2002, 2007, 2012, 2017, 2022].into_iter().find(|r| (last + 1..=year).contains(r));
    let code = product.split(' ').next().unwrap_or(product);
    Some(format!(
        "No country traded {product} in {year}; the last trade is of {last}.{}",
        revision.map_or_else(String::new, |r| format!(
            " The HS was revised in {r} and may have moved the code: monazite codes {code} says where to."
        ))
    ))
}

/// In what the indicators are measured, if not in value, and what part of trade that covers.
pub fn measured_by_quantity(product: &str, year: u16, coverage: Option<f64>, enough: bool) -> String {
    let known = coverage.map_or_else(
        || "no flow has a plausible quantity".to_owned(),
        |share| format!("{:.0} % of the value has a plausible quantity", 100.0 * share),
    );
    let so = if enough { "" } else { ", too little for any indicator" };
    format!("Indicators of {product} are in tonnes: in {year}, {known}{so}.")
}

/// Who supplies a product to the world. Silent if nobody has a quarter of world exports.
pub fn largest_supplier(
    product: &str,
    year: u16,
    supplier: &str,
    share: f64,
    pv: Option<f64>,
) -> Option<String> {
    if share < 0.25 {
        return None;
    }
    let pv =
        pv.map_or_else(String::new, |pv| format!(" (political stability {pv:.0} on a scale from 0 to 100)"));
    Some(format!("{supplier}{pv} had {:.0} % of world exports of {product} in {year}.", 100.0 * share))
}

/// How many of the importers of a product get more than half of it from one country. Importers whose suppliers are not known (too few
/// quantities) do not count, and are named. Silent for fewer than five importers with known suppliers.
pub fn importers_in_one_hand(
    product: &str,
    year: u16,
    dominated: usize,
    importers: usize,
    known: usize,
    value_share: f64,
) -> Option<String> {
    if known < 5 {
        return None;
    }
    let of = if known < importers {
        format!("{known} importers of {product} whose suppliers are known (of {importers})")
    } else {
        format!("{importers} importers of {product}")
    };
    Some(format!(
        "{dominated} of {of}, with {:.0} % of world imports, bought more than half of it from one country in {year}.",
        100.0 * value_share
    ))
}

/// In how many products of the chain one country sells more than half of what the world buys. `counts` are countries with the number of
/// products in which they do. Silent if nothing is traded.
pub fn dominated_products(year: u16, counts: &[(String, usize)], traded: usize) -> Option<String> {
    if traded == 0 {
        return None;
    }
    let total: usize = counts.iter().map(|c| c.1).sum();
    if total == 0 {
        return Some(format!(
            "In none of the {traded} products of the chain that were traded in {year} did one country sell more than half of world exports."
        ));
    }
    let mut sorted: Vec<&(String, usize)> = counts.iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let named: Vec<String> = sorted.iter().take(4).map(|(name, n)| format!("{name} in {n}")).collect();
    let more = if sorted.len() > 4 { ", and others" } else { "" };
    Some(format!(
        "In {total} of the {traded} products of the chain that were traded in {year}, one country sold more than half of world exports: {}{more}.",
        named.join(", ")
    ))
}

/// How much of the imports of the chain is bought where one country supplies more than half. `known` are imports of countries whose
/// suppliers are known. Silent if nothing is, or less than half.
pub fn bought_in_one_hand(year: u16, narrow: f64, known: f64, all: f64) -> Option<String> {
    if known <= 0.0 || known < HALF * all {
        return None;
    }
    let of = if known < all {
        format!(" Suppliers are known for {:.0} % of the value.", 100.0 * known / all)
    } else {
        String::new()
    };
    Some(format!(
        "{:.0} % of the value of imports in the chain in {year} was bought by countries that get more than half of the product from one supplier.{of}",
        100.0 * narrow / known
    ))
}

/// In how many products of the chain negligible imports make a part of the mean STR. Silent if in none. `floor` is STR without instability.
pub fn trickled_products(year: u16, touched: usize, traded: usize, floor: f64) -> Option<String> {
    (touched > 0).then(|| {
        format!(
            "In {touched} of {traded} products of the chain, negligible imports of a supplier (under 1 % of its exports) create a spurious feedback loop \
             that makes a tenth or more of the average importer's {} in {year}: quote the mass-balanced number there \
             (trickle_loops.csv).",
            excess_name(floor)
        )
    })
}

/// What STR above its floor is called.
fn excess_name(floor: f64) -> &'static str {
    if floor > 0.0 { "STR - 1" } else { "STR" }
}

/// In how many products a country depends on one supplier. Products whose suppliers are not known (too few quantities) are no evidence that
/// there is no chokepoint, and are named. Silent if it imports nothing, or nothing of known origin.
pub fn chokepoints(name: &str, year: u16, found: usize, imported: usize, unknown: usize) -> Option<String> {
    let known = imported.saturating_sub(unknown);
    if known == 0 {
        return None;
    }
    let products = if known == 1 { "product" } else { "products" };
    let more = match unknown {
        0 => String::new(),
        n => format!(" Of {n} more the suppliers are not known."),
    };
    let said = match found {
        0 => "none is a chokepoint".to_owned(),
        1 => "1 is a chokepoint".to_owned(),
        n => format!("{n} are chokepoints"),
    };
    Some(format!(
        "Of the {known} {products} of the chain that {name} imported in {year}, {said}: bought more than sold, with one country supplying more \
         than half of the imports.{more}"
    ))
}

/// Which supplier stands behind most chokepoints. `counts` are suppliers with their number of products. Silent if no supplier stands
/// behind two, or if two share the first place.
pub fn commonest_supplier(counts: &[(String, usize)], of: usize) -> Option<String> {
    let mut sorted: Vec<&(String, usize)> = counts.iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let first = sorted.first()?;
    let tie = sorted.get(1).is_some_and(|second| second.1 == first.1);
    if first.1 < 2 || tie || of < first.1 {
        return None;
    }
    Some(format!("In {} of these {of} the supplier is {}.", first.1, first.0))
}

/// Where the chains behind a country's imports are least stable. Silent if that STR is less than 0.2 above `floor`, STR without instability.
///
/// `trickle` is the supplier whose trickle counts in that product, with STR without it. `set_aside` says that there are trickles among the
/// products that were compared, so that the largest number as recorded may be another one.
pub fn highest_risk(
    name: &str,
    year: u16,
    product: &str,
    str: f64,
    direct: Option<f64>,
    trickle: Option<(&str, f64)>,
    set_aside: bool,
    floor: f64,
) -> Option<String> {
    let value = trickle.map_or(str, |t| t.1);
    if value < floor + 0.2 {
        return None;
    }
    let aside = if set_aside || trickle.is_some() {
        ", without negligible imports that create a spurious feedback loop,"
    } else {
        ""
    };
    let mut text = format!("{name}'s highest STR among these{aside} is {value:.2}, in {product}, {year}");
    match (trickle, direct) {
        (Some((supplier, _)), _) => {
            text.push_str(&format!("; with those by {supplier} it is {str:.2}"));
        }
        (None, Some(direct)) if str > floor => {
            let share = 100.0 * direct / (str - floor);
            text.push_str(&format!(
                "; {share:.0} % of {} comes from the suppliers themselves, the rest from behind them",
                if floor > 0.0 { "its excess over 1" } else { "it" }
            ));
        }
        _ => {}
    }
    text.push('.');
    Some(text)
}

/// What others buy from a country before anybody else. Silent unless it is the main supplier of two countries or more.
pub fn strongest_supply(
    name: &str,
    year: u16,
    product: &str,
    customers: usize,
    world_share: f64,
) -> Option<String> {
    if customers < 2 {
        return None;
    }
    Some(format!(
        "{name} is the main supplier of {product} to {customers} countries, with {:.0} % of world exports in {year}.",
        100.0 * world_share
    ))
}

/// Where STR of a country moved most. Silent if it moved by less than 0.1.
pub fn largest_change(
    first: u16,
    last: u16,
    product: &str,
    change: f64,
    parts: [f64; 2],
    trickle: bool,
) -> Option<String> {
    if change.abs() < 0.1 || first >= last || trickle {
        return None;
    }
    let verb = if change > 0.0 { "rose" } else { "fell" };
    Some(format!(
        "Since {first} its STR {verb} most in {product}: {} until {last}, of which network {} and stability {}.",
        signed(change),
        signed(parts[0]),
        signed(parts[1])
    ))
}

/// What kind of country it is. Silent where the typology is not to be trusted, or the country is not in one cluster for most of its years.
pub fn kind_of_country(name: &str, cluster: &str, years_in: u32, years: u32, trust: &str) -> Option<String> {
    let most = f64::from(years_in) > 0.5 * f64::from(years);
    if !most || !matches!(trust, "stable" | "doubtful") {
        return None;
    }
    let care = if trust == "doubtful" { " (a typology to be taken with care)" } else { "" };
    let years = counted(u64::from(years), ["year", "years"]);
    Some(format!("{name} is in {cluster} in {years_in} of {years}{care}."))
}

/// Whether the composite says anything. Silent if its first component carries 45 % or more of the variance.
pub fn composite_near_noise(explained: f64) -> Option<&'static str> {
    (explained < 0.45)
        .then_some("So close to a third, one number says little about the three: look at them one by one.")
}

/// Whether the share of trade at whose supplier chains end moved so much that it could make a part of a trend of STR. Silent below five
/// points. `str` is STR of the average importer in the same years, if it is known.
pub fn ending_moved(
    product: &str,
    first: (u16, f64),
    last: (u16, f64),
    str: Option<[f64; 2]>,
) -> Option<String> {
    let change = last.1 - first.1;
    (change.abs() >= 0.05 && first.0 < last.0).then(|| {
        let moved = str.map_or_else(String::new, |[from, to]| format!(", from {from:.2} to {to:.2},"));
        format!(
            "{product}: the share of imports from countries that import none of it themselves went from {:.0} % in {} to {:.0} % in {}. {} chains end \
             there, which tends to {} STR whatever the risk; a part of the change of STR{moved} may be due to it.",
            100.0 * first.1,
            first.0,
            100.0 * last.1,
            last.0,
            if change > 0.0 { "More" } else { "Fewer" },
            if change > 0.0 { "lower" } else { "raise" }
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_said() {
        assert_eq!(
            importers_in_one_hand("260400", 2022, 0, 78, 0, 0.0),
            None,
            "no supplier is known in tonnes"
        );
        let told = importers_in_one_hand("260400", 2022, 3, 78, 12, 0.1).unwrap();
        assert!(told.starts_with("3 of 12 importers of 260400 whose suppliers are known (of 78)"), "{told}");
        assert_eq!(bought_in_one_hand(2023, 1.0, 2.0, 5.0), None, "less than half is known");
        let told = bought_in_one_hand(2023, 1.0, 4.0, 5.0).unwrap();
        assert!(
            told.starts_with("25 % of the value") && told.ends_with("known for 80 % of the value."),
            "{told}"
        );
        assert_eq!(chokepoints("Gamma", 2020, 0, 4, 4), None);
        let told = chokepoints("Gamma", 2020, 0, 4, 1).unwrap();
        assert!(
            told.starts_with("Of the 3 products") && told.ends_with("Of 1 more the suppliers are not known.")
        );
        assert_eq!(
            not_traded("854810 (waste of batteries)", 2023, Some(2016)).unwrap(),
            "No country traded 854810 (waste of batteries) in 2023; the last trade is of 2016. The HS was revised in 2017 and may have moved the \
             code: monazite codes 854810 says where to."
        );
        assert!(not_traded("1", 2011, Some(2009)).unwrap().ends_with("the last trade is of 2009."));
        assert_eq!(not_traded("1", 2011, None), None);
        let told = measured_by_quantity("260400", 2022, Some(0.43), false);
        assert_eq!(
            told,
            "Indicators of 260400 are in tonnes: in 2022, 43 % of the value has a plausible quantity, too little for any indicator."
        );
    }

    #[test]
    fn sentences_keep_to_the_scale_of_the_run() {
        let told = highest_risk("B", 2019, "284690", 0.99, Some(0.6875), None, false, 0.0).unwrap();
        assert!(told.contains("69 % of it comes from"), "{told}");
        assert_eq!(highest_risk("B", 2019, "x", 0.1, None, None, false, 0.0), None);
        assert!(trickled_products(2023, 3, 35, 0.0).unwrap().contains("average importer's STR in 2023"));
        assert!(trickled_products(2023, 3, 35, 1.0).unwrap().contains("average importer's STR - 1 in 2023"));
    }

    #[test]
    fn suppliers() {
        assert_eq!(
            largest_supplier("850511", 2002, "Japan", 0.31, Some(87.4)).unwrap(),
            "Japan (political stability 87 on a scale from 0 to 100) had 31 % of world exports of 850511 in 2002."
        );
        assert_eq!(largest_supplier("850511", 2002, "Japan", 0.2, None), None);
        assert!(
            importers_in_one_hand("1", 2002, 3, 6, 6, 0.25)
                .unwrap()
                .starts_with("3 of 6 importers of 1, with 25 %")
        );
        assert_eq!(importers_in_one_hand("1", 2002, 3, 4, 4, 0.25), None);
    }

    #[test]
    fn the_chain() {
        let counts = [("Chile".to_owned(), 1), ("China".to_owned(), 4)];
        assert_eq!(
            dominated_products(2023, &counts, 35).unwrap(),
            "In 5 of the 35 products of the chain that were traded in 2023, one country sold more than half of world exports: China in 4, Chile in 1."
        );
        assert!(dominated_products(2023, &[], 35).unwrap().starts_with("In none of the 35"));
        assert_eq!(dominated_products(2023, &[], 0), None);
        assert!(bought_in_one_hand(2023, 1.0, 4.0, 4.0).unwrap().starts_with("25 % of the value"));
        assert_eq!(bought_in_one_hand(2023, 0.0, 0.0, 0.0), None);
        assert!(trickled_products(2023, 3, 35, 1.0).unwrap().starts_with("In 3 of 35 products"));
        assert_eq!(trickled_products(2023, 0, 35, 1.0), None);
    }

    #[test]
    fn countries() {
        assert!(
            chokepoints("Gamma", 2020, 2, 4, 0)
                .unwrap()
                .contains(", 2 are chokepoints: bought more than sold, ")
        );
        assert!(
            chokepoints("Gamma", 2020, 0, 1, 0)
                .unwrap()
                .contains("Of the 1 product of the chain that Gamma imported in 2020, none is")
        );
        assert_eq!(chokepoints("Gamma", 2020, 0, 0, 0), None);
        let counts =
            |list: &[(&str, usize)]| list.iter().map(|(n, c)| ((*n).to_owned(), *c)).collect::<Vec<_>>();
        assert_eq!(
            commonest_supplier(&counts(&[("Alpha", 1), ("China", 3)]), 4).unwrap(),
            "In 3 of these 4 the supplier is China."
        );
        assert_eq!(commonest_supplier(&counts(&[("Alpha", 2), ("Beta", 2)]), 4), None, "a tie");
        assert_eq!(commonest_supplier(&counts(&[("Alpha", 1)]), 1), None);
        assert_eq!(commonest_supplier(&[], 0), None);
        let told = highest_risk("B", 2019, "284690", 1.99, Some(0.6875), None, false, 1.0).unwrap();
        assert!(
            told.starts_with("B's highest STR among these is 1.99") && told.contains("69 % of its excess"),
            "{told}"
        );
        assert!(
            highest_risk("B", 2019, "x", 1.99, None, None, true, 1.0)
                .unwrap()
                .contains("these, without negligible imports that create a spurious feedback loop, is 1.99")
        );
        let told =
            highest_risk("B", 2019, "284690", 3.4, Some(0.7), Some(("Myanmar", 2.2)), true, 1.0).unwrap();
        assert!(told.contains("is 2.20") && told.ends_with("with those by Myanmar it is 3.40."), "{told}");
        assert_eq!(highest_risk("B", 2019, "284690", 1.1, Some(0.1), None, false, 1.0), None);
        assert_eq!(
            highest_risk("B", 2019, "284690", 2.0, Some(0.1), Some(("Myanmar", 1.1)), true, 1.0),
            None
        );
        assert!(strongest_supply("B", 2019, "284690", 2, 0.4).unwrap().contains("to 2 countries, with 40 %"));
        assert_eq!(strongest_supply("B", 2019, "284690", 1, 0.4), None);
    }

    #[test]
    fn changes_and_kinds() {
        assert!(
            largest_change(2007, 2023, "p", -0.5, [-0.3, -0.2], false)
                .unwrap()
                .contains("fell most in p: -0.50")
        );
        assert_eq!(largest_change(2007, 2023, "p", 0.05, [0.05, 0.0], false), None);
        assert_eq!(largest_change(2007, 2023, "p", 1.5, [1.5, 0.0], true), None, "made by a trickle");
        assert!(
            kind_of_country("B", "Cluster 2", 12, 17, "stable")
                .unwrap()
                .ends_with("in Cluster 2 in 12 of 17 years.")
        );
        assert!(kind_of_country("B", "Cluster 2", 12, 17, "doubtful").unwrap().contains("with care"));
        assert_eq!(kind_of_country("B", "Cluster 2", 12, 17, "not_to_be_trusted"), None);
        assert_eq!(kind_of_country("B", "Cluster 2", 7, 17, "stable"), None);
    }

    #[test]
    fn doubts() {
        assert!(
            composite_near_noise(0.38).unwrap().starts_with("So close to a third, one number says little")
        );
        assert_eq!(composite_near_noise(0.6), None);
        assert_eq!(
            ending_moved("284690", (2007, 0.3), (2023, 0.1), Some([1.72, 3.59])).unwrap(),
            "284690: the share of imports from countries that import none of it themselves went from 30 % in 2007 to 10 % in 2023. Fewer chains \
             end there, which tends to raise STR whatever the risk; a part of the change of STR, from 1.72 to 3.59, may be due to it."
        );
        assert_eq!(ending_moved("284690", (2007, 0.3), (2023, 0.28), None), None);
    }
}
