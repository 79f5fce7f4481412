//! Trade that is not known exactly either: the noise of flows, and whether small ones are recorded.

use super::random::{Address, Purpose};
use crate::panel::World;
use crate::study::Study;
use crate::trade::TradeMatrix;

/// The largest relative error of a flow.
const LARGEST: f64 = 1.0;
/// The smallest.
const SMALLEST: f64 = 0.05;
/// The error of a flow of 10 million USD.
const USUAL: f64 = 0.1;

/// Standard deviation of the logarithm of a flow of so many thousand USD: clip(0.1 (v/10 M USD)^-0.2, 0.05, 1).
///
/// That it falls with a power of size is the usual form for trade and input-output data; its level is a convention.
///
/// ```
/// use monazite::uncertainty::drawn_trade::flow_error;
/// assert_eq!(flow_error(10_000.0), 0.1);
/// assert!((flow_error(1_000.0) - 0.158_489_319_246_111_3).abs() < 1e-15);
/// assert_eq!(flow_error(1_000_000.0), 0.05);
/// ```
pub fn flow_error(thousand_usd: f64) -> f64 {
    (USUAL * libm::pow(thousand_usd / 10_000.0, -0.2)).clamp(SMALLEST, LARGEST)
}

/// The trade of a product-year in every draw.
#[derive(Debug)]
pub(super) struct DrawnTrade<'a> {
    world: &'a World,
    flows: Option<Address>,
    recording: Option<(Address, f64)>,
}

impl<'a> DrawnTrade<'a> {
    /// Of the product and year at two positions of the study.
    pub(super) fn of(study: &Study, world: &'a World, product: usize, t: usize) -> Self {
        let code = world.products[product].to_string();
        let address = |purpose| {
            Address::new(study.study.random_seed, purpose).text(&code).number(u64::from(world.years[t]))
        };
        let asked = &study.uncertainty;
        Self {
            world,
            flows: asked.flows.then(|| address(Purpose::Flow)),
            recording: asked.recording.then(|| (address(Purpose::Recording), asked.recording_below)),
        }
    }

    /// The trade of a draw.
    pub(super) fn matrix(&self, trade: &TradeMatrix, draw: usize) -> TradeMatrix {
        let code = |c: u16| self.world.countries[usize::from(c)].code.as_str();
        let mut flows: Vec<(u16, u16, f64)> = trade
            .triples()
            .filter_map(|(supplier, importer, value)| {
                let of_flow = |a: Address| a.text(code(supplier)).text(code(importer)).number(draw as u64);
                if let Some((recording, below)) = self.recording
                    && value < below
                    && of_flow(recording).uniform() < 0.5
                {
                    return None;
                }
                let factor = self.flows.map_or(1.0, |flows| {
                    let sd = flow_error(value);
                    libm::exp(sd * of_flow(flows).normal() - 0.5 * sd * sd)
                });
                Some((importer, supplier, value * factor))
            })
            .collect();
        let mut drawn = TradeMatrix::default();
        drawn.refill(trade.countries(), &mut flows);
        drawn
    }
}
