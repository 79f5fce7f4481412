//! The same shock under three readings of import content, side by side.

use super::scenario::{ProductShock, ShockError};
use super::solver::ShockSolver;
use super::within::{Propagation, propagate};
use crate::indicators::{ContentSources, ImportContent, import_content};
use crate::trade::TradeMatrix;

/// Import content φ of every country under three readings.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ThreeContents {
    /// 0: nobody passes on a loss, shares are the direct ones.
    pub none: Vec<f64>,
    /// M/(M + X), as if everybody made as much as it sells.
    pub exposure: Vec<f64>,
    /// min(1, M/X), the most that mass balance allows.
    pub mass_balance: Vec<f64>,
}

impl ThreeContents {
    /// The three readings of a product-year; `sources` as for [`import_content()`].
    ///
    /// ```
    /// use monazite::indicators::ContentSources;
    /// use monazite::shock::ThreeContents;
    /// use monazite::trade::TradeMatrix;
    /// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 20.0], &[5.0, 60.0, 0.0]]);
    /// let contents = ThreeContents::of(&t, ContentSources::default());
    /// assert_eq!((contents.none[0], contents.exposure[0], contents.mass_balance[0]), (0.0, 15.0 / 105.0, 15.0 / 90.0));
    /// ```
    pub fn of(trade: &TradeMatrix, sources: ContentSources<'_>) -> Self {
        let [none, exposure, mass_balance] =
            [ImportContent::None, ImportContent::Exposure, ImportContent::MassBalance]
                .map(|reading| import_content(reading, trade, sources));
        Self { none, exposure, mass_balance }
    }

    /// Whether none ≤ exposure ≤ mass balance for every country.
    fn are_in_order(&self) -> bool {
        let of = self.none.iter().zip(&self.exposure).zip(&self.mass_balance);
        of.into_iter().all(|((none, exposure), mass)| none <= exposure && exposure <= mass)
    }
}

/// What a shock takes under three readings of import content.
#[derive(Debug, Clone, PartialEq)]
pub struct Readings {
    /// Nobody passes on a loss.
    pub none: Propagation,
    /// Everybody makes as much as it sells.
    pub exposure: Propagation,
    /// Everybody passes on as much as mass balance allows.
    pub mass_balance: Propagation,
    /// Whether `none` is the lower and `mass_balance` the upper end of every loss share, whatever the import contents between them.
    ///
    /// True if no production is lost. A lost production counts for less where more of what is sold was bought: then no reading is an end.
    pub are_bounds: bool,
}

/// The same shock under three readings of import content.
///
/// What it answers: how far do the losses hang on what re-exports are made of, which trade data do not say? Import content is unknown but for its
/// limits: nothing of what is sold was bought, or all that mass balance allows. Where only exports are cut, losses grow with every φ, so that the
/// first and the last reading are bounds, for one homogeneous good and within one product. With losses of production they are not (see
/// [`Readings::are_bounds`]), and so they are not down a chain either.
///
/// # Errors
/// As [`propagate`].
///
/// # Panics
/// As [`propagate`].
///
/// ```
/// use monazite::indicators::ContentSources;
/// use monazite::shock::{ProductShock, ShockSolver, ThreeContents, readings};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 20.0], &[5.0, 60.0, 0.0]]);
/// let contents = ThreeContents::of(&t, ContentSources::default());
/// let mut solver = ShockSolver::default();
/// let stop = readings(&t, &contents, &ProductShock::stop(0), &mut solver)?;
/// // Of what C buys, A sells 0.6 directly; 0.95 can be its.
/// assert_eq!(stop.none.loss[2], Some(0.6));
/// assert!((stop.exposure.loss[2].unwrap() - 0.8168224299).abs() < 1e-9);
/// assert!((stop.mass_balance.loss[2].unwrap() - 0.9454545455).abs() < 1e-9);
/// assert!(stop.are_bounds);
/// // B loses production: the more it buys, the less it matters.
/// let loss = readings(&t, &contents, &ProductShock::production(1, 0.4), &mut solver)?;
/// assert!(loss.none.loss[2] > loss.mass_balance.loss[2] && !loss.are_bounds);
/// # Ok::<(), monazite::shock::ShockError>(())
/// ```
pub fn readings(
    trade: &TradeMatrix,
    contents: &ThreeContents,
    shock: &ProductShock,
    solver: &mut ShockSolver,
) -> Result<Readings, ShockError> {
    let mut under = |content: &[f64]| propagate(trade, content, shock, solver);
    Ok(Readings {
        none: under(&contents.none)?,
        exposure: under(&contents.exposure)?,
        mass_balance: under(&contents.mass_balance)?,
        are_bounds: shock.only_cuts() && contents.are_in_order(),
    })
}
