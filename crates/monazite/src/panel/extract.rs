//! Whether the trade of a study is an extract, in which years, and what is said of it.

use super::study_country::{ABSENT, StudyCountry};
use crate::indicators::extract::WholeTrade;
use crate::plain_text::listed;
use crate::study::Study;
use crate::trade::extent::{Extent, ExtentKind, extent_of, likeliest_extent};
use crate::trade::{FlowSource, StoreError};

/// Which years of a study are extracts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Extract {
    /// By year of the study; `None` where the trade is that of the world.
    pub years: Vec<Option<YearExtract>>,
    /// Whether the study says so.
    pub said: bool,
}

/// The extract of one year.
#[derive(Debug, Clone, PartialEq)]
pub struct YearExtract {
    /// Which trade it holds.
    pub kind: ExtentKind,
    /// Codes of the countries, as the data have them.
    pub countries: Vec<String>,
    /// By country of the study: whether all its imports are in the data.
    imports: Vec<bool>,
    /// By country of the study: whether all its exports are in the data.
    exports: Vec<bool>,
}

/// What is left out of an extract, in words; the page, the terminal and the documentation say the same.
pub const LEFT_OUT: &str = "STR and its indirect part, influence, RCA, the composite, trends and their parts, breaks, the typology and the regression";

impl Extract {
    /// Looks for extracts in the years of a study, unless it says itself what its trade is. Made-up data are what they are.
    ///
    /// # Errors
    /// [`StoreError`] if the store is damaged.
    pub fn find(
        study: &Study,
        store: &dyn FlowSource,
        years: &[u16],
        countries: &[StudyCountry],
        place: &[u16],
    ) -> Result<Self, StoreError> {
        let said = study.data.extract;
        if said == Some(false) || (said.is_none() && store.about().synthetic) {
            return Ok(Self { years: vec![None; years.len()], said: false });
        }
        let mut found = Vec::with_capacity(years.len());
        for &year in years {
            let margins = store.margins(year)?;
            let extent = match said {
                Some(_) => Some(likeliest_extent(&margins)),
                None => extent_of(&margins, store.traded_in(year).len(), store.countries()),
            };
            found.push(extent.map(|extent| YearExtract::of(extent, store, countries.len(), place)));
        }
        Ok(Self { years: found, said: said.is_some() })
    }

    /// Whether any year is an extract.
    pub fn is_one(&self) -> bool {
        self.years.iter().any(Option::is_some)
    }

    /// Whether all years are.
    pub fn is_throughout(&self) -> bool {
        !self.years.is_empty() && self.years.iter().all(Option::is_some)
    }

    /// Whose trade is whole in a year; `None` if it is that of the world.
    pub fn whole(&self, year: usize) -> Option<WholeTrade<'_>> {
        let extract = self.years.get(year)?.as_ref()?;
        Some(WholeTrade { imports: &extract.imports, exports: &extract.exports })
    }

    /// Which trade the data hold, in words, such as "all imports of DEU"; `None` if it is that of the world.
    pub fn in_words(&self) -> Option<String> {
        let mut told: Vec<String> = Vec::new();
        for extract in self.years.iter().flatten() {
            let of = match extract.countries.len() {
                count if count > crate::plain_text::MOST_NAMED => {
                    format!("{count} countries ({})", listed(&extract.countries, ""))
                }
                _ => listed(&extract.countries, ""),
            };
            let text = format!("all {} of {of}", extract.kind.key());
            if !told.contains(&text) {
                told.push(text);
            }
        }
        let more = told.len().saturating_sub(3);
        told.truncate(3);
        let more = if more > 0 { format!(", or of {more} other sets of countries") } else { String::new() };
        (!told.is_empty()).then(|| format!("{}{more}", told.join(", or ")))
    }

    /// The years that are extracts, in words.
    pub fn years_in_words(&self, years: &[u16]) -> String {
        let found: Vec<u16> =
            years.iter().zip(&self.years).filter(|(_, extract)| extract.is_some()).map(|(y, _)| *y).collect();
        match found.as_slice() {
            [] => String::new(),
            [one] => one.to_string(),
            [first, .., last] if found.len() == years.len() => format!("{first} to {last}"),
            many => listed(many, ""),
        }
    }

    /// What a reader should know; `None` if the trade is that of the world.
    pub fn note(&self, years: &[u16]) -> Option<String> {
        let what = self.in_words()?;
        let (verb, way_out) = if self.said {
            ("is", "The study says so (data.extract = true).")
        } else {
            ("looks like", "If it is all trade of the world, say data.extract = false.")
        };
        let kinds = |wanted: fn(ExtentKind) -> bool| self.years.iter().flatten().any(|e| wanted(e.kind));
        let right = match (kinds(|k| k == ExtentKind::Imports), kinds(|k| k == ExtentKind::Both)) {
            (false, false) => "What these countries sell is right; no indicator of what anybody buys is.",
            (true, false) => {
                "HHI, the largest supplier and the direct part of STR are right for these countries alone."
            }
            (_, true) => {
                "Exposure, HHI, the largest supplier and the direct part of STR are right for these countries alone."
            }
        };
        Some(format!(
            "The trade is an extract, not that of the world: in {} it {verb} {what}. Left out, since it takes the trade of the world: {LEFT_OUT}. \
             {right} {way_out}",
            self.years_in_words(years)
        ))
    }

    /// Why a stage is left out; `None` if the trade is that of the world.
    pub fn reason(&self) -> Option<String> {
        let verb = if self.said { "is" } else { "looks like" };
        Some(format!(
            "it takes the trade of the world, and this is an extract: it {verb} {}",
            self.in_words()?
        ))
    }
}

