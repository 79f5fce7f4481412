//! A shock down the value chain: what is lost of what is made of what is lost.

use super::passing::{Link, Production, reached, valued};
use super::scenario::{ProductShock, ShockError, one_a_country, share};
use super::solver::{Pressure, ShockSolver, stays_where_it_is};
use super::substitution::{Substitution, filled, spare_shares};
use super::within::{Given, check_content, direct_losses, of_importers, supplies};
use crate::indicators::{Leontief, Singular};
use crate::trade::TradeMatrix;

/// How much of a product's value stands and falls with an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChainReading {
    /// Everything stops that contains the input: what is touched (default). θ = 1.
    #[default]
    Reach,
    /// What is lost if the input can be dispensed with at its price: production falls by the value of the input in it, θ_i u_i, with
    /// θ_i = min(1, world trade in the input / world trade in its direct outputs). [`Production`], weights and essential inputs play no role.
    Content,
}

/// What several inputs of a product weigh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InputWeights {
    /// As the country's imports of them (default); the same for all if it imports none.
    #[default]
    Imports,
    /// The same for all that it trades.
    Equal,
}

/// How losses go down the chain.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ChainOptions {
    /// How much of a product stands and falls with its inputs.
    pub reading: ChainReading,
    /// How production falls with lost inputs, under reach.
    pub production: Production,
    /// What inputs weigh, under reach.
    pub weights: InputWeights,
}

/// An input of a product of the chain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChainInput {
    /// Position of the input in the chain, before its product.
    pub product: usize,
    /// Whether nothing can be made without it.
    pub essential: bool,
    /// Its value for each unit of value of the product, in \[0, 1\], used by [`ChainReading::Content`]; `None`: from world trade.
    pub share: Option<f64>,
}

impl ChainInput {
    /// An input that others can stand in for, with its share from world trade.
    pub fn of(product: usize) -> Self {
        Self { product, essential: false, share: None }
    }
}

/// A product of the chain.
#[derive(Debug, Clone)]
pub struct ChainProduct<'a> {
    /// Its trade. All products have the same countries at the same positions.
    pub trade: &'a TradeMatrix,
    /// Import content φ of every country, in \[0, 1\].
    pub content: &'a [f64],
    /// What it is made of.
    pub inputs: Vec<ChainInput>,
    /// By country: stocks as a share of a year's use, at least 0; they make up for a loss before it reaches production. `None`: no stocks.
    pub stocks: Option<&'a [f64]>,
    /// Whether and how other suppliers make up for losses. `None`: they do not.
    pub substitution: Option<&'a Substitution>,
}

impl<'a> ChainProduct<'a> {
    /// A product without stocks and without other suppliers.
    pub fn new(trade: &'a TradeMatrix, content: &'a [f64], inputs: Vec<ChainInput>) -> Self {
        Self { trade, content, inputs, stocks: None, substitution: None }
    }
}

/// A shock to one product of the chain.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainShock {
    /// Position of the product.
    pub product: usize,
    /// What happens to it.
    pub shock: ProductShock,
}

/// What a scenario takes from one product.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductLosses {
    /// Loss share l_c of every country's imports; `None` where it imports nothing.
    pub loss: Vec<Option<f64>>,
    /// The same in the first round inside the product.
    pub direct: Vec<Option<f64>>,
    /// Loss share u_a of every country's supply.
    pub supply_loss: Vec<f64>,
    /// Loss share y_a of every country's production: what was given, or what its inputs cost it if that is more.
    pub production_loss: Vec<f64>,
    /// M_c l_c in the unit of the trade; `None` where a country imports nothing.
    pub value: Vec<Option<f64>>,
    /// Σ_c M_c l_c.
    pub lost_value: f64,
    /// Loss share of every country's imports before others fill any of it: `loss` where there is no substitution.
    pub lacking: Vec<Option<f64>>,
    /// Share of what each importer lacks that others fill; `None` where there is no substitution, and where it lacks nothing.
    pub fill: Vec<Option<f64>>,
    /// Whether the fills have converged; true where there is no substitution.
    pub converged: bool,
}

