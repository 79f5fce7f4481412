//! From the edition that is mapped to that of the trade, and back.

use monazite::nomenclature::{Concordance, Hs6, HsEdition};

use crate::MappingError;

/// Carries codes between two editions: each becomes the one that takes up most of its trade.
#[derive(Debug)]
pub(crate) struct Carrier {
    to_trade: Concordance,
    from_trade: Concordance,
}

impl Carrier {
    /// Between the edition that is mapped and that of the trade.
    pub fn between(mapped: HsEdition, trade: HsEdition) -> Result<Self, MappingError> {
        let table = |from, to| {
            Concordance::between(from, to).map_err(|e| {
                MappingError::Products(format!(
                    "mapping.edition = \"{mapped}\", the trade is in {trade}: {e}"
                ))
            })
        };
        Ok(Self { to_trade: table(mapped, trade)?, from_trade: table(trade, mapped)? })
    }

    /// The edition of the trade.
    pub fn trade(&self) -> HsEdition {
        self.to_trade.to
    }

    /// A code in the edition of the trade; `None` if it has none.
    pub fn to_trade(&self, code: Hs6) -> Option<Hs6> {
        largest(&self.to_trade, code)
    }

    /// The seeds in the edition that is mapped, without repetitions.
    ///
    /// # Errors
    /// [`MappingError::Seed`] for a seed that has no code there.
    pub fn seeds(&self, seeds: &[Hs6]) -> Result<Vec<Hs6>, MappingError> {
        let mut carried = Vec::new();
        for &seed in seeds {
            let code = largest(&self.from_trade, seed).ok_or_else(|| MappingError::Seed {
                code: seed.to_string(),
                texts: format!("{}, nor has it one in {}", self.from_trade.from, self.from_trade.to),
            })?;
            if !carried.contains(&code) {
                carried.push(code);
            }
        }
        Ok(carried)
    }
}

/// The code with the largest share; of equals the first.
fn largest(table: &Concordance, code: Hs6) -> Option<Hs6> {
    let targets = table.targets(code)?;
    let best = targets.into_iter().reduce(|best, other| if other.1 > best.1 { other } else { best });
    best.map(|(code, _)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_to_the_other_edition_and_back() {
        let carrier = Carrier::between(HsEdition::Hs07, HsEdition::Hs92).unwrap();
        let code = |text: &str| text.parse::<Hs6>().unwrap();
        assert_eq!(carrier.trade(), HsEdition::Hs92);
        assert_eq!(carrier.to_trade(code("283691")), Some(code("283691")));
        assert_eq!(carrier.to_trade(code("810520")), Some(code("810510")));
        assert_eq!(carrier.to_trade(code("999998")), None);
        let seeds = carrier.seeds(&[code("810510"), code("282200"), code("810510")]).unwrap();
        assert_eq!(seeds, [code("810520"), code("282200")]);
        let said = carrier.seeds(&[code("999998")]).unwrap_err().to_string();
        assert!(
            said.starts_with("study.seeds: 999998 is not a code of HS92, nor has it one in HS07"),
            "{said}"
        );
        let said = Carrier::between(HsEdition::Hs07, HsEdition::Hs22).unwrap_err().to_string();
        assert!(
            said.starts_with(
                "mapping.edition = \"HS07\", the trade is in HS22: there is no conversion table"
            ),
            "{said}"
        );
    }
}
