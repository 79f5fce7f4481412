//! The trickles of a study that close loops, and the sentence about them.

use super::world::World;
use crate::indicators::trickle::TrickleLoop;
use crate::study::Study;
use crate::units::counted;

/// A trickle that closes a loop, with its product-year.
#[derive(Debug, Clone, PartialEq)]
pub struct TrickleRow {
    /// Position of the year.
    pub year: usize,
    /// Position of the product.
    pub product: u32,
    /// The loop.
    pub found: TrickleLoop,
}

impl TrickleRow {
    /// How much of the mean STR of the other importers goes without the trickle.
    fn effect(&self) -> f64 {
        self.found.weighted - self.found.weighted_without
    }
}

/// A sentence for readers of a run; `None` if there is no loop. The loops of `focus` products in the last year are named.
pub(crate) fn note(world: &World, loops: &[TrickleRow], study: &Study) -> Option<String> {
    const NAMED: usize = 6;
    let (focus, scale) = (study.focus(), study.str_scale());
    if loops.is_empty() {
        return None;
    }
    let mut product_years: Vec<(u32, usize)> = loops.iter().map(|l| (l.product, l.year)).collect();
    product_years.dedup();
    let last = world.years.len().saturating_sub(1);
    let mut largest: Vec<&TrickleRow> = loops
        .iter()
        .filter(|l| l.year == last && focus.contains(&world.products[l.product as usize]))
        .collect();
    largest.sort_by(|a, b| b.effect().total_cmp(&a.effect()));
    let named: Vec<String> = largest
        .iter()
        .take(NAMED)
        .map(|l| {
            format!(
                "{} {} through {}: mean STR {:.2}, {:.2} without",
                world.products[l.product as usize],
                world.years[l.year],
                world.countries[usize::from(l.found.supplier)].name,
                l.found.weighted - 1.0 + scale.floor(),
                l.found.weighted_without - 1.0 + scale.floor()
            )
        })
        .collect();
    let named = if named.is_empty() { String::new() } else { format!(", among them {}", named.join("; ")) };
    let other = match (scale.is_of_importers(), study.str_is_the_papers()) {
        (false, _) => {
            " These are column sums of L; STR of this run is the row sum, beside which they cannot be put."
        }
        (true, false) => {
            " These are the paper's numbers (str_full); STR of this run has another import content, and they cannot be put beside it."
        }
        (true, true) => "",
    };
    Some(format!(
        "In {} negligible imports, under 1 % of a supplier's exports, create a spurious feedback loop that makes a tenth or more of \
         the average importer's {} (trickle_loops.csv){named}. Do not read these levels, or trends that begin or end there, without the number \
         beside them.{other}",
        counted(product_years.len() as u64, ["product-year", "product-years"]),
        if scale.floor() > 0.0 { "STR - 1" } else { "STR" }
    ))
}
