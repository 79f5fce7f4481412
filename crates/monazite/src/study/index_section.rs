//! The section of the study file behind the indices that others publish.

use std::path::PathBuf;

use super::check::Check;
use super::fields::section;
use super::parameter::choice;
use super::uncertainty_section::BandProducts;
use crate::indices::{Index, TablesAtHand};

section! {
    /// `[indices]`: beside STR, the indices of supply risk and dependency that others publish.
    IndexSection["indices"] {
        " Which ones. Left out: all that need no table, and those whose tables are given." compute: Option<Vec<Index>> = None;
        " Products that have indices: those of the chain, the focus products, or all." products: BandProducts = BandProducts::Chain;
        " Table of production (product, year, iso3, production, in the unit of the trade: thousand USD, by quantity tonnes), for eu_sr and geopolrisk." production: Option<PathBuf> = None;
        " Table of the share of use that recycling of old scrap covers (product, eol_rir from 0 to 1), for eu_sr." recycling: Option<PathBuf> = None;
        " Table of substitution (product, si from 0 to 1, 1 without a substitute), for eu_sr." substitution: Option<PathBuf> = None;
        " Table of trade factors of suppliers (iso3, product, t; 1 where none is given, more where exports are taxed, limited or forbidden), for eu_sr." trade_factor: Option<PathBuf> = None;
        " Table of disruption potential (product, iso3 of the importer, disruption_potential from 0 to 1), for usgs." disruption_potential: Option<PathBuf> = None;
        " Table of economic vulnerability (product, iso3 of the importer, economic_vulnerability from 0 to 1), for usgs." economic_vulnerability: Option<PathBuf> = None;
    }
}

choice!(Index {
    "whhi" => Index::Whhi,
    "eu_sr_trade" => Index::EuSrTrade,
    "eu_sr" => Index::EuSr,
    "geopolrisk_trade" => Index::GeopolriskTrade,
    "geopolrisk" => Index::Geopolrisk,
    "ec_flag" => Index::EcFlag,
    "geodep" => Index::Geodep,
    "worst" => Index::Worst,
    "usgs" => Index::Usgs,
});

impl IndexSection {
    /// Which tables are given.
    pub fn tables_at_hand(&self) -> TablesAtHand {
        TablesAtHand {
            production: self.production.is_some(),
            recycling: self.recycling.is_some(),
            substitution: self.substitution.is_some(),
            disruption: self.disruption_potential.is_some(),
            vulnerability: self.economic_vulnerability.is_some(),
        }
    }

    /// The indices that are computed, in the order of their columns; empty for none.
    ///
    /// ```
    /// use monazite::indices::Index;
    /// use monazite::study::Study;
    /// let mut study = Study::default();
    /// assert_eq!(study.indices.wanted().len(), 6);
    /// study.indices.compute = Some(vec![Index::Worst, Index::Whhi]);
    /// assert_eq!(study.indices.wanted(), [Index::Whhi, Index::Worst]);
    /// ```
    pub fn wanted(&self) -> Vec<Index> {
        let Some(asked) = &self.compute else { return self.tables_at_hand().usual() };
        Index::ALL.into_iter().filter(|index| asked.contains(index)).collect()
    }

    /// Values that do not go together: an index without its tables, a table without its index.
    pub(super) fn check(&self, check: &mut Check<'_, '_>) {
        let at_hand = self.tables_at_hand();
        let asked = self.compute.as_deref().unwrap_or_default();
        for (nth, index) in asked.iter().enumerate() {
            check.that(!asked[..nth].contains(index), "indices", "compute", || {
                format!("{} is listed twice", index.name())
            });
            let lacking = at_hand.lacking(*index);
            check.that(lacking.is_empty(), "indices", "compute", || {
                let tables: Vec<String> = lacking.iter().map(|name| format!("indices.{name}")).collect();
                let trade_alone = match index {
                    Index::EuSr => ", or ask for eu_sr_trade",
                    Index::Geopolrisk => ", or ask for geopolrisk_trade",
                    _ => ", or take it out",
                };
                format!("{} needs a table more: give {}{trade_alone}", index.name(), tables.join(" and "))
            });
        }
        let wanted = self.wanted();
        let of_eu = [Index::EuSr].as_slice();
        let tables = [
            ("production", &self.production, [Index::EuSr, Index::Geopolrisk].as_slice()),
            ("recycling", &self.recycling, of_eu),
            ("substitution", &self.substitution, of_eu),
            ("trade_factor", &self.trade_factor, of_eu),
            ("disruption_potential", &self.disruption_potential, &[Index::Usgs]),
            ("economic_vulnerability", &self.economic_vulnerability, &[Index::Usgs]),
        ];
        for (key, path, used_by) in tables {
            let used = path.is_none() || used_by.iter().any(|index| wanted.contains(index));
            check.that(used, "indices", key, || {
                let index = used_by[0];
                match at_hand.lacking(index).as_slice() {
                    [] => format!(
                        "{} is not among indices.compute, and nothing else takes this table; take it out",
                        index.name()
                    ),
                    lacking => {
                        let more: Vec<String> =
                            lacking.iter().map(|name| format!("indices.{name}")).collect();
                        format!(
                            "only {} takes this table, and it needs {} too; give them, or take this out",
                            index.name(),
                            more.join(" and ")
                        )
                    }
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::study::Study;

    fn problems(text: &str) -> Vec<String> {
        let good = "[study]\nseeds = [\"284690\"]\n[data]\ntrade = \"x\"\ngovernance = \"y\"\n[indices]\n";
        let (_, problems) = Study::parse(&format!("{good}{text}"), Path::new("s.toml"));
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_index_needs_its_tables_and_a_table_its_index() {
        let nothing: [&str; 0] = [];
        assert_eq!(problems("compute = []\n"), nothing);
        assert_eq!(problems("compute = [\"whhi\", \"worst\"]\nproducts = \"all\"\n"), nothing);
        assert_eq!(problems("production = \"p.csv\"\n"), nothing);
        assert_eq!(
            problems("compute = [\"whhi\", \"whhi\"]\n"),
            ["line 7: indices.compute: whhi is listed twice"]
        );
        assert_eq!(
            problems("compute = [\"eu_sr\"]\n"),
            [
                "line 7: indices.compute: eu_sr needs a table more: give indices.production and indices.recycling and indices.substitution, or ask for eu_sr_trade"
            ]
        );
        assert_eq!(
            problems("recycling = \"r.csv\"\n"),
            [
                "line 7: indices.recycling: only eu_sr takes this table, and it needs indices.production and indices.substitution too; give them, or take this out"
            ]
        );
        assert_eq!(
            problems(
                "compute = [\"whhi\"]\nproduction = \"p.csv\"\nrecycling = \"r.csv\"\nsubstitution = \"s.csv\"\n"
            )[0],
            "line 8: indices.production: eu_sr is not among indices.compute, and nothing else takes this table; take it out"
        );
        assert!(problems("compute = [\"risk\"]\n")[0].contains("\"risk\" is not \"whhi\""));
    }
}
