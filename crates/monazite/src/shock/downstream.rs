//! What a unit of lost supply costs down the chain: one sweep upwards for all suppliers of all products.

use super::chain::{Chain, ChainReading, ChainShock};
use super::passing::{Link, Production};
use super::scan::{Scan, SupplierPower, TOGETHER, scan};
use super::scenario::{ProductShock, ShockError, one_a_country, share};
use crate::indicators::Leontief;
use crate::trade::TradeMatrix;

/// What lost supply costs down the chain, for every product and country.
#[derive(Debug, Clone, PartialEq)]
pub struct Downstream {
    /// By product and country: what importers of all products downstream lose, in the unit of the trade, if the country lacks all its supply of the
    /// product (u = 1); in proportion for less. 0 where nothing is made of it.
    pub value: Vec<Vec<f64>>,
    /// By product: whether the value is exact for every shock to this product alone. False where, under content, what is lost of several inputs of a
    /// product downstream can be worth more than the product, and losses end at all of it: then the value is an upper bound, and [`Chain::run`]
    /// tells.
    pub exact: Vec<bool>,
}

/// What the full stop of one supplier of a product, alone, costs the others downstream.
#[derive(Debug, Clone, PartialEq)]
pub struct StopDownstream {
    /// The supplier a, and what its stop costs of the product itself.
    pub power: SupplierPower,
    /// Σ over all products made of the product, directly or not, of Σ_{c≠a} M_c l_c, in the unit of the trade. Never contains losses of the product
    /// itself; those are in `power`.
    pub downstream: f64,
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

    /// As [`Downstream::of_losses`] for the stop of a supplier alone, the supplier's own losses downstream among them: `loss` is a row of [`super::Scan::losses`], `content` the φ of the product,
    /// and u_c = φ_c l_c.
    ///
    /// # Panics
    /// If `content` or `loss` does not have one entry a country.
    pub fn of_stop(&self, product: usize, content: &[f64], loss: &[f64]) -> f64 {
        of_stop(self.value[product].iter().copied(), content, loss)
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
        self.downstream_for(&vec![1.0; self.countries()])
    }

    /// As [`Chain::downstream`], with the losses of each importer counted by a weight in \[0, 1\]: 0 for those whose losses are not asked for.
    ///
    /// # Errors
    /// As [`Chain::downstream`]; [`ShockError`] if `counted` does not have one entry a country, or one that is no share.
    pub fn downstream_for(&mut self, counted: &[f64]) -> Result<Downstream, ShockError> {
        self.refuse_what_does_not_add_up()?;
        one_a_country("the weight of importers", counted.len(), self.countries())?;
        counted.iter().try_for_each(|&weight| share("the weight of an importer", weight))?;
        let exact = (0..self.len()).map(|at| !self.may_end_at_all(at, 1.0)).collect();
        let value = self.sweep(counted.as_chunks::<1>().0);
        Ok(Downstream { value: value.into_iter().map(Vec::into_flattened).collect(), exact })
    }

    /// What the full stop of each supplier of each product, alone, costs the others downstream; one row for each country that sells the product.
    ///
    /// What it answers: where down the chain are the chokepoints? The supplier's own losses are left out, as from its power, so it takes one sweep
    /// for each country that sells something ([`Chain::downstream_for`]) instead of one run for each supplier of each product. Where losses do not
    /// add up, or end at all of a product, it is one run for each.
    ///
    /// # Errors
    /// As [`Chain::run`].
    pub fn downstream_of_stops(&mut self) -> Result<Vec<Vec<StopDownstream>>, ShockError> {
        let linear = self.refuse_what_does_not_add_up().is_ok();
        let mut found: Vec<Vec<StopDownstream>> = Vec::with_capacity(self.len());
        let mut losses: Vec<Vec<Vec<f64>>> = Vec::with_capacity(self.len());
        for at in 0..self.len() {
            let scan = self.scan_of(at);
            found.push(
                scan.suppliers.into_iter().map(|power| StopDownstream { power, downstream: 0.0 }).collect(),
            );
            losses.push(scan.losses);
        }
        let mut sweeps: Vec<(usize, Vec<(usize, usize)>)> = Vec::new();
        for country in 0..self.countries() {
            let rows: Vec<(usize, usize)> = (0..self.len())
                .filter_map(|at| {
                    let of = |row: &StopDownstream| usize::from(row.power.supplier);
                    let row = found[at].binary_search_by_key(&country, of).ok()?;
                    self.is_input(at).then_some((at, row))
                })
                .collect();
            let adds_up = |&(at, row): &(usize, usize)| {
                let lost = self.products[at].content.iter().zip(&losses[at][row]);
                linear && !self.may_end_at_all(at, lost.map(|(content, l)| content * l).fold(0.0, f64::max))
            };
            let (swept, run): (Vec<_>, Vec<_>) = rows.into_iter().partition(adds_up);
            if !swept.is_empty() {
                sweeps.push((country, swept));
            }
            for (at, row) in run {
                found[at][row].downstream = self.run_downstream(at, country)?;
            }
        }
        for together in sweeps.chunks(TOGETHER) {
            let mut counted = vec![[1.0; TOGETHER]; self.countries()];
            together.iter().enumerate().for_each(|(lane, (country, _))| counted[*country][lane] = 0.0);
            let value = self.sweep(&counted);
            for (lane, (_, rows)) in together.iter().enumerate() {
                for &(at, row) in rows {
                    let of = value[at].iter().map(|value| value[lane]);
                    found[at][row].downstream = of_stop(of, self.products[at].content, &losses[at][row]);
                }
            }
        }
        Ok(found)
    }

