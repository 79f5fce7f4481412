//! What may be wrong with trade data and shows in them: values in another unit, codes of another edition, years that are not there.

use std::collections::BTreeSet;

use super::notes::Notes;
use crate::nomenclature::Hs6;
use crate::nomenclature::edition_codes::{EditionFit, better_edition};
use crate::plain_text::listed;
use crate::trade::FlowSource;
use crate::trade::plausible_values::{ValueDoubt, too_large_in, too_large_note, value_doubt};
use crate::units::ThousandUsd;

/// Notes on everything of this kind that is found in the years of a study; none for made-up data but those on years.
///
/// `of_the_world` says that the trade is not an extract.
pub fn doubts(store: &dyn FlowSource, years: &[u16], of_the_world: bool, notes: &mut Notes) {
    notes.sentences.extend(missing_years(years));
    if !store.about().synthetic {
        notes.sentences.extend(values(store, years, of_the_world));
        codes(store, years, notes);
    }
}

/// Years missing between others, and what that does; `None` if there are none.
///
/// ```
/// use monazite::panel::doubts::missing_years;
/// assert_eq!(missing_years(&[2019, 2020, 2021]), None);
/// assert!(missing_years(&[2018, 2021]).expect("a gap").starts_with("The data have no 2019, 2020, but years before and after"));
/// ```
pub fn missing_years(years: &[u16]) -> Option<String> {
    let gaps: Vec<(u16, u16)> =
        years.windows(2).filter(|pair| pair[1] > pair[0] + 1).map(|pair| (pair[0], pair[1])).collect();
    let missing: Vec<u16> = gaps.iter().flat_map(|&(before, after)| before + 1..after).collect();
    let bridged = listed(gaps.iter().map(|(before, after)| format!("{before} with {after}")), "trends.csv");
    (!missing.is_empty()).then(|| {
        format!(
            "The data have no {}, but years before and after. Changes since the year before compare {bridged}; means over years rest on the \
             years there are; a window of the regression needs all its years. Give the missing years, or name years without a gap (study.years).",
            listed(&missing, "")
        )
    })
}

fn values(store: &dyn FlowSource, years: &[u16], of_the_world: bool) -> Option<String> {
    // An import has said of some years that they are too large.
    let said = store.about().notes;
    let found: Vec<(u16, ValueDoubt)> = years
        .iter()
        .filter_map(|&year| Some((year, value_doubt(store.traded_in(year), of_the_world)?)))
        .filter(|(year, _)| !said.iter().any(|note| note.starts_with(&too_large_in(*year))))
        .collect();
    let in_words = |value: f64| ThousandUsd::new(value).in_words();
    let (year, first) = found.first()?;
    let more = match found.len() - 1 {
        0 => String::new(),
        count => format!(", and so in {count} other years"),
    };
    Some(match first {
        ValueDoubt::TooLarge { product: None, value } => return too_large_note(*year, *value, &more),
        ValueDoubt::TooLarge { product: Some(product), value } => format!(
            "{} those of {product} are {}{more}, more than the world trades of it. If the data hold USD, \
             say data.unit = \"usd\".",
            too_large_in(*year),
            in_words(*value)
        ),
        ValueDoubt::TooSmall { value, products } => format!(
            "The values can hardly be thousand USD: in {year} all {products} products are worth {}{more}, and the world trades trillions. If the data \
             hold million USD, say data.unit = \"million_usd\".",
            in_words(*value)
        ),
    })
}

fn codes(store: &dyn FlowSource, years: &[u16], notes: &mut Notes) {
    let Some(edition) = store.about().hs_edition() else { return };
    let entries = || years.iter().flat_map(|&year| store.traded_in(year));
    let traded: BTreeSet<Hs6> = entries().map(|entry| entry.product).collect();
    let fit = EditionFit::of(edition, &traded);
    let better = better_edition(edition, &traded);
    let unknown: BTreeSet<Hs6> =
        fit.lacking.into_iter().filter(|code| better.is_some() || store.knows(*code) != Some(true)).collect();
    if !unknown.is_empty() {
        let value = entries().filter(|e| unknown.contains(&e.product)).fold(0.0, |sum, e| sum + e.value);
        let named = notes.listed("codes that the edition does not have", &unknown);
        notes.push(format!(
            "{} of {} codes of the data are not codes of {edition}, with {}: {named}.",
            unknown.len(),
            traded.len(),
            ThousandUsd::new(value).in_words()
        ));
    }
    if let Some((declared, best)) = better {
        notes.push(format!(
            "The codes fit {} better than {edition}: {}; {}. If {edition} is wrong, say which it is (data.edition), or rename the files.",
            best.edition,
            declared.in_words(),
            best.in_words()
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nomenclature::HsEdition;
    use crate::trade::FlowTable;

    fn found(rows: &[(i32, &str, f64)], edition: HsEdition) -> Vec<String> {
        let rows = rows.iter().map(|(year, product, value)| (*year, *product, "CHN", "USA", *value));
        let table = FlowTable::from_rows(rows).unwrap().with_edition(edition);
        let mut notes = Notes::default();
        doubts(&table, &table.years(), true, &mut notes);
        notes.sentences
    }

    #[test]
    fn gaps_between_years_are_named_with_what_they_bridge() {
        let notes =
            found(&[(2019, "284690", 1.0), (2021, "284690", 1.0), (2024, "284690", 1.0)], HsEdition::Hs07);
        assert_eq!(notes.len(), 1);
        assert!(
            notes[0].contains("no 2020, 2022, 2023, but")
                && notes[0].contains("2019 with 2021, 2021 with 2024")
        );
        assert!(found(&[(2019, "284690", 1.0)], HsEdition::Hs07).is_empty());
    }

    #[test]
    fn values_in_usd_are_told_with_the_way_out() {
        let notes = found(&[(2022, "850511", 4.2e12), (2023, "850511", 4.2e12)], HsEdition::Hs17);
        assert_eq!(notes.len(), 1);
        assert!(notes[0].contains("in all, and so in 1 other years, and the world trades"), "{}", notes[0]);
        assert!(notes[0].contains("data.unit = \"usd\""));
        let one = found(&[(2022, "850511", 3.5e9)], HsEdition::Hs17);
        assert!(one[0].contains("in 2022 those of 850511 are 3.50 trillion USD"), "{}", one[0]);
    }

    #[test]
    fn codes_of_another_edition_are_counted_with_their_value() {
        let rows = [(2022, "870380", 65.0), (2022, "850750", 40.0), (2022, "850511", 1.0)];
        let notes = found(&rows, HsEdition::Hs07);
        assert_eq!(notes.len(), 2);
        assert!(
            notes[0].starts_with(
                "2 of 3 codes of the data are not codes of HS07, with 105 thousand USD: 850750, 870380."
            ),
            "{}",
            notes[0]
        );
        assert!(notes[1].contains(
            "fit HS22 better than HS07: HS07 lacks 2 of the 3 codes (850750, 870380); HS22 has all 3"
        ));
        assert!(found(&rows, HsEdition::Hs17).is_empty());
    }
}