/// What a scenario takes from every product of the chain.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainLosses {
    /// In the order of the chain.
    pub products: Vec<ProductLosses>,
    /// Products that something is made of and that nobody trades in the year: nothing passes through them, so losses behind them are left out.
    pub without_trade: Vec<usize>,
}

/// A product with what is known before any scenario.
struct Prepared {
    links: Vec<Link>,
    /// Whether something is made of it.
    is_input: bool,
    /// Factors of I - ΦS, made when they are first needed.
    factors: Option<Leontief>,
}

/// The products of a chain in one year, ready for scenarios.
///
/// Make one per thread; what does not depend on the scenario is kept.
///
/// ```
/// use monazite::shock::{Chain, ChainInput, ChainOptions, ChainProduct, ChainShock, ProductShock};
/// use monazite::trade::TradeMatrix;
/// // Ore: A sells 80 to B. Metal, made of it: B sells 100 to C.
/// let ore = TradeMatrix::from_dense(&[&[0.0, 80.0, 0.0], &[0.0; 3], &[0.0; 3]]);
/// let metal = TradeMatrix::from_dense(&[&[0.0; 3], &[0.0, 0.0, 100.0], &[0.0; 3]]);
/// let (of_ore, of_metal) = ([0.0, 1.0, 0.0], [0.0, 0.0, 1.0]);
/// let products =
///     vec![ChainProduct::new(&ore, &of_ore, vec![]), ChainProduct::new(&metal, &of_metal, vec![ChainInput::of(0)])];
/// let mut chain = Chain::new(products, ChainOptions::default())?;
/// let half = ChainShock { product: 0, shock: ProductShock::cut(0, 0.5) };
/// let found = chain.run(&[half])?;
/// // B lacks half of its ore, so it makes half of its metal.
/// assert_eq!(found.products[1].production_loss, [0.0, 0.5, 0.0]);
/// assert_eq!(found.products[1].value[2], Some(50.0));
/// # Ok::<(), monazite::shock::ShockError>(())
/// ```
pub struct Chain<'a> {
    pub(super) products: Vec<ChainProduct<'a>>,
    prepared: Vec<Prepared>,
    pub(super) options: ChainOptions,
    countries: usize,
    solver: ShockSolver,
}

impl<'a> Chain<'a> {
    /// Prepares a chain. Products come in topological order: inputs before what is made of them.
    ///
    /// # Errors
    /// [`ShockError`] if an input does not come before its product, products have different numbers of countries, a share, a stock or a capacity is
    /// out of its range, or the exponent of production is below 1.
    ///
    /// # Panics
    /// If a product's `content` does not have one entry a country, or one that is not in \[0, 1\].
    pub fn new(products: Vec<ChainProduct<'a>>, options: ChainOptions) -> Result<Self, ShockError> {
        options.production.check()?;
        let countries = products.first().map_or(0, |product| product.trade.countries());
        for (at, product) in products.iter().enumerate() {
            one_a_country("the trade of a product", product.trade.countries(), countries)?;
            check_content(product.trade, product.content);
            check_inputs(at, product, countries)?;
        }
        let shares = shares_of_inputs(&products);
        let mut is_input = vec![false; products.len()];
        products.iter().flat_map(|product| &product.inputs).for_each(|input| is_input[input.product] = true);
        let prepared = products
            .iter()
            .zip(is_input)
            .map(|(product, is_input)| {
                let links = links(product, &products, &shares, options);
                Prepared { links, is_input, factors: None }
            })
            .collect();
        Ok(Self { products, prepared, options, countries, solver: ShockSolver::default() })
    }

    /// The number of products.
    pub fn len(&self) -> usize {
        self.products.len()
    }

    /// Whether there is no product.
    pub fn is_empty(&self) -> bool {
        self.products.is_empty()
    }

