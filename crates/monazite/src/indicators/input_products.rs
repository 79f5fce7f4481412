//! The input products of a country: what goes into the products it is strong in.

use std::collections::BTreeSet;

use crate::nomenclature::Hs6;
use crate::value_chain::ValueChain;

/// I_c = ∪ pred(p) over the products p in which the country has comparative strength.
///
/// What it answers: which goods does the country need for what it is good at? `strengths` are the products
/// with a mean RCA above 1. Only direct inputs count. Empty if the country has no strength in a product that has
/// inputs in the chain; indicators over input products are then undefined for it.
///
/// Reference: Klimek, Baum, Gerschberger, Hess (2025), section 2.
///
/// ```
/// use monazite::indicators::input_products;
/// use monazite::value_chain::{CyclePolicy, Link, ValueChain};
/// let hs = |code: &str| code.parse().unwrap();
/// let links = vec![Link::curated(hs("284690"), hs("280530")), Link::curated(hs("280530"), hs("850511"))];
/// let chain = ValueChain::build(links, &[hs("284690")], CyclePolicy::Reject)?;
/// assert_eq!(input_products(&chain, [hs("850511")]).into_iter().collect::<Vec<_>>(), vec![hs("280530")]);
/// # Ok::<(), monazite::value_chain::ChainError>(())
/// ```
pub fn input_products(chain: &ValueChain, strengths: impl IntoIterator<Item = Hs6>) -> BTreeSet<Hs6> {
    strengths.into_iter().flat_map(|product| chain.inputs_of(product)).collect()
}
