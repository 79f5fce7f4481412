//! What a unit of lost supply costs down the chain: one sweep upwards for all suppliers of all products.

use super::chain::{Chain, ChainReading};
use super::passing::Production;
use super::scenario::ShockError;
use crate::trade::TradeMatrix;

/// What lost supply costs down the chain, for every product and country.
#[derive(Debug, Clone, PartialEq)]
pub struct Downstream {
    /// By product and country: what importers of all products downstream lose, in the unit of the trade, if the country lacks all its supply of the
    /// product (u = 1); in proportion for less. 0 where nothing is made of it.
    pub value: Vec<Vec<f64>>,
    /// By product: whether the value is exact for every scenario. False where, under content, the inputs of a product downstream can together be
    /// worth more than the product, and losses end at all of it: then the value is an upper bound, and [`Chain::run`] tells.
    pub exact: Vec<bool>,
}

impl Downstream {
    /// Σ_c value_c u_c: what the losses u of a product's supply cost all products downstream. Never part of what the product itself loses.
    ///
    /// # Panics
    /// If `supply_loss` does not have one entry a country.
    pub fn of_losses(&self, product: usize, supply_loss: &[f64]) -> f64 {
        let value = &self.value[product];
        assert_eq!(value.len(), supply_loss.len(), "one loss a country");
        value.iter().zip(supply_loss).map(|(value, u)| value * u).sum()
    }

    /// As [`Downstream::of_losses`] for the stop of a supplier alone: `loss` is a row of [`super::Scan::losses`], `content` the φ of the product,
    /// and u_c = φ_c l_c.
    ///
    /// # Panics
    /// If `content` or `loss` does not have one entry a country.
    pub fn of_stop(&self, product: usize, content: &[f64], loss: &[f64]) -> f64 {
        let value = &self.value[product];
        assert!(value.len() == loss.len() && content.len() == loss.len(), "one entry a country");
        value.iter().zip(content).zip(loss).map(|((value, content), l)| value * (content * l)).sum()
    }
}

impl Chain<'_> {
    /// What a unit of lost supply of each product in each country costs down the chain.
    ///
    /// What it answers: the downstream damage of every supplier's stop, for all suppliers of all products at once, for the price of one scenario.
    /// Losses add up as long as production is linear, so that their value can be carried upwards instead. In product j let z_a be the value of a
    /// unit of supply that a lacks, to importers of j and to all that is made of it: z = g + X + S Φ z, where g is the value downstream, X_a what a
    /// sells. A unit of lost production costs (1 - φ_a) z_a, and so a unit of the lost input i in country c
    ///
    /// g^i_c = Σ_{j made of i} θ_ij ω_ijc (1 - φ^j_c) z^j_c
    ///
    /// (under content ω = 1 where c trades the input). One solve with (I - ΦS) for each product, from the last to the first.
    ///
    /// # Errors
    /// [`ShockError::NotLinear`] where losses do not add up: under reach production that is not linear, or essential inputs; stocks;
    /// substitution.
    ///
    /// ```
    /// use monazite::shock::{Chain, ChainInput, ChainOptions, ChainProduct};
    /// use monazite::trade::TradeMatrix;
    /// let ore = TradeMatrix::from_dense(&[&[0.0, 80.0, 0.0], &[0.0; 3], &[0.0; 3]]);
    /// let metal = TradeMatrix::from_dense(&[&[0.0; 3], &[0.0, 0.0, 100.0], &[0.0; 3]]);
    /// let (of_ore, of_metal) = ([0.0, 1.0, 0.0], [0.0, 0.0, 1.0]);
    /// let products =
    ///     vec![ChainProduct::new(&ore, &of_ore, vec![]), ChainProduct::new(&metal, &of_metal, vec![ChainInput::of(0)])];
    /// let found = Chain::new(products, ChainOptions::default())?.downstream()?;
    /// // Without ore B makes no metal, and C does not get its 100.
    /// assert_eq!(found.value[0], [0.0, 100.0, 0.0]);
    /// // A's stop takes all ore from B, which sells none: u is 1.
    /// assert_eq!(found.of_stop(0, &of_ore, &[0.0, 1.0, 0.0]), 100.0);
    /// # Ok::<(), monazite::shock::ShockError>(())
    /// ```
    pub fn downstream(&mut self) -> Result<Downstream, ShockError> {
        self.refuse_what_does_not_add_up()?;
        let countries = self.countries();
        let mut value = vec![vec![0.0; countries]; self.len()];
        let mut exact = vec![true; self.len()];
        for at in (0..self.len()).rev() {
            let trade = self.products[at].trade;
            let content = self.products[at].content;
            if trade.flows() == 0 || self.links(at).is_empty() {
                continue;
            }
            let of_supply = value_of_supply(trade, content, &value[at], self.factors(at));
            let links = self.links(at);
            let content_reading = self.options.reading == ChainReading::Content;
            let bounded = content_reading && {
                let most = |c: usize| links.iter().filter(|l| l.traded[c]).map(|l| l.share).sum::<f64>();
                (0..countries).any(|c| most(c) > 1.0)
            };
            for link in links {
                exact[link.product] &= exact[at] && !bounded;
                for c in (0..countries).filter(|&c| link.traded[c]) {
                    let part = if content_reading { link.share } else { link.weight[c] };
                    value[link.product][c] += part * ((1.0 - content[c]) * of_supply[c]);
                }
            }
        }
        // Nothing passes through what nobody trades.
        for at in self.without_trade() {
            value[at].fill(0.0);
        }
        Ok(Downstream { value, exact })
    }

    fn refuse_what_does_not_add_up(&self) -> Result<(), ShockError> {
        let no = |reason: &'static str| Err(ShockError::NotLinear { reason });
        if self.products.iter().any(|product| product.stocks.is_some()) {
            return no("there are stocks");
        }
        if self.products.iter().any(|product| product.substitution.is_some()) {
            return no("other suppliers make up for losses");
        }
        if self.options.reading == ChainReading::Reach {
            if self.options.production != Production::Linear {
                return no("production is not linear");
            }
            if self.products.iter().flat_map(|product| &product.inputs).any(|input| input.essential) {
                return no("some inputs are essential");
            }
        }
        Ok(())
    }
}

/// z = g + X + S Φ z: what it costs importers of a product, and `downstream` (g), if a country lacks all its supply of it.
fn value_of_supply(
    trade: &TradeMatrix,
    content: &[f64],
    downstream: &[f64],
    factors: &mut crate::indicators::Leontief,
) -> Vec<f64> {
    let mut of_supply: Vec<f64> = downstream.iter().zip(trade.exports()).map(|(g, x)| g + x).collect();
    let passed: Vec<f64> = of_supply.iter().zip(content).map(|(value, content)| value * content).collect();
    // ν = Φ z solves ν = Φ (g + X) + Φ S ν.
    let passed = factors.factored().supplier_sums(&passed);
    for column in trade.columns() {
        let behind = passed[usize::from(column.importer)];
        for (&supplier, &share) in column.suppliers.iter().zip(column.shares) {
            of_supply[usize::from(supplier)] += share * behind;
        }
    }
    of_supply
}