    /// What is lost of every product of the chain under shocks to some of them.
    ///
    /// What it answers: a supplier stops one product; who loses how much of what is made of it, and of what is made of that? In each product, in
    /// order, the production of country c falls by
    ///
    /// y_c = max(given, (Σ_i ω_ic u_ic^ρ)^(1/ρ))  over its traded inputs i under reach, max(given, min(1, Σ_i θ_i u_ic)) under content,
    ///
    /// where u is the loss of supply of the input there less its stocks; then losses spread inside the product as in [`super::propagate`]. An
    /// essential input counts in full: y is at least its loss. An input that the country does not trade is skipped; without any, nothing is lost.
    ///
    /// Reach and content are the ends of what a lost input can mean: all that contains it, or its own value in it. They can be far apart, and
    /// both are to be shown. Where φ = 0 no lost import reaches production, so the chain says something under exposure and mass balance only.
    ///
    /// Several shocks to a product count together, the largest share where they meet; the first one says how cut and loss combine.
    ///
    /// # Errors
    /// [`ShockError`] for positions that no country or product has, and for shares outside \[0, 1\].
    pub fn run(&mut self, shocks: &[ChainShock]) -> Result<ChainLosses, ShockError> {
        let of_products = self.shocks_of_products(shocks)?;
        let mut lost_inputs: Vec<Vec<f64>> = Vec::with_capacity(self.len());
        let mut found = Vec::with_capacity(self.len());
        for (at, shock) in of_products.iter().enumerate() {
            let links = &self.prepared[at].links;
            if shock.is_nothing() && links.iter().all(|link| lost_inputs[link.product].is_empty()) {
                lost_inputs.push(Vec::new());
                found.push(nothing_lost(self.products[at].trade));
                continue;
            }
            let mut given = Given::of(self.products[at].trade, shock)?;
            let passed = match self.options.reading {
                ChainReading::Reach => reached(self.options.production, links, &lost_inputs, self.countries),
                ChainReading::Content => valued(links, &lost_inputs, self.countries),
            };
            given.production_mut().iter_mut().zip(passed).for_each(|(y, passed)| *y = y.max(passed));
            let losses = self.losses_of(at, shock, &given.pressure());
            lost_inputs.push(lost_input(&self.products[at], &losses.supply_loss));
            found.push(losses);
        }
        Ok(ChainLosses { products: found, without_trade: self.without_trade() })
    }

    /// Products that something is made of and that nobody trades.
    fn without_trade(&self) -> Vec<usize> {
        (0..self.len()).filter(|&at| self.is_input(at) && self.products[at].trade.flows() == 0).collect()
    }

    /// Whether something is made of a product.
    pub(super) fn is_input(&self, product: usize) -> bool {
        self.prepared[product].is_input
    }

    /// The memory to find losses in.
    pub(super) fn solver_mut(&mut self) -> &mut ShockSolver {
        &mut self.solver
    }

    /// What each product is made of, with weights.
    pub(super) fn links(&self, product: usize) -> &[Link] {
        &self.prepared[product].links
    }

    /// The number of countries.
    pub fn countries(&self) -> usize {
        self.countries
    }

    fn shocks_of_products(&self, shocks: &[ChainShock]) -> Result<Vec<ProductShock>, ShockError> {
        let mut of_products = vec![ProductShock::default(); self.len()];
        let mut met = vec![false; self.len()];
        for ChainShock { product, shock } in shocks {
            let products = self.len();
            let Some(all) = of_products.get_mut(*product) else {
                return Err(ShockError::NoSuchProduct { position: *product, products });
            };
            if !std::mem::replace(&mut met[*product], true) {
                all.combine = shock.combine;
            }
            all.cuts.extend(shock.cuts.iter().cloned());
            all.production_losses.extend(&shock.production_losses);
        }
        Ok(of_products)
    }

