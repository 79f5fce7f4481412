//! A trade matrix in which some importers buy otherwise.

use crate::trade::TradeMatrix;

/// What one importer buys instead.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NewShares {
    pub(super) importer: usize,
    /// Import shares by country; what is not above 0 is no flow.
    pub(super) shares: Vec<f64>,
}

/// The trade in which the importers of `new` buy as much as before, with other shares. `new` is in order of importers.
pub(super) fn rewritten(trade: &TradeMatrix, new: &[NewShares]) -> TradeMatrix {
    let mut flows = Vec::with_capacity(trade.flows() + trade.countries());
    let mut rest = new.iter().peekable();
    for column in trade.columns() {
        let importer = usize::from(column.importer);
        while rest.next_if(|new| new.importer < importer).is_some() {}
        if let Some(new) = rest.next_if(|new| new.importer == importer) {
            let bought = new.shares.iter().enumerate().filter(|(_, share)| **share > 0.0);
            let imports = trade.imports()[importer];
            flows.extend(bought.map(|(a, share)| (column.importer, a as u16, share * imports)));
        } else {
            let present = column.suppliers.iter().zip(column.values);
            flows.extend(present.map(|(&supplier, &value)| (column.importer, supplier, value)));
        }
    }
    let mut changed = TradeMatrix::default();
    changed.refill(trade.countries(), &mut flows);
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_those_named_buy_otherwise() {
        let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
        let new = [NewShares { importer: 1, shares: vec![0.5, 0.0, 0.5] }];
        let expected = TradeMatrix::from_dense(&[&[0.0, 40.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 40.0, 0.0]]);
        assert_eq!(rewritten(&t, &new), expected);
        assert_eq!(rewritten(&t, &[]), t);
        let all: Vec<NewShares> = (0..3)
            .map(|c| NewShares { importer: c, shares: super::super::purchase::import_shares(&t, c) })
            .collect();
        let same = rewritten(&t, &all);
        assert!(same.triples().zip(t.triples()).all(|(x, y)| (x.2 - y.2).abs() < 1e-13));
    }
}
