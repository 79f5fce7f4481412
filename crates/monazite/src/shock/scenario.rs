//! What stops: export cuts and production losses of one product in one year.

use thiserror::Error;

use crate::trade::TradeMatrix;

/// Whom a cut of exports meets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum CutTo {
    /// Every importer: an export ban, a quota, a closed port.
    #[default]
    All,
    /// Positions of the importers that are no longer served: an embargo. What is not sold to them stays in the supplier's country.
    Importers(Vec<u16>),
}

/// A supplier sells less than it did.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportCut {
    /// Position of the supplier a.
    pub supplier: u16,
    /// The importers that it sells less to.
    pub to: CutTo,
    /// The share k of each of these flows that is lost, in \[0, 1\].
    pub share: f64,
}

/// A country makes less of the product than it did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProductionLoss {
    /// Position of the country a.
    pub country: u16,
    /// The share y of its production that is lost, in \[0, 1\].
    pub share: f64,
}

/// How a cut k of a flow and the loss u of the supplier's supply come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Combine {
    /// x = max(k, u): what is cut is taken from what is missing anyway (default).
    #[default]
    Max,
    /// x = 1 - (1 - k)(1 - u): the cut takes its share of what is left.
    Product,
}

/// A shock to one product in one year: who sells less to whom, and who makes less.
///
/// Where several cuts meet on one flow the largest k counts, where several production losses meet on one country the largest y.
///
/// ```
/// use monazite::shock::{CutTo, ExportCut, ProductShock};
/// let stop = ProductShock::stop(0);
/// assert_eq!(stop.cuts, [ExportCut { supplier: 0, to: CutTo::All, share: 1.0 }]);
/// assert!(stop.check(3).is_ok());
/// let error = ProductShock::production(7, 0.4).check(3).unwrap_err();
/// assert_eq!(error.to_string(), "there is no country at position 7: positions go from 0 to 2");
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProductShock {
    /// Cuts of exports.
    pub cuts: Vec<ExportCut>,
    /// Losses of production.
    pub production_losses: Vec<ProductionLoss>,
    /// How cut and loss come together on a flow.
    pub combine: Combine,
}

/// Why a shock, or what goes with it, cannot be computed.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ShockError {
    /// A position that no country has.
    #[error(
        "there is no country at position {position}: {}",
        if *countries == 0 { "there are no countries".to_owned() } else { format!("positions go from 0 to {}", countries - 1) }
    )]
    NoSuchCountry {
        /// The position.
        position: usize,
        /// The number of countries.
        countries: usize,
    },
    /// A number that has to be a share and is none.
    #[error("{what} is {value}: it is a share, from 0 to 1")]
    NotAShare {
        /// What the number is.
        what: &'static str,
        /// The number.
        value: f64,
    },
    /// A number that has to be at least a least one and is not.
    #[error("{what} is {value}: it is a number of at least {least}")]
    TooSmall {
        /// What the number is.
        what: &'static str,
        /// The number.
        value: f64,
        /// The least that it can be.
        least: f64,
    },
    /// A list that does not have one entry a country, or a product.
    #[error("{what} has {found} entries: it needs {expected}, one for each {of}")]
    Length {
        /// What the list is.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length that it should have.
        expected: usize,
        /// What each entry belongs to.
        of: &'static str,
    },
    /// An input that does not come before its product.
    #[error(
        "product {product} has product {input} as its input: inputs come before what is made of them, in the topological order of the value chain"
    )]
    NotInOrder {
        /// Position of the product.
        product: usize,
        /// Position of its input.
        input: usize,
    },
    /// A product that the chain does not have.
    #[error("there is no product at position {position}: the chain has {products}")]
    NoSuchProduct {
        /// The position.
        position: usize,
        /// The number of products.
        products: usize,
    },
    /// Neither supply nor demand answers to the price.
    #[error("both elasticities are 0: no price ends the shortage; one of them has to be above 0")]
    NoElasticity,
    /// A sweep that exists only where losses add up.
    #[error("{reason}: losses do not add up then; run the chain forward for each scenario instead")]
    NotLinear {
        /// What makes it so.
        reason: &'static str,
    },
}

impl ProductShock {
    /// The supplier stops all its exports.
    pub fn stop(supplier: u16) -> Self {
        Self::stop_of(&[supplier])
    }

    /// All of these suppliers stop all their exports.
    pub fn stop_of(suppliers: &[u16]) -> Self {
        let cuts = suppliers.iter().map(|&supplier| ExportCut { supplier, to: CutTo::All, share: 1.0 });
        Self { cuts: cuts.collect(), ..Self::default() }
    }

    /// The supplier cuts a share of all its exports.
    pub fn cut(supplier: u16, share: f64) -> Self {
        Self { cuts: vec![ExportCut { supplier, to: CutTo::All, share }], ..Self::default() }
    }

    /// The supplier sells nothing more to one importer.
    pub fn embargo(supplier: u16, importer: u16) -> Self {
        let to = CutTo::Importers(vec![importer]);
        Self { cuts: vec![ExportCut { supplier, to, share: 1.0 }], ..Self::default() }
    }