    fn losses_of(&mut self, at: usize, shock: &ProductShock, pressure: &Pressure<'_>) -> ProductLosses {
        let product = &self.products[at];
        let (trade, content) = (product.trade, product.content);
        if let Some(substitution) = product.substitution {
            let spare = spare_shares(shock, substitution, self.countries);
            let found = filled(trade, content, pressure, &spare, &substitution.rationing, &mut self.solver);
            let of_found = product_losses(trade, content, pressure, &found.left.loss);
            return ProductLosses {
                fill: found.fill,
                lacking: found.lacking,
                converged: found.converged,
                ..of_found
            };
        }
        let loss = if pressure.cut.iter().any(|&cut| cut > 0.0) {
            self.solver.least_fixed_point(trade, content, pressure).loss
        } else {
            self.losses_of_production(at, pressure.production)
        };
        product_losses(trade, content, pressure, &of_importers(trade, &loss))
    }

    /// Losses of imports where only production is lost: two substitutions with factors that are kept.
    fn losses_of_production(&mut self, at: usize, production: &[f64]) -> Vec<f64> {
        let (trade, content) = (self.products[at].trade, self.products[at].content);
        let own: Vec<f64> = content.iter().zip(production).map(|(content, y)| (1.0 - content) * y).collect();
        let mut losses = vec![0.0; self.countries];
        for column in trade.columns() {
            let of = column.suppliers.iter().zip(column.shares);
            losses[usize::from(column.importer)] =
                of.map(|(&supplier, &share)| share * own[usize::from(supplier)]).sum();
        }
        if !stays_where_it_is(trade, content, &losses) {
            losses = self.factors(at).factored().importer_sums(&losses);
        }
        losses.iter_mut().for_each(|l| *l = l.min(1.0));
        losses
    }

    /// The factors of I - ΦS of a product. Countries that buy only from one another and pass on everything neither lose nor pass on anything.
    pub(super) fn factors(&mut self, at: usize) -> &mut Leontief {
        let product = &self.products[at];
        self.prepared[at].factors.get_or_insert_with(|| {
            let (mut weight, mut leontief) = (product.content.to_vec(), Leontief::default());
            while let Err(Singular { members }) = leontief.factor_in_place(product.trade, &weight) {
                members.into_iter().for_each(|member| weight[member] = 0.0);
            }
            leontief
        })
    }
}

fn product_losses(
    trade: &TradeMatrix,
    content: &[f64],
    pressure: &Pressure<'_>,
    loss: &[Option<f64>],
) -> ProductLosses {
    let shares: Vec<f64> = loss.iter().map(|loss| loss.unwrap_or(0.0)).collect();
    let value: Vec<Option<f64>> =
        loss.iter().zip(trade.imports()).map(|(loss, imports)| loss.map(|l| l * imports)).collect();
    ProductLosses {
        loss: loss.to_vec(),
        direct: of_importers(trade, &direct_losses(trade, content, pressure)),
        supply_loss: supplies(content, &shares, pressure.production),
        production_loss: pressure.production.to_vec(),
        lost_value: value.iter().flatten().sum(),
        lacking: loss.to_vec(),
        value,
        fill: vec![None; trade.countries()],
        converged: true,
    }
}

/// A product that loses nothing.
fn nothing_lost(trade: &TradeMatrix) -> ProductLosses {
    let nothing = vec![0.0; trade.countries()];
    let of_importers = of_importers(trade, &nothing);
    ProductLosses {
        loss: of_importers.clone(),
        direct: of_importers.clone(),
        lacking: of_importers.clone(),
        value: of_importers,
        supply_loss: nothing.clone(),
        production_loss: nothing,
        lost_value: 0.0,
        fill: vec![None; trade.countries()],
        converged: true,
    }
}

/// What production lacks of an input: the loss of its supply less the stocks. Empty if nobody lacks anything.
fn lost_input(product: &ChainProduct<'_>, supply_loss: &[f64]) -> Vec<f64> {
    let nothing = supply_loss.iter().all(|&u| u == 0.0) || product.trade.flows() == 0;
    match product.stocks {
        _ if nothing => Vec::new(),
        None => supply_loss.to_vec(),
        Some(stocks) => supply_loss.iter().zip(stocks).map(|(u, stock)| (u - stock).max(0.0)).collect(),
    }
}

