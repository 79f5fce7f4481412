//! What is traded: one product, the products of a tier of the value chain, or all of the chain.

use super::brief::BriefError;
use super::brief::product::find_product;
use crate::run::{Run, chain_products};

/// Some products that are looked at together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basket {
    /// Positions of the products; at least one.
    pub products: Vec<usize>,
    /// The code of a product, `tier2`, or `chain`.
    pub code: String,
    /// Text of the product, or what the basket is.
    pub name: String,
}

/// So many products: "1 product", "35 products".
fn counted(products: usize) -> String {
    if products == 1 { "1 product".to_owned() } else { format!("{products} products") }
}

impl Basket {
    /// What was asked for: a product by code or text, `tier0`, `tier1`, ..., or `chain`; the chain if nothing was.
    ///
    /// # Errors
    /// [`BriefError::Unknown`] for a product that the run does not have, [`BriefError::Request`] for a tier without products.
    pub fn find(run: &Run, asked: Option<&str>) -> Result<Self, BriefError> {
        let panel = run.panel()?;
        let asked = asked.map_or("chain", str::trim);
        if asked.eq_ignore_ascii_case("chain") {
            let products = chain_products(panel);
            let whole = panel.products.iter().all(|p| p.tier.is_none());
            let what = if whole { "study" } else { "chain" };
            let name = format!("{} of the {what}", counted(products.len()));
            return Ok(Self { products, code: "chain".to_owned(), name });
        }
        let lower = asked.to_lowercase();
        if let Some(tier) = lower.strip_prefix("tier").and_then(|n| n.trim().parse::<u8>().ok()) {
            let mut products = chain_products(panel);
            products.retain(|&p| panel.products[p].tier == Some(tier));
            if products.is_empty() {
                let deepest = panel.deepest_tier();
                let there = deepest.map_or_else(
                    || "the run has no value chain".to_owned(),
                    |d| format!("the run has tiers 0 to {d}"),
                );
                return Err(BriefError::Request(format!("no product of tier {tier} is traded: {there}")));
            }
            let name = format!("{} of tier {tier}", counted(products.len()));
            return Ok(Self { products, code: format!("tier{tier}"), name });
        }
        let product = find_product(panel, run.descriptions()?, asked)?;
        let code = panel.products[product].code.to_string();
        Ok(Self { products: vec![product], code, name: run.descriptions()?[product].clone() })
    }

    /// Whether it is all of the chain.
    pub fn is_chain(&self) -> bool {
        self.code == "chain"
    }

    /// Whether it is one product.
    pub fn is_product(&self) -> bool {
        !self.code.starts_with(|c: char| c.is_ascii_alphabetic())
    }
}
