//! The value chain of a run in an order in which inputs come before what is made of them.

use crate::run::{ChainTables, Run};

use super::error::WhatIfError;

/// A product of the chain of a run, by its position in the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderedProduct {
    /// Position of the product in the panel.
    pub product: usize,
    /// Its tier; `None` outside the chain.
    pub tier: Option<u8>,
    /// Places in this order of its inputs, ascending.
    pub inputs: Vec<usize>,
}

/// The products of the chain that the panel has, inputs first; then the products of `others` that are outside the chain.
///
/// # Errors
/// [`WhatIfError::Run`] if a table is damaged.
pub fn ordered_chain(run: &Run, others: &[usize]) -> Result<Vec<OrderedProduct>, WhatIfError> {
    let (chain, panel) = (run.chain()?, run.panel()?);
    let position: Vec<Option<usize>> =
        chain.products.iter().map(|p| p.code.parse().ok().and_then(|code| panel.product(code))).collect();
    let mut place = vec![None; chain.products.len()];
    let mut found: Vec<OrderedProduct> = Vec::new();
    for at in in_order(chain) {
        let Some(product) = position[at] else { continue };
        let mut inputs: Vec<usize> = chain.inputs_of(at).filter_map(|input| place[input]).collect();
        inputs.sort_unstable();
        place[at] = Some(found.len());
        found.push(OrderedProduct { product, tier: Some(chain.products[at].tier), inputs });
    }
    let mut outside: Vec<usize> = others.to_vec();
    outside.sort_unstable();
    outside.dedup();
    outside.retain(|product| !position.contains(&Some(*product)));
    found.extend(outside.into_iter().map(|product| OrderedProduct {
        product,
        tier: None,
        inputs: Vec::new(),
    }));
    Ok(found)
}

/// Positions of the chain's products, every input before its outputs; of those that could be next the first by tier and code.
fn in_order(chain: &ChainTables) -> Vec<usize> {
    let mut left: Vec<usize> = (0..chain.products.len()).map(|at| chain.inputs_of(at).count()).collect();
    let mut done = vec![false; left.len()];
    let mut order = Vec::with_capacity(left.len());
    while let Some(next) = (0..left.len()).find(|&at| !done[at] && left[at] == 0) {
        done[next] = true;
        order.push(next);
        for link in chain.links.iter().filter(|link| link[0] == next) {
            left[link[1]] -= 1;
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::ChainProduct;

    #[test]
    fn inputs_come_first_whatever_their_tier() {
        let product = |code: &str, tier| ChainProduct { code: code.to_owned(), text: String::new(), tier };
        let chain = ChainTables {
            products: vec![product("1", 0), product("2", 1), product("3", 1), product("4", 2)],
            // 4 goes into 2, though its tier is higher.
            links: vec![[0, 1], [0, 2], [2, 3], [3, 1]],
        };
        assert_eq!(in_order(&chain), [0, 2, 3, 1]);
    }
}