fn check_inputs(at: usize, product: &ChainProduct<'_>, countries: usize) -> Result<(), ShockError> {
    for input in &product.inputs {
        if input.product >= at {
            return Err(ShockError::NotInOrder { product: at, input: input.product });
        }
        input.share.map_or(Ok(()), |value| share("the share of an input", value))?;
    }
    if let Some(stocks) = product.stocks {
        one_a_country("stocks", stocks.len(), countries)?;
        if let Some(&value) = stocks.iter().find(|value| !(**value >= 0.0 && value.is_finite())) {
            return Err(ShockError::TooSmall { what: "a stock", value, least: 0.0 });
        }
    }
    product.substitution.map_or(Ok(()), |substitution| substitution.check(countries))
}

/// θ_i = min(1, world trade in i / world trade in what is made of it); 1 where nobody trades what is made of it.
fn shares_of_inputs(products: &[ChainProduct<'_>]) -> Vec<f64> {
    let total: Vec<f64> = products.iter().map(|product| product.trade.total()).collect();
    let mut of_outputs = vec![0.0; products.len()];
    for (product, total) in products.iter().zip(&total) {
        product.inputs.iter().for_each(|input| of_outputs[input.product] += total);
    }
    total
        .iter()
        .zip(of_outputs)
        .map(|(&own, outputs)| if outputs > own { own / outputs } else { 1.0 })
        .collect()
}

/// The inputs of a product with what they weigh in every country.
fn links(
    product: &ChainProduct<'_>,
    products: &[ChainProduct<'_>],
    shares: &[f64],
    options: ChainOptions,
) -> Vec<Link> {
    let countries = product.trade.countries();
    let mut imports = vec![0.0; countries];
    let mut traded = vec![0_u32; countries];
    for input in &product.inputs {
        let trade = products[input.product].trade;
        for c in 0..countries {
            imports[c] += trade.imports()[c];
            traded[c] += u32::from(trade.trades(c));
        }
    }
    let of_input = |input: &ChainInput| {
        let trade = products[input.product].trade;
        let weight = |c: usize| match options.weights {
            _ if !trade.trades(c) => 0.0,
            InputWeights::Imports if imports[c] > 0.0 => trade.imports()[c] / imports[c],
            _ => 1.0 / f64::from(traded[c]),
        };
        Link {
            product: input.product,
            essential: input.essential,
            share: input.share.unwrap_or(shares[input.product]),
            weight: (0..countries).map(weight).collect(),
            traded: (0..countries).map(|c| trade.trades(c)).collect(),
        }
    };
    product.inputs.iter().map(of_input).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sells to B, all that B buys.
    fn a_to_b(value: f64) -> TradeMatrix {
        TradeMatrix::from_dense(&[&[0.0, value, 0.0], &[0.0; 3], &[0.0; 3]])
    }

    /// B sells to C, all that C buys.
    fn b_to_c(value: f64) -> TradeMatrix {
        TradeMatrix::from_dense(&[&[0.0; 3], &[0.0, 0.0, value], &[0.0; 3]])
    }

    const OF_B: [f64; 3] = [0.0, 1.0, 0.0];
    const OF_C: [f64; 3] = [0.0, 0.0, 1.0];

    fn cut(product: usize, share: f64) -> ChainShock {
        ChainShock { product, shock: ProductShock::cut(0, share) }
    }

    #[test]
    fn stocks_and_other_suppliers_come_before_production() {
        let (ore, metal) = (a_to_b(80.0), b_to_c(100.0));
        let stocks = [0.0, 0.125, 0.0];
        let mut products = vec![
            ChainProduct::new(&ore, &OF_B, vec![]),
            ChainProduct::new(&metal, &OF_C, vec![ChainInput::of(0)]),
        ];
        products[0].stocks = Some(&stocks);
        let mut chain = Chain::new(products.clone(), ChainOptions::default()).unwrap();
        let found = chain.run(&[cut(0, 0.5)]).unwrap().products;
        assert_eq!((found[0].supply_loss[1], found[1].production_loss[1]), (0.5, 0.375));
        assert_eq!(found[1].value[2], Some(37.5));
        // B could sell a quarter more of its metal, if it lost none: it has 62.5 of 100 and adds 15.625 of the 37.5.
        let quarter = Substitution::pool(0.25);
        products[1].substitution = Some(&quarter);
        let found =
            Chain::new(products, ChainOptions::default()).unwrap().run(&[cut(0, 0.5)]).unwrap().products;
        assert!((found[1].value[2].unwrap() - (37.5 - 15.625)).abs() < 1e-12);
        assert!((found[1].fill[2].unwrap() - 15.625 / 37.5).abs() < 1e-14 && found[1].converged);
    }

    #[test]
    fn the_share_of_an_input_is_its_trade_over_that_of_its_outputs() {
        // Ore of 20 goes into metal of 100 and alloy of 60: an eighth of their value.
        let (ore, metal, alloy) = (a_to_b(20.0), b_to_c(100.0), b_to_c(60.0));
        let products = vec![
            ChainProduct::new(&ore, &OF_B, vec![]),
            ChainProduct::new(&metal, &OF_C, vec![ChainInput::of(0)]),
            ChainProduct::new(&alloy, &OF_C, vec![ChainInput { share: Some(0.5), ..ChainInput::of(0) }]),
        ];
        let options = ChainOptions { reading: ChainReading::Content, ..ChainOptions::default() };
        let found = Chain::new(products, options).unwrap().run(&[cut(0, 1.0)]).unwrap().products;
        assert_eq!((found[1].loss[2], found[2].loss[2]), (Some(0.125), Some(0.5)));
        assert_eq!((found[1].lost_value, found[2].lost_value), (12.5, 30.0));
    }

    #[test]
    fn nothing_passes_through_what_nobody_trades() {
        let (ore, untraded, metal) = (a_to_b(80.0), TradeMatrix::new(3), b_to_c(100.0));
        let products = vec![
            ChainProduct::new(&ore, &OF_B, vec![]),
            ChainProduct::new(&untraded, &[0.0; 3], vec![ChainInput::of(0)]),
            ChainProduct::new(&metal, &OF_C, vec![ChainInput::of(1)]),
        ];
        let found = Chain::new(products, ChainOptions::default()).unwrap().run(&[cut(0, 1.0)]).unwrap();
        assert_eq!(found.without_trade, [1]);
        assert_eq!((found.products[1].production_loss[1], found.products[2].lost_value), (1.0, 0.0));
    }

    #[test]
    fn wrong_chains_are_told_what_is_possible() {
        let ore = a_to_b(80.0);
        let told = |products: Vec<ChainProduct<'_>>| match Chain::new(products, ChainOptions::default()) {
            Ok(mut chain) => chain.run(&[cut(7, 1.0)]).unwrap_err().to_string(),
            Err(error) => error.to_string(),
        };
        let product = |inputs: Vec<ChainInput>| ChainProduct::new(&ore, &OF_B, inputs);
        assert_eq!(told(vec![product(vec![])]), "there is no product at position 7: the chain has 1");
        assert!(
            told(vec![product(vec![ChainInput::of(0)])]).contains("inputs come before what is made of them")
        );
        let share = ChainInput { share: Some(1.5), ..ChainInput::of(0) };
        assert_eq!(
            told(vec![product(vec![]), product(vec![share])]),
            "the share of an input is 1.5: it is a share, from 0 to 1"
        );
        let other = TradeMatrix::new(2);
        assert_eq!(
            told(vec![product(vec![]), ChainProduct::new(&other, &[0.0; 2], vec![])]),
            "the trade of a product has 2 entries: it needs 3, one for each country"
        );
    }
}
