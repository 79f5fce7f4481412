//! What of a product-year is right where the trade is an extract: all imports, or exports, of some countries only.

use super::origin::Origins;
use super::product_year::ProductYear;

/// Which countries' trade is whole in an extract.
#[derive(Debug, Clone, Copy)]
pub struct WholeTrade<'a> {
    /// By country: whether all its imports are in the data.
    pub imports: &'a [bool],
    /// By country: whether all its exports are in the data.
    pub exports: &'a [bool],
}

impl ProductYear {
    /// Takes out what an extract cannot say; undefined is `None`, never 0.
    ///
    /// What rests on the imports of a country alone is right where they are whole: HHI, the largest supplier, the direct part of STR, the
    /// imputed share. Exposure needs its exports too. STR and its indirect part need the imports of the suppliers and of theirs, influence and
    /// the means those of everybody (both readings of STR), RCA the exports of everybody: none of them is defined. Imports and exports stay the sums that
    /// the data hold.
    ///
    /// ```
    /// use monazite::indicators::extract::WholeTrade;
    /// use monazite::indicators::{ProductYearOptions, Workspace, product_year};
    /// use monazite::trade::TradeMatrix;
    /// // All imports of C: 10 from A, 30 from B. What A and B buy is not there.
    /// let trade = TradeMatrix::from_dense(&[&[0.0, 0.0, 10.0], &[0.0, 0.0, 30.0], &[0.0; 3]]);
    /// let options = ProductYearOptions::default();
    /// let mut year = product_year(&trade, &[0.8, 0.4, 0.1], &options, &mut Workspace::default())?;
    /// year.keep_what_is_whole(WholeTrade { imports: &[false, false, true], exports: &[false; 3] });
    /// assert_eq!((year.hhi[2], year.exposure[2]), (Some(0.25 * 0.25 + 0.75 * 0.75), None));
    /// assert_eq!((year.risk.direct[2], year.risk.str[2]), (Some(0.25 * 0.8 + 0.75 * 0.4), None));
    /// # Ok::<(), monazite::indicators::ProductYearError>(())
    /// ```
    pub fn keep_what_is_whole(&mut self, whole: WholeTrade<'_>) {
        let imports = |c: usize| whole.imports.get(c) == Some(&true);
        let both = |c: usize| imports(c) && whole.exports.get(c) == Some(&true);
        let of_imports =
            [&mut self.hhi, &mut self.hhi_normalised, &mut self.imputed_share, &mut self.risk.direct];
        of_imports.into_iter().for_each(|values| keep(values, imports));
        keep(&mut self.exposure, both);
        keep(&mut self.mass_balance.import_content, both);
        let of_the_world = [
            &mut self.risk.str,
            &mut self.risk.indirect,
            &mut self.influence,
            &mut self.rca,
            &mut self.trade_risk,
            &mut self.mass_balance.str,
            &mut self.mass_balance.influence,
            &mut self.str_full,
        ];
        of_the_world.into_iter().for_each(|values| keep(values, |_| false));
        (self.weighted_str, self.plain_str, self.through_hubs) = (None, None, None);
        (self.mass_balance.weighted_str, self.mass_balance.plain_str) = (None, None);
        (self.summary.ending_share, self.summary.imputed_share) =
            (None, self.summary.imputed_share.filter(|_| whole.imports.contains(&true)));
        self.dependencies.clear();
        (self.origins, self.crossings) = (Origins::default(), None);
        self.trickle_loops.clear();
        self.main_suppliers.retain(|supplier| imports(usize::from(supplier.importer)));
    }
}

fn keep(values: &mut [Option<f64>], wanted: impl Fn(usize) -> bool) {
    let unwanted = values.iter_mut().enumerate().filter(|(country, _)| !wanted(*country));
    unwanted.for_each(|(_, value)| *value = None);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::product_year::{ProductYearOptions, TotalExports, Workspace, product_year};
    use crate::trade::TradeMatrix;

    /// A sells 60 to B and 30 to C, B 10 to A and 50 to C, C 20 to B; the third test of METHODS.
    fn year() -> ProductYear {
        let trade = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
        let totals = [Some(900.0), Some(600.0), Some(200.0)];
        let options = ProductYearOptions {
            totals: Some(TotalExports { countries: &totals, world: 1700.0 }),
            least_contribution: Some(0.0),
            least_origin_share: Some(0.0),
            imputed: Some(&[true, false, false]),
            hubs: &[1],
            ..ProductYearOptions::default()
        };
        product_year(&trade, &[0.75, 0.2, 0.5], &options, &mut Workspace::default()).unwrap()
    }

    #[test]
    fn both_sides_of_one_country() {
        let mut found = year();
        let only_b = [false, true, false];
        found.keep_what_is_whole(WholeTrade { imports: &only_b, exports: &only_b });
        // B buys 60 of 80 from A, and sells 60.
        assert_eq!(found.hhi, [None, Some(0.625), None]);
        assert_eq!(found.exposure, [None, Some(80.0 / 140.0), None]);
        assert_eq!(found.imputed_share, [None, Some(0.75), None]);
        assert!((found.risk.direct[1].unwrap() - (0.75 * 0.75 + 0.25 * 0.5)).abs() < 1e-15);
        assert_eq!((&found.risk.direct[0], &found.risk.direct[2]), (&None, &None));
        let balanced = &found.mass_balance;
        for undefined in [
            &found.risk.str,
            &found.risk.indirect,
            &found.influence,
            &found.rca,
            &balanced.str,
            &balanced.influence,
        ] {
            assert_eq!(undefined, &[None; 3]);
        }
        assert_eq!(balanced.import_content, [None, Some(1.0), None]);
        assert_eq!((balanced.weighted_str, balanced.plain_str), (None, None));
        assert_eq!((found.weighted_str, found.plain_str, found.through_hubs), (None, None, None));
        assert!(found.origins.rows.is_empty() && !year().origins.rows.is_empty());
        assert_eq!((found.crossings, year().crossings), (None, Some(170.0 / 80.0)));
        assert!(found.dependencies.is_empty() && found.summary.ending_share.is_none());
        assert!(found.main_suppliers.iter().all(|s| s.importer == 1) && found.main_suppliers.len() == 2);
        assert_eq!((found.imports, found.exports), (year().imports, year().exports));
    }

    #[test]
    fn exports_alone_leave_sums_only() {
        let mut found = year();
        found.keep_what_is_whole(WholeTrade { imports: &[false; 3], exports: &[true, false, false] });
        for undefined in [&found.hhi, &found.exposure, &found.risk.direct, &found.risk.str, &found.rca] {
            assert_eq!(undefined, &[None; 3]);
        }
        assert!(found.main_suppliers.is_empty());
        assert_eq!(found.exports, [90.0, 60.0, 20.0]);
    }

    #[test]
    fn where_everything_is_whole_only_the_world_is_gone() {
        let mut found = year();
        found.keep_what_is_whole(WholeTrade { imports: &[true; 3], exports: &[true; 3] });
        assert_eq!((found.hhi, found.exposure), (year().hhi, year().exposure));
    }
}