    /// Every stop of a product's suppliers, with losses where something is made of it.
    fn scan_of(&mut self, at: usize) -> Scan {
        let (trade, content) = (self.products[at].trade, self.products[at].content);
        let keep = self.is_input(at);
        scan(trade, content, keep, self.solver_mut())
    }

    /// What others lose downstream when a country stops a product, by a run.
    fn run_downstream(&mut self, at: usize, country: usize) -> Result<f64, ShockError> {
        let shock = ProductShock::stop(country as u16);
        let losses = self.run(&[ChainShock { product: at, shock }])?;
        let mut sum = 0.0;
        for (product, losses) in losses.products.iter().enumerate().filter(|(product, _)| *product != at) {
            debug_assert!(product > at || losses.lost_value == 0.0, "losses go down");
            let others = losses.value.iter().enumerate().filter(|(c, _)| *c != country);
            sum += others.filter_map(|(_, value)| *value).sum::<f64>();
        }
        Ok(sum)
    }

    /// The value downstream of a unit of lost supply, by product and country, for N weights of importers at once.
    fn sweep<const N: usize>(&mut self, counted: &[[f64; N]]) -> Vec<Vec<[f64; N]>> {
        let countries = self.countries();
        let content_reading = self.options.reading == ChainReading::Content;
        let mut value = vec![vec![[0.0; N]; countries]; self.len()];
        for at in (0..self.len()).rev() {
            let (trade, content) = (self.products[at].trade, self.products[at].content);
            if trade.flows() == 0 || self.links(at).is_empty() {
                continue;
            }
            let of_supply = value_of_supply(trade, content, counted, &value[at], self.factors(at));
            for link in self.links(at) {
                for c in (0..countries).filter(|&c| link.traded[c]) {
                    let part = if content_reading { link.share } else { link.weight[c] };
                    for (value, of_supply) in value[link.product][c].iter_mut().zip(of_supply[c]) {
                        *value += part * ((1.0 - content[c]) * of_supply);
                    }
                }
            }
        }
        value
    }

