//! The trade behind the indicators: what is left of the flows of a product-year when the study has adjusted them.

use std::cmp::Ordering;

use crate::trade::TradeMatrix;

/// A flow of the adjusted trade.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlowRow {
    /// Position of the year.
    pub year: usize,
    /// Position of the product.
    pub product: u32,
    /// Position of the importer.
    pub importer: u16,
    /// Position of the exporter.
    pub exporter: u16,
    /// Its value, thousand USD.
    pub value: f64,
    /// Its quantity, tonnes; `None` if it is not known, or not asked for.
    pub quantity: Option<f64>,
}

/// The rows of a product-year, by importer and exporter.
///
/// `trade` is the matrix that the indicators are computed from. By quantity it holds tonnes, and `by_value` the same trade in thousand USD as
/// (importer, exporter, value), in the order of the matrix; by value it is `None`, and no quantity is known.
pub(super) fn rows_of<'a>(
    (year, product): (usize, u32),
    trade: &'a TradeMatrix,
    by_value: Option<&'a [(u16, u16, f64)]>,
) -> Box<dyn Iterator<Item = FlowRow> + 'a> {
    let row = move |importer, exporter, value, quantity| FlowRow {
        year,
        product,
        importer,
        exporter,
        value,
        quantity,
    };
    let Some(values) = by_value else {
        return Box::new(trade.triples().map(move |(a, c, value)| row(c, a, value, None)));
    };
    let mut values = values.iter().copied().peekable();
    let mut quantities = trade.triples().map(|(a, c, quantity)| (c, a, quantity)).peekable();
    Box::new(std::iter::from_fn(move || {
        // An entrepot that imports by value but has no quantity of it keeps its exports by quantity: a flow without a value.
        let first = match (values.peek(), quantities.peek()) {
            (None, None) => return None,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(v), Some(q)) => (v.0, v.1).cmp(&(q.0, q.1)),
        };
        let value = if first == Ordering::Greater { None } else { values.next() };
        let quantity = if first == Ordering::Less { None } else { quantities.next() };
        let (importer, exporter, _) = value.or(quantity)?;
        Some(row(importer, exporter, value.map_or(0.0, |v| v.2), quantity.map(|q| q.2)))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(triples: &[(u16, u16, f64)]) -> TradeMatrix {
        let mut matrix = TradeMatrix::default();
        matrix.refill(4, &mut triples.to_vec());
        matrix
    }

    fn cells(trade: &TradeMatrix, by_value: Option<&[(u16, u16, f64)]>) -> Vec<(u16, u16, f64, Option<f64>)> {
        rows_of((3, 7), trade, by_value)
            .inspect(|r| assert_eq!((r.year, r.product), (3, 7)))
            .map(|r| (r.importer, r.exporter, r.value, r.quantity))
            .collect()
    }

    #[test]
    fn by_value_there_is_no_quantity() {
        let trade = matrix(&[(1, 0, 5.0), (0, 2, 7.0)]);
        assert_eq!(cells(&trade, None), [(0, 2, 7.0, None), (1, 0, 5.0, None)]);
    }

    #[test]
    fn a_flow_has_its_value_and_its_quantity_as_far_as_they_are_known() {
        let trade = matrix(&[(0, 2, 70.0), (1, 3, 9.0), (3, 0, 1.0)]);
        let values = [(0, 1, 3.0), (0, 2, 7.0), (2, 0, 4.0)];
        assert_eq!(
            cells(&trade, Some(&values)),
            [
                (0, 1, 3.0, None),
                (0, 2, 7.0, Some(70.0)),
                (1, 3, 0.0, Some(9.0)),
                (2, 0, 4.0, None),
                (3, 0, 0.0, Some(1.0)),
            ]
        );
        assert_eq!(cells(&matrix(&[]), Some(&values)).len(), 3);
    }
}
