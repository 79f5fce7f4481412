//! Means over the importers of a product, weighted by what they import, and how such a mean changes.

use super::decomposition::{Change, ContentChange};
use crate::trade::TradeMatrix;

/// Each country's share in the world's imports of a product in a year; they sum to one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImportWeights {
    shares: Vec<f64>,
}

/// The change of the import-weighted mean STR, in three parts that sum to it exactly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChangeOfMean {
    /// Because the trade network changed.
    pub network: f64,
    /// Because political stability changed.
    pub stability: f64,
    /// Because others import, or import more.
    pub importers: f64,
}

/// The change of the import-weighted mean STR under an import content, in four parts that sum to it exactly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContentChangeOfMean {
    /// Because importers buy elsewhere.
    pub shares: f64,
    /// Because political stability changed.
    pub stability: f64,
    /// Because suppliers pass on more, or less, of what lies behind them.
    pub import_content: f64,
    /// Because others import, or import more.
    pub importers: f64,
}

impl ImportWeights {
    /// The shares m_c = M_c / Σ M; 0 for all if nothing is traded.
    pub fn of(trade: &TradeMatrix) -> Self {
        let total = trade.total();
        let shares = trade.imports().iter().map(|m| if total > 0.0 { m / total } else { 0.0 }).collect();
        Self { shares }
    }

    /// By country: its share in world imports.
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// Σ_c m_c STR_c: what the average dollar of imports is exposed to.
    ///
    /// `None` if nothing is imported, or an importer has no STR.
    ///
    /// ```
    /// use monazite::indicators::import_weights::ImportWeights;
    /// use monazite::trade::TradeMatrix;
    /// let t = TradeMatrix::from_dense(&[&[0.0, 30.0, 10.0], &[0.0; 3], &[0.0; 3]]);
    /// let weights = ImportWeights::of(&t);
    /// assert_eq!(weights.mean(&[Some(1.0), Some(2.0), Some(4.0)]), Some(2.5));
    /// assert_eq!(weights.plain_mean(&[Some(1.0), Some(2.0), Some(4.0)]), Some(3.0));
    /// ```
    pub fn mean(&self, str: &[Option<f64>]) -> Option<f64> {
        let importers = self.shares.iter().zip(str).filter(|(m, _)| **m > 0.0);
        let mut sum = None;
        for (m, str) in importers {
            *sum.get_or_insert(0.0) += m * (*str)?;
        }
        sum
    }

    /// The mean over the importers, all alike. `None` if no importer has an STR.
    pub fn plain_mean(&self, str: &[Option<f64>]) -> Option<f64> {
        let (mut sum, mut count) = (0.0, 0u32);
        for (_, str) in self.shares.iter().zip(str).filter(|(m, _)| **m > 0.0) {
            if let Some(str) = str {
                sum += str;
                count += 1;
            }
        }
        (count > 0).then(|| sum / f64::from(count))
    }

    /// Splits the change of the weighted mean into network, stability and who imports, exactly: with mean weights
    /// m̄ and mean risks, Δ(Σ m STR) = Σ m̄ ΔSTR + Σ Δm STR̄. A country that trades in one of the years only
    /// keeps its STR and counts under who imports.
    ///
    /// `changes` are those of every country, from [`super::decomposition::decompose_change`]. `None` if nobody imports in one of the years.
    ///
    /// ```
    /// use monazite::indicators::{decomposition::Change, import_weights::ImportWeights};
    /// use monazite::trade::TradeMatrix;
    /// let before = ImportWeights::of(&TradeMatrix::from_dense(&[&[0.0, 5.0, 5.0], &[0.0; 3], &[0.0; 3]]));
    /// let after = ImportWeights::of(&TradeMatrix::from_dense(&[&[0.0, 2.5, 7.5], &[0.0; 3], &[0.0; 3]]));
    /// let rise = Some(Change { total: 1.0, network: 0.75, stability: 0.25 });
    /// let (old, new) = ([Some(1.0), Some(2.0), Some(3.0)], [Some(1.0), Some(3.0), Some(4.0)]);
    /// let parts = before.parts(&after, &old, &new, &[None, rise, rise]).unwrap();
    /// assert_eq!((parts.network, parts.stability, parts.importers), (0.75, 0.25, 0.25));
    /// assert_eq!(after.mean(&new).unwrap() - before.mean(&old).unwrap(), 1.25);
    /// ```
    pub fn parts(
        &self,
        after: &Self,
        str_before: &[Option<f64>],
        str_after: &[Option<f64>],
        changes: &[Option<Change>],
    ) -> Option<ChangeOfMean> {
        let of = |c: usize| changes[c].map(|change: Change| [change.network, change.stability]);
        let ([network, stability], importers) = self.split(after, str_before, str_after, of)?;
        Some(ChangeOfMean { network, stability, importers })
    }