    /// Whether the production of some product can end altogether when the share `most` of a product is lost, so that more losses of its inputs cost
    /// nothing more. In no country is more lost of a product than the largest loss of production, and that is at most what is lost of its inputs.
    fn may_end_at_all(&self, start: usize, most: f64) -> bool {
        if self.options.reading == ChainReading::Reach {
            return false;
        }
        let mut bound = vec![0.0; self.len()];
        bound[start] = most;
        (start + 1..self.len()).any(|at| {
            let lost = |traded: &dyn Fn(&Link) -> bool| -> f64 {
                let links = self.links(at).iter().filter(|link| traded(link));
                links.map(|link| link.share * bound[link.product]).sum()
            };
            let anywhere = lost(&|_| true);
            let worst = if anywhere > 1.0 {
                (0..self.countries()).map(|c| lost(&|link| link.traded[c])).fold(0.0, f64::max)
            } else {
                anywhere
            };
            bound[at] = worst.min(1.0);
            worst > 1.0
        })
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

/// Σ_c value_c φ_c l_c.
fn of_stop(value: impl ExactSizeIterator<Item = f64>, content: &[f64], loss: &[f64]) -> f64 {
    assert!(value.len() == loss.len() && content.len() == loss.len(), "one entry a country");
    value.zip(content).zip(loss).map(|((value, content), l)| value * (content * l)).sum()
}

/// z = g + X + S Φ z: what it costs importers of a product, as far as they are `counted`, and `downstream` (g), if a country lacks all its supply.
fn value_of_supply<const N: usize>(
    trade: &TradeMatrix,
    content: &[f64],
    counted: &[[f64; N]],
    downstream: &[[f64; N]],
    factors: &mut Leontief,
) -> Vec<[f64; N]> {
    let mut of_supply = downstream.to_vec();
    for column in trade.columns() {
        let counted = &counted[usize::from(column.importer)];
        for (&supplier, &value) in column.suppliers.iter().zip(column.values) {
            add(&mut of_supply[usize::from(supplier)], value, counted);
        }
    }
    let passed: Vec<[f64; N]> =
        of_supply.iter().zip(content).map(|(values, content)| values.map(|value| value * content)).collect();
    // ν = Φ z solves ν = Φ (g + X) + Φ S ν.
    let passed = factors.factored().supplier_sums_of(&passed);
    for column in trade.columns() {
        let behind = &passed[usize::from(column.importer)];
        for (&supplier, &share) in column.suppliers.iter().zip(column.shares) {
            add(&mut of_supply[usize::from(supplier)], share, behind);
        }
    }
    of_supply
}

/// y += f x in each of N sweeps.
fn add<const N: usize>(y: &mut [f64; N], f: f64, x: &[f64; N]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += f * x;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shock::chain::{ChainInput, ChainOptions, ChainProduct};

    /// Ore goes into two metals and both into an alloy, worth less than they are.
    #[test]
    fn losses_that_end_at_all_of_a_product_are_run() {
        let a_to_b = |value: f64| TradeMatrix::from_dense(&[&[0.0, value, 0.0], &[0.0; 3], &[0.0; 3]]);
        let (ore, metal) = (a_to_b(80.0), a_to_b(40.0));
        let alloy = TradeMatrix::from_dense(&[&[0.0; 3], &[0.0, 0.0, 50.0], &[0.0; 3]]);
        let (of_b, of_c) = ([0.0, 1.0, 0.0], [0.0, 0.0, 1.0]);
        let made_of = |inputs: &[usize]| inputs.iter().map(|&at| ChainInput::of(at)).collect::<Vec<_>>();
        let chain = |inputs_of_alloy: &[usize]| {
            let products = vec![
                ChainProduct::new(&metal, &of_b, vec![]),
                ChainProduct::new(&ore, &of_b, vec![]),
                ChainProduct::new(&metal, &of_b, made_of(&[1])),
                ChainProduct::new(&metal, &of_b, made_of(&[1])),
                ChainProduct::new(&alloy, &of_c, made_of(inputs_of_alloy)),
            ];
            let options = ChainOptions { reading: ChainReading::Content, ..ChainOptions::default() };
            Chain::new(products, options).unwrap()
        };
        let mut both = chain(&[2, 3]);
        let found = both.downstream().unwrap();
        assert_eq!(found.exact, [true, false, true, true, true]);
        // Without ore A makes no metals: 40 of each are lost, and of B's alloy of 50 twice 0.8, if that could be, which makes 80.
        assert_eq!(found.value[1], [160.0, 0.0, 0.0]);
        // A run takes all 50 of it.
        let lost = [ProductShock::production(0, 1.0)].map(|shock| ChainShock { product: 1, shock });
        let run = both.run(&lost).unwrap().products;
        assert_eq!(run[2].lost_value + run[3].lost_value + run[4].lost_value, 130.0);
        // One metal alone is worth less than the alloy.
        assert_eq!(both.downstream_of_stops().unwrap()[2][0].downstream, 40.0);
        assert_eq!(chain(&[0, 2]).downstream().unwrap().exact, [true; 5]);
    }

    #[test]
    fn what_does_not_add_up_is_refused_and_run() {
        let ore = TradeMatrix::from_dense(&[&[0.0, 80.0, 0.0], &[0.0; 3], &[0.0; 3]]);
        let metal = TradeMatrix::from_dense(&[&[0.0; 3], &[0.0, 0.0, 100.0], &[0.0; 3]]);
        let (of_ore, of_metal) = ([0.0, 1.0, 0.0], [0.0, 0.0, 1.0]);
        let essential = ChainInput { essential: true, ..ChainInput::of(0) };
        let products = vec![
            ChainProduct::new(&ore, &of_ore, vec![]),
            ChainProduct::new(&metal, &of_metal, vec![essential]),
        ];
        let mut chain = Chain::new(products, ChainOptions::default()).unwrap();
        let told = chain.downstream().unwrap_err().to_string();
        assert_eq!(
            told,
            "some inputs are essential: losses do not add up then; run the chain forward for each scenario instead"
        );
        let found = chain.downstream_of_stops().unwrap();
        let said = |stop: &StopDownstream| (stop.power.supplier, stop.power.power, stop.downstream);
        assert_eq!(found[0].iter().map(said).collect::<Vec<_>>(), [(0, 80.0, 100.0)]);
        assert_eq!(found[1].iter().map(said).collect::<Vec<_>>(), [(1, 100.0, 0.0)]);
    }

    #[test]
    fn only_the_losses_of_those_who_are_counted_count() {
        let ore = TradeMatrix::from_dense(&[&[0.0, 80.0, 0.0], &[0.0; 3], &[0.0; 3]]);
        let metal = TradeMatrix::from_dense(&[&[0.0; 3], &[30.0, 0.0, 100.0], &[0.0; 3]]);
        let (of_ore, of_metal) = ([0.0, 1.0, 0.0], [1.0, 0.0, 1.0]);
        let products = vec![
            ChainProduct::new(&ore, &of_ore, vec![]),
            ChainProduct::new(&metal, &of_metal, vec![ChainInput::of(0)]),
        ];
        let mut chain = Chain::new(products, ChainOptions::default()).unwrap();
        assert_eq!(chain.downstream().unwrap().value[0], [0.0, 130.0, 0.0]);
        assert_eq!(chain.downstream_for(&[0.0, 1.0, 0.5]).unwrap().value[0], [0.0, 50.0, 0.0]);
        // A's own loss of metal is not its power over others.
        assert_eq!(chain.downstream_of_stops().unwrap()[0][0].downstream, 100.0);
        assert!(chain.downstream_for(&[0.0; 2]).is_err() && chain.downstream_for(&[2.0; 3]).is_err());
    }
}