impl YearExtract {
    fn of(extent: Extent, store: &dyn FlowSource, countries: usize, place: &[u16]) -> Self {
        // A group of countries is whole if all its members are.
        let mut whole = vec![None::<bool>; countries];
        for (country, &at) in place.iter().enumerate().filter(|(_, at)| **at != ABSENT) {
            let is = extent.countries.binary_search(&(country as u16)).is_ok();
            let so_far = &mut whole[usize::from(at)];
            *so_far = Some(so_far.unwrap_or(true) && is);
        }
        let whole: Vec<bool> = whole.into_iter().map(|is| is == Some(true)).collect();
        let of = |wanted: bool| if wanted { whole.clone() } else { vec![false; countries] };
        let codes = store.countries().iso3_codes();
        Self {
            kind: extent.kind,
            countries: extent.countries.iter().map(|&c| codes[usize::from(c)].to_owned()).collect(),
            imports: of(extent.kind != ExtentKind::Exports),
            exports: of(extent.kind != ExtentKind::Imports),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Governance;
    use crate::panel::World;
    use crate::trade::FlowTable;
    use crate::value_chain::{CyclePolicy, ValueChain};

    /// What Germany buys of two products; in 2022 trade among others too.
    fn world(change: impl Fn(&mut Study)) -> World {
        let others = ["CHN", "FRA", "ITA", "JPN", "KOR", "MYS", "NLD", "POL", "THA", "USA", "ZAF"];
        let mut rows: Vec<(i32, &str, &str, &str, f64)> = Vec::new();
        for exporter in others {
            rows.extend([2021, 2022].map(|year| (year, "260300", exporter, "DEU", 10.0)));
            rows.push((2021, "710210", exporter, "DEU", 10.0));
            rows.extend(
                others.iter().filter(|c| **c != exporter).map(|c| (2022, "260300", exporter, *c, 1.0)),
            );
        }
        let table = FlowTable::from_rows(rows).unwrap();
        let governance = Governance::from_rows([("CHN", 2021, 30.0)]).unwrap();
        let mut study = Study::new(["260300".parse().unwrap()]);
        change(&mut study);
        let chain = ValueChain::build(Vec::new(), &study.study.seeds, CyclePolicy::default()).unwrap();
        World::prepare_with(&study, &table, &chain, &governance).unwrap()
    }

    #[test]
    fn years_are_judged_one_by_one() {
        let found = world(|_| {});
        assert_eq!(found.extract.years.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false]);
        assert!(found.extract.is_one() && !found.extract.is_throughout());
        let germany = found.countries.iter().position(|c| c.code == "DEU").unwrap();
        let whole = found.extract.whole(0).unwrap();
        assert_eq!(whole.imports.iter().filter(|is| **is).count(), 1);
        assert!(whole.imports[germany] && !whole.exports[germany]);
        assert!(found.extract.whole(1).is_none());
        let note = found.extract.note(&found.years).unwrap();
        assert!(note.contains("in 2021 it looks like all imports of DEU. Left out"), "{note}");
        assert!(found.notes.contains(&note));
    }

    #[test]
    fn a_study_may_say_what_its_trade_is() {
        let not = world(|study| study.data.extract = Some(false));
        assert!(!not.extract.is_one() && !not.notes.iter().any(|n| n.contains("extract")));
        let said = world(|study| study.data.extract = Some(true));
        assert!(said.extract.is_throughout());
        assert!(said.extract.note(&said.years).unwrap().contains("it is all imports of DEU, or all"));
    }

    #[test]
    fn a_merged_group_is_whole_if_its_members_are() {
        let with = |members: [&str; 2]| {
            let found = world(|study| {
                study.groups.means.clear();
                study.trade.merge = [("AB".to_owned(), members.map(str::to_owned).to_vec())].into();
            });
            let place = found.countries.iter().position(|c| c.code == "AB").unwrap();
            found.extract.whole(0).unwrap().imports[place]
        };
        assert!(!with(["DEU", "FRA"]), "what France buys is not there");
    }
}