    /// The country loses a share of its production.
    pub fn production(country: u16, share: f64) -> Self {
        Self { production_losses: vec![ProductionLoss { country, share }], ..Self::default() }
    }

    /// Whether nobody loses production, so that the readings of import content lie in their order; see [`super::readings()`].
    pub fn only_cuts(&self) -> bool {
        self.production_losses.iter().all(|loss| loss.share == 0.0)
    }

    /// Whether nothing happens.
    pub fn is_nothing(&self) -> bool {
        self.only_cuts() && self.cuts.iter().all(|cut| cut.share == 0.0)
    }

    /// Checks positions and shares.
    ///
    /// # Errors
    /// [`ShockError`] for a position that is not below `countries` and for a share outside \[0, 1\].
    pub fn check(&self, countries: usize) -> Result<(), ShockError> {
        for cut in &self.cuts {
            position(cut.supplier, countries)?;
            share("an export cut", cut.share)?;
            if let CutTo::Importers(importers) = &cut.to {
                importers.iter().try_for_each(|&importer| position(importer, countries))?;
            }
        }
        for loss in &self.production_losses {
            position(loss.country, countries)?;
            share("a production loss", loss.share)?;
        }
        Ok(())
    }

    /// The largest k of every flow, in the order of the trade's columns.
    pub(super) fn cut_of_flows(&self, trade: &TradeMatrix) -> Vec<f64> {
        let mut of_suppliers = vec![0.0_f64; trade.countries()];
        for cut in self.cuts.iter().filter(|cut| cut.to == CutTo::All) {
            let most = &mut of_suppliers[usize::from(cut.supplier)];
            *most = most.max(cut.share);
        }
        let mut start_of = vec![None; trade.countries()];
        let mut of_flows = Vec::with_capacity(trade.flows());
        for column in trade.columns() {
            start_of[usize::from(column.importer)] = Some((of_flows.len(), column.suppliers));
            of_flows.extend(column.suppliers.iter().map(|&supplier| of_suppliers[usize::from(supplier)]));
        }
        for cut in &self.cuts {
            let CutTo::Importers(importers) = &cut.to else { continue };
            for &importer in importers {
                let Some((start, suppliers)) = start_of[usize::from(importer)] else { continue };
                if let Ok(at) = suppliers.binary_search(&cut.supplier) {
                    let most: &mut f64 = &mut of_flows[start + at];
                    *most = most.max(cut.share);
                }
            }
        }
        of_flows
    }

    /// The largest y of every country.
    pub(super) fn production_loss_of_countries(&self, countries: usize) -> Vec<f64> {
        let mut of_countries = vec![0.0_f64; countries];
        for loss in &self.production_losses {
            let most = &mut of_countries[usize::from(loss.country)];
            *most = most.max(loss.share);
        }
        of_countries
    }
}

/// Refuses a position that no country has.
pub(super) fn position(position: u16, countries: usize) -> Result<(), ShockError> {
    let position = usize::from(position);
    if position < countries { Ok(()) } else { Err(ShockError::NoSuchCountry { position, countries }) }
}

/// Refuses a number that is no share.
pub(super) fn share(what: &'static str, value: f64) -> Result<(), ShockError> {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(ShockError::NotAShare { what, value }) }
}

/// Refuses a list that does not have an entry for each country.
pub(super) fn one_a_country(what: &'static str, found: usize, countries: usize) -> Result<(), ShockError> {
    if found == countries {
        Ok(())
    } else {
        Err(ShockError::Length { what, found, expected: countries, of: "country" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_of_several_rows_counts() {
        let trade = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 20.0], &[5.0, 60.0, 0.0]]);
        let mut shock = ProductShock::cut(0, 0.5);
        shock.cuts.push(ExportCut { supplier: 0, to: CutTo::Importers(vec![1, 0]), share: 0.8 });
        shock.cuts.push(ExportCut { supplier: 0, to: CutTo::Importers(vec![2]), share: 0.2 });
        shock.cuts.push(ExportCut { supplier: 2, to: CutTo::All, share: 0.1 });
        // Flows by importer and supplier: B>A, C>A, A>B, C>B, A>C, B>C.
        assert_eq!(shock.cut_of_flows(&trade), [0.0, 0.1, 0.8, 0.1, 0.5, 0.0]);
        shock.production_losses = vec![
            ProductionLoss { country: 1, share: 0.3 },
            ProductionLoss { country: 1, share: 0.7 },
            ProductionLoss { country: 1, share: 0.1 },
        ];
        assert_eq!(shock.production_loss_of_countries(3), [0.0, 0.7, 0.0]);
        assert!(!shock.only_cuts() && !shock.is_nothing() && ProductShock::default().is_nothing());
    }

    #[test]
    fn wrong_shocks_are_told_what_is_possible() {
        let told = |shock: ProductShock| shock.check(3).unwrap_err().to_string();
        assert_eq!(told(ProductShock::cut(1, 1.5)), "an export cut is 1.5: it is a share, from 0 to 1");
        assert_eq!(
            told(ProductShock::production(1, f64::NAN)),
            "a production loss is NaN: it is a share, from 0 to 1"
        );
        assert_eq!(
            told(ProductShock::embargo(1, 3)),
            "there is no country at position 3: positions go from 0 to 2"
        );
    }
}
