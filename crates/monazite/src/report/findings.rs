//! Findings in sentences, made from numbers.
//!
//! Every function gives a sentence only if the numbers carry it; otherwise it is silent (`None`). The thresholds are constants here, and
//! each function is tested with a case in which it speaks and one in which it must not. Names go into sentences as they are; whoever
//! puts a sentence on a page escapes it.

use crate::units::grouped;

/// Change of STR below which nothing is said to have moved.
pub const LEAST_CHANGE: f64 = 0.05;
/// Share of imports from which one supplier is said to be the main one for a product.
pub const HALF: f64 = 0.5;
/// Level of significance.
pub const SIGNIFICANT: f64 = 0.05;

/// A change with its sign; none for what is zero as shown.
pub fn signed(change: f64) -> String {
    let text = format!("{change:+.2}");
    if text == "+0.00" || text == "-0.00" { "0.00".to_owned() } else { text }
}

/// What a trickle of imports does to the mean STR of a product-year.
#[derive(Debug, Clone, PartialEq)]
pub struct Trickle {
    /// The supplier.
    pub supplier: String,
    /// Mean STR of the other importers.
    pub weighted: f64,
    /// The same if the supplier imported nothing.
    pub without: f64,
}

/// How the STR of the average importer of a product moved. Silent for a single year, or a change below [`LEAST_CHANGE`].
///
/// With a trickle in the last year the sentence says what is left without it, and does not say what moved the rest.
pub fn average_risk(
    product: &str,
    first: (u16, f64),
    last: (u16, f64),
    parts: Option<[f64; 3]>,
    trickle: Option<&Trickle>,
) -> Option<String> {
    let change = last.1 - first.1;
    if first.0 >= last.0 || change.abs() < LEAST_CHANGE {
        return None;
    }
    let verb = if change > 0.0 { "rose" } else { "fell" };
    let mut text = format!(
        "STR of the average importer of {product} {verb} from {:.2} in {} to {:.2} in {}",
        first.1, first.0, last.1, last.0
    );
    if let Some(trickle) = trickle {
        text.push_str(&format!(
            "; but {:.0} % of its excess over 1 in {} hangs on a trickle of imports by {}, without which it is {:.2}.",
            100.0 * (trickle.weighted - trickle.without) / (trickle.weighted - 1.0),
            last.0,
            trickle.supplier,
            trickle.without
        ));
        return Some(text);
    }
    if let Some([network, stability, importers]) = parts {
        text.push_str(&format!(
            ": {}, of which {} from who buys where, {} from political stability, {} from who imports how much",
            signed(change),
            signed(network),
            signed(stability),
            signed(importers)
        ));
    }
    text.push('.');
    Some(text)
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

/// How many of the importers of a product get more than half of it from one country. Silent for fewer than five importers.
pub fn importers_in_one_hand(
    product: &str,
    year: u16,
    dominated: usize,
    importers: usize,
    value_share: f64,
) -> Option<String> {
    if importers < 5 {
        return None;
    }
    Some(format!(
        "{dominated} of {importers} importers of {product}, with {:.0} % of world imports, bought more than half of it from one country in {year}.",
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

/// How much of the imports of the chain is bought where one country supplies more than half. Silent if nothing is traded.
pub fn bought_in_one_hand(year: u16, narrow: f64, all: f64) -> Option<String> {
    (all > 0.0).then(|| {
        format!(
            "{:.0} % of the value of imports in the chain in {year} was bought by countries that get more than half of the product from one supplier.",
            100.0 * narrow / all
        )
    })
}

/// In how many products of the chain the mean STR rests on a trickle. Silent if in none.
pub fn trickled_products(year: u16, touched: usize, traded: usize) -> Option<String> {
    (touched > 0).then(|| {
        format!(
            "In {touched} of {traded} products of the chain, a tenth or more of the average importer's STR - 1 in {year} rests on a supplier whose imports \
             are under 1 % of its exports (see what to doubt): read levels of STR there with the number without it beside them."
        )
    })
}

/// In how many products a country depends on one supplier. Silent if it imports nothing.
pub fn chokepoints(name: &str, year: u16, found: usize, imported: usize) -> Option<String> {
    if imported == 0 {
        return None;
    }
    let products = if imported == 1 { "product" } else { "products" };
    Some(match found {
        0 => format!(
            "Of the {imported} {products} of the chain that {name} imported in {year}, none is a chokepoint: bought more than sold, with one \
             country supplying more than half of the imports."
        ),
        n => format!(
            "Of the {imported} {products} of the chain that {name} imported in {year}, {n} {}: bought more than sold, with one country \
             supplying more than half of the imports.",
            if n == 1 { "is a chokepoint" } else { "are chokepoints" }
        ),
    })
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

/// Where the chains behind a country's imports are least stable. Silent if that STR is below 1.2.
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
) -> Option<String> {
    let value = trickle.map_or(str, |t| t.1);
    if value < 1.2 {
        return None;
    }
    let aside = if set_aside || trickle.is_some() { ", trickles of imports set aside," } else { "" };
    let mut text = format!("{name}'s highest STR among these{aside} is {value:.2}, in {product}, {year}");
    match (trickle, direct) {
        (Some((supplier, _)), _) => {
            text.push_str(&format!("; as recorded it is {str:.2}, with a trickle of imports by {supplier}"));
        }
        (None, Some(direct)) if str > 1.0 => {
            let share = 100.0 * direct / (str - 1.0);
            text.push_str(&format!(
                "; {share:.0} % of its excess over 1 comes from the suppliers themselves, the rest from behind them"
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
    Some(format!("{name} is in {cluster} in {years_in} of {years} years{care}."))
}

/// One coefficient of the regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Coefficient {
    /// What it belongs to, in words.
    pub term: String,
    /// The estimate.
    pub estimate: f64,
    /// Its p.
    pub p: f64,
}

/// What the regression says about systemic trade risk. Silent without the coefficient.
pub fn regression(of_str: Option<&Coefficient>, rows: usize) -> Option<String> {
    let c = of_str?;
    if !c.p.is_finite() || !c.estimate.is_finite() {
        return None;
    }
    let rows = grouped(rows as u64);
    Some(if c.p < SIGNIFICANT {
        format!(
            "Among {rows} country-products, comparative advantage grew {} where {} was higher (coefficient {:+.3}, p {}). This is an association, \
             not a cause.",
            if c.estimate < 0.0 { "less" } else { "more" },
            c.term,
            c.estimate,
            p_text(c.p)
        )
    } else {
        format!(
            "Among {rows} country-products, the growth of comparative advantage has no association with {} that could be told from chance \
             (coefficient {:+.3}, p {}).",
            c.term,
            c.estimate,
            p_text(c.p)
        )
    })
}

fn p_text(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") }
}

/// Whether the composite says anything. Silent if its first component carries 45 % or more of the variance.
pub fn composite_near_noise(explained: f64) -> Option<&'static str> {
    (explained < 0.45)
        .then_some("So close to a third, one number says little about the three: look at them one by one.")
}

/// Whether the share of trade at whose supplier chains end moved so much that it could make a trend of STR. Silent below five points.
pub fn ending_moved(product: &str, first: (u16, f64), last: (u16, f64)) -> Option<String> {
    let change = last.1 - first.1;
    (change.abs() >= 0.05 && first.0 < last.0).then(|| {
        format!(
            "{product}: the share of trade from countries that import none of it themselves went from {:.0} % in {} to {:.0} % in {}; STR \
             {} for that reason alone.",
            100.0 * first.1,
            first.0,
            100.0 * last.1,
            last.0,
            if change > 0.0 { "falls" } else { "rises" }
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_is_told_with_its_parts_or_its_trickle_and_not_without_change() {
        let told =
            average_risk("284690", (2019, 1.79), (2020, 1.92), Some([0.17, -0.03, -0.01]), None).unwrap();
        assert_eq!(
            told,
            "STR of the average importer of 284690 rose from 1.79 in 2019 to 1.92 in 2020: +0.13, of which +0.17 from who buys where, -0.03 \
             from political stability, -0.01 from who imports how much."
        );
        let trickle = Trickle { supplier: "Myanmar".to_owned(), weighted: 3.59, without: 1.94 };
        let told =
            average_risk("284690", (2007, 1.72), (2023, 3.59), Some([0.92, 0.52, 0.42]), Some(&trickle));
        assert_eq!(
            told.unwrap(),
            "STR of the average importer of 284690 rose from 1.72 in 2007 to 3.59 in 2023; but 64 % of its excess over 1 in 2023 hangs on a \
             trickle of imports by Myanmar, without which it is 1.94."
        );
        assert_eq!(average_risk("x", (2019, 1.5), (2020, 1.53), None, None), None);
        assert_eq!(average_risk("x", (2020, 1.5), (2020, 2.5), None, None), None, "one year");
        assert!(average_risk("x", (2019, 1.5), (2020, 1.2), None, None).unwrap().contains("fell from 1.50"));
    }

    #[test]
    fn suppliers() {
        assert_eq!(
            largest_supplier("850511", 2002, "Japan", 0.31, Some(87.4)).unwrap(),
            "Japan (political stability 87 on a scale from 0 to 100) had 31 % of world exports of 850511 in 2002."
        );
        assert_eq!(largest_supplier("850511", 2002, "Japan", 0.2, None), None);
        assert!(
            importers_in_one_hand("1", 2002, 3, 6, 0.25)
                .unwrap()
                .starts_with("3 of 6 importers of 1, with 25 %")
        );
        assert_eq!(importers_in_one_hand("1", 2002, 3, 4, 0.25), None);
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
        assert!(bought_in_one_hand(2023, 1.0, 4.0).unwrap().starts_with("25 % of the value"));
        assert_eq!(bought_in_one_hand(2023, 0.0, 0.0), None);
        assert!(trickled_products(2023, 3, 35).unwrap().starts_with("In 3 of 35 products"));
        assert_eq!(trickled_products(2023, 0, 35), None);
    }

    #[test]
    fn countries() {
        assert!(
            chokepoints("Gamma", 2020, 2, 4)
                .unwrap()
                .contains(", 2 are chokepoints: bought more than sold, ")
        );
        assert!(
            chokepoints("Gamma", 2020, 0, 1)
                .unwrap()
                .contains("Of the 1 product of the chain that Gamma imported in 2020, none is")
        );
        assert_eq!(chokepoints("Gamma", 2020, 0, 0), None);
        let counts =
            |list: &[(&str, usize)]| list.iter().map(|(n, c)| ((*n).to_owned(), *c)).collect::<Vec<_>>();
        assert_eq!(
            commonest_supplier(&counts(&[("Alpha", 1), ("China", 3)]), 4).unwrap(),
            "In 3 of these 4 the supplier is China."
        );
        assert_eq!(commonest_supplier(&counts(&[("Alpha", 2), ("Beta", 2)]), 4), None, "a tie");
        assert_eq!(commonest_supplier(&counts(&[("Alpha", 1)]), 1), None);
        assert_eq!(commonest_supplier(&[], 0), None);
        let told = highest_risk("B", 2019, "284690", 1.99, Some(0.6875), None, false).unwrap();
        assert!(
            told.starts_with("B's highest STR among these is 1.99") && told.contains("69 % of its excess"),
            "{told}"
        );
        assert!(
            highest_risk("B", 2019, "x", 1.99, None, None, true)
                .unwrap()
                .contains("these, trickles of imports set aside, is 1.99")
        );
        let told = highest_risk("B", 2019, "284690", 3.4, Some(0.7), Some(("Myanmar", 2.2)), true).unwrap();
        assert!(
            told.contains("is 2.20")
                && told.ends_with("as recorded it is 3.40, with a trickle of imports by Myanmar."),
            "{told}"
        );
        assert_eq!(highest_risk("B", 2019, "284690", 1.1, Some(0.1), None, false), None);
        assert_eq!(highest_risk("B", 2019, "284690", 2.0, Some(0.1), Some(("Myanmar", 1.1)), true), None);
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
    fn the_regression_is_told_as_it_is() {
        let c = |estimate, p| Coefficient { term: "STR".to_owned(), estimate, p };
        assert!(
            regression(Some(&c(-0.36, 0.0001)), 3277)
                .unwrap()
                .contains("grew less where STR was higher (coefficient -0.360, p < 0.001)")
        );
        assert!(regression(Some(&c(0.2, 0.01)), 9).unwrap().contains("grew more"));
        assert!(
            regression(Some(&c(-0.1, 0.4)), 9)
                .unwrap()
                .contains("no association with STR that could be told from chance")
        );
        assert_eq!(regression(None, 9), None);
        assert_eq!(regression(Some(&c(-0.1, f64::NAN)), 9), None);
    }

    #[test]
    fn doubts() {
        assert!(
            composite_near_noise(0.38).unwrap().starts_with("So close to a third, one number says little")
        );
        assert_eq!(composite_near_noise(0.6), None);
        assert!(
            ending_moved("284690", (2007, 0.3), (2023, 0.1))
                .unwrap()
                .ends_with("STR rises for that reason alone.")
        );
        assert_eq!(ending_moved("284690", (2007, 0.3), (2023, 0.28)), None);
    }
}
