//! What to know about the trade of a product-year before its indicators are read.

use crate::trade::TradeMatrix;

/// Size and gaps of the trade of one product-year.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TradeSummary {
    /// Number of flows.
    pub flows: usize,
    /// World trade, in the unit of the flows.
    pub trade: f64,
    /// Countries that import.
    pub importers: usize,
    /// Countries that export.
    pub exporters: usize,
    /// Share of imports whose supplier imports nothing itself, in \[0, 1\]: chains end there. If this share moves over the
    /// years, STR moves with it without any change in risk. `None` without trade.
    pub ending_share: Option<f64>,
    /// Share of imports from suppliers whose political stability is imputed, in \[0, 1\]. `None` without trade, or if it is not known
    /// whose is.
    pub imputed_share: Option<f64>,
}

impl TradeSummary {
    /// Summarises a trade matrix; `imputed` says of every country whether its political stability is imputed.
    ///
    /// ```
    /// use monazite::indicators::trade_summary::TradeSummary;
    /// use monazite::trade::TradeMatrix;
    /// // A mines, B refines, C buys from both.
    /// let t = TradeMatrix::from_dense(&[&[0.0, 50.0, 10.0], &[0.0, 0.0, 40.0], &[0.0; 3]]);
    /// let summary = TradeSummary::of(&t, Some(&[false, true, false]));
    /// assert_eq!((summary.flows, summary.importers, summary.exporters), (3, 2, 2));
    /// assert_eq!((summary.ending_share, summary.imputed_share), (Some(0.6), Some(0.4)));
    /// ```
    pub fn of(trade: &TradeMatrix, imputed: Option<&[bool]>) -> Self {
        let total = trade.total();
        let share_of = |wanted: &dyn Fn(usize) -> bool| {
            let value: f64 =
                (0..trade.countries()).filter(|&a| wanted(a)).fold(0.0, |sum, a| sum + trade.exports()[a]);
            (total > 0.0).then(|| value / total)
        };
        Self {
            flows: trade.flows(),
            trade: total,
            importers: trade.imports().iter().filter(|m| **m > 0.0).count(),
            exporters: trade.exports().iter().filter(|x| **x > 0.0).count(),
            ending_share: share_of(&|a| trade.imports()[a] == 0.0),
            imputed_share: imputed.and_then(|imputed| share_of(&|a| imputed[a])),
        }
    }
}

/// By country the share of its imports that comes from suppliers whose political stability is imputed, in \[0, 1\]; `None` for a country
/// that imports nothing.
///
/// ```
/// use monazite::indicators::trade_summary::imputed_shares;
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 50.0, 10.0], &[0.0, 0.0, 40.0], &[0.0; 3]]);
/// assert_eq!(imputed_shares(&t, &[false, true, false]), [None, Some(0.0), Some(0.8)]);
/// ```
pub fn imputed_shares(trade: &TradeMatrix, imputed: &[bool]) -> Vec<Option<f64>> {
    let mut shares = vec![None; trade.countries()];
    for column in trade.columns() {
        let of_imputed = column
            .suppliers
            .iter()
            .zip(column.shares)
            .filter(|(supplier, _)| imputed[usize::from(**supplier)]);
        shares[usize::from(column.importer)] = Some(of_imputed.fold(0.0, |sum, (_, share)| sum + share));
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_trade_there_are_no_shares() {
        let summary = TradeSummary::of(&TradeMatrix::new(2), Some(&[true, true]));
        assert_eq!(summary, TradeSummary::default());
        assert_eq!(imputed_shares(&TradeMatrix::new(2), &[true, true]), [None, None]);
    }
}