    /// As [`ImportWeights::parts`], of STR under an import content.
    ///
    /// `changes` are from [`super::decomposition::decompose_content_change`].
    pub fn content_parts(
        &self,
        after: &Self,
        str_before: &[Option<f64>],
        str_after: &[Option<f64>],
        changes: &[Option<ContentChange>],
    ) -> Option<ContentChangeOfMean> {
        let of = |c: usize| {
            changes[c].map(|change: ContentChange| [change.shares, change.stability, change.import_content])
        };
        let ([shares, stability, import_content], importers) =
            self.split(after, str_before, str_after, of)?;
        Some(ContentChangeOfMean { shares, stability, import_content, importers })
    }

    /// The means of the parts of every country's change, and what comes from who imports.
    fn split<const PARTS: usize>(
        &self,
        after: &Self,
        str_before: &[Option<f64>],
        str_after: &[Option<f64>],
        parts_of: impl Fn(usize) -> Option<[f64; PARTS]>,
    ) -> Option<([f64; PARTS], f64)> {
        let (mut parts, mut importers) = ([0.0; PARTS], 0.0);
        let mut any = [false; 2];
        for c in 0..self.shares.len() {
            let (m0, m1) = (self.shares[c], after.shares[c]);
            any[0] |= m0 > 0.0;
            any[1] |= m1 > 0.0;
            for (sum, part) in parts.iter_mut().zip(parts_of(c).into_iter().flatten()) {
                *sum += 0.5 * (m0 + m1) * part;
            }
            let level = match (str_before[c], str_after[c]) {
                (Some(before), Some(after)) => 0.5 * (before + after),
                (Some(only), None) | (None, Some(only)) => only,
                (None, None) => continue,
            };
            importers += (m1 - m0) * level;
        }
        any.iter().all(|a| *a).then_some((parts, importers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_that_leaves_counts_under_who_imports() {
        let before = ImportWeights::of(&TradeMatrix::from_dense(&[&[0.0, 5.0, 5.0], &[0.0; 3], &[0.0; 3]]));
        let after = ImportWeights::of(&TradeMatrix::from_dense(&[&[0.0, 5.0, 0.0], &[0.0; 3], &[0.0; 3]]));
        let (old, new) = ([Some(1.0), Some(2.0), Some(4.0)], [Some(1.0), Some(2.0), None]);
        let still = Some(Change { total: 0.0, network: 0.0, stability: 0.0 });
        let parts = before.parts(&after, &old, &new, &[still, still, None]).unwrap();
        assert_eq!((parts.network, parts.stability, parts.importers), (0.0, 0.0, -1.0));
        assert_eq!(after.mean(&new).unwrap() - before.mean(&old).unwrap(), -1.0);
    }

    #[test]
    fn without_imports_there_is_no_mean() {
        let none = ImportWeights::of(&TradeMatrix::new(2));
        assert_eq!(none.shares(), [0.0, 0.0]);
        assert_eq!((none.mean(&[None, None]), none.plain_mean(&[None, None])), (None, None));
        let some = ImportWeights::of(&TradeMatrix::from_dense(&[&[0.0, 5.0], &[0.0; 2]]));
        assert_eq!(some.mean(&[Some(1.0), None]), None, "an importer without STR");
        assert!(none.parts(&some, &[None, None], &[None, None], &[None, None]).is_none());
    }

    #[test]
    fn four_parts_sum_to_the_change_of_the_mean() {
        let before = ImportWeights::of(&TradeMatrix::from_dense(&[&[0.0, 5.0, 5.0], &[0.0; 3], &[0.0; 3]]));
        let after = ImportWeights::of(&TradeMatrix::from_dense(&[&[0.0, 2.5, 7.5], &[0.0; 3], &[0.0; 3]]));
        let rise = Some(ContentChange { total: 1.0, shares: 0.5, stability: 0.375, import_content: 0.125 });
        let (old, new) = ([Some(1.0), Some(2.0), Some(3.0)], [Some(1.0), Some(3.0), Some(4.0)]);
        let parts = before.content_parts(&after, &old, &new, &[None, rise, rise]).unwrap();
        let found = [parts.shares, parts.stability, parts.import_content, parts.importers];
        assert_eq!(found, [0.5, 0.375, 0.125, 0.25]);
    }
}
