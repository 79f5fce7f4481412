//! What the columns of one table of trade mean.

use super::names::{
    CLASSIFICATIONS, PARTS, QUANTITIES, SaidUnit, VALUES, names_of, quantity_unit_said, unit_said,
};
use super::options::{ColumnRole, FlowDirection, QuantityUnit, TableOptions, ValueUnit};
use crate::delimited::bare_name;
use crate::ingest::baci::FlowColumns;
use crate::plain_text::{beginning, printable};

/// How a table names the two countries of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    /// As exporter and importer.
    Pair {
        /// Column of the exporter.
        exporter: usize,
        /// Column of the importer.
        importer: usize,
    },
    /// As the one that reports and the one it trades with.
    Reported {
        /// Column of the reporter.
        reporter: usize,
        /// Column of the partner.
        partner: usize,
    },
}

/// The columns of a table of trade with their meaning. Columns are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The names of all columns.
    pub names: Vec<String>,
    /// Year.
    pub year: usize,
    /// The two countries.
    pub sides: Sides,
    /// Product.
    pub product: usize,
    /// Value.
    pub value: usize,
    /// What values are counted in.
    pub unit: ValueUnit,
    /// Quantity, and what it is counted in.
    pub quantity: Option<(usize, QuantityUnit)>,
    /// The column that says the direction of a row.
    pub flow: Option<usize>,
    /// The direction that is read: as it was chosen, or the only one there is.
    pub direction: Option<FlowDirection>,
    /// Columns that split totals into parts, and what stands in the row of a total.
    pub(super) parts: Vec<(usize, &'static str)>,
    /// A column that says months.
    pub(super) months: Vec<usize>,
    /// The column that says the edition of the HS.
    pub(super) classification: Option<usize>,
    /// Whether it is BACI's, in another dialect: nothing but what BACI writes is taken.
    pub(super) strict: bool,
    /// Whether products are identifiers of the Observatory of Economic Complexity.
    pub(super) oec: bool,
    /// What is worth saying of it.
    pub notes: Vec<String>,
}

/// Why a header is not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayoutProblem {
    /// Columns are missing that have no known name: what they would hold.
    Missing(Vec<&'static str>),
    /// Anything else, with what to do.
    Other(String),
}

/// The columns of a header by their bare names.
struct Header<'a> {
    names: &'a [String],
    bare: Vec<String>,
    options: &'a TableOptions,
    /// Where BACI's columns stand, if they are there and nothing was given.
    baci: Option<FlowColumns>,
}

type Found<T> = Result<T, LayoutProblem>;
/// A column of values: its place, its unit where it says one, and the direction that it is of.
type ValueColumn = (usize, Option<SaidUnit>, Option<FlowDirection>);

fn other<T>(message: String) -> Found<T> {
    Err(LayoutProblem::Other(message))
}

impl Header<'_> {
    /// The column of a bare name.
    ///
    /// An error if two columns have the name.
    fn named(&self, bare: &str) -> Found<Option<usize>> {
        let mut places = self.bare.iter().enumerate().filter(|(_, name)| *name == bare).map(|(at, _)| at);
        match (places.next(), places.next()) {
            (Some(first), Some(second)) => other(format!(
                "the columns {} and {} are both '{}'; which one is meant? Keep one of them, or give them names of their own",
                first + 1,
                second + 1,
                shown(&self.names[first])
            )),
            (first, _) => Ok(first),
        }
    }

    /// The column with a role: the one that was given, or the first of those with a known name.
    fn role(&self, role: ColumnRole) -> Found<Option<usize>> {
        if let Some(at) = self.given(role)? {
            return Ok(Some(at));
        }
        if let Some(baci) = &self.baci {
            match role {
                ColumnRole::Year => return Ok(Some(baci.year)),
                ColumnRole::Exporter => return Ok(Some(baci.exporter)),
                ColumnRole::Importer => return Ok(Some(baci.importer)),
                ColumnRole::Product => return Ok(Some(baci.product)),
                _ => {}
            }
        }
        for name in names_of(role) {
            if let Some(at) = self.named(name)? {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// The column that was given for a role.
    fn given(&self, role: ColumnRole) -> Found<Option<usize>> {
        let Some(name) = self.options.columns.get(role) else { return Ok(None) };
        let mut exact = self.names.iter().enumerate().filter(|(_, n)| n.as_str() == name).map(|(at, _)| at);
        match (exact.next(), exact.next()) {
            (Some(at), None) => Ok(Some(at)),
            (Some(_), Some(_)) => other(format!(
                "the header has the column '{}' twice; which one is the {}?",
                shown(name),
                role.key()
            )),
            (None, _) => match self.named(&bare_name(name))? {
                Some(at) => Ok(Some(at)),
                None => other(format!(
                    "data.columns says that the {} is in '{}', and there is no such column; the header has: {}",
                    role.key(),
                    shown(name),
                    self.listed()
                )),
            },
        }
    }

    fn listed(&self) -> String {
        listed(self.names)
    }

    fn sides(&self) -> Found<Option<Sides>> {
        let columns = &self.options.columns;
        let given = |role| columns.get(role).is_some();
        if !given(ColumnRole::Reporter)
            && !given(ColumnRole::Partner)
            && let (Some(exporter), Some(importer)) =
                (self.role(ColumnRole::Exporter)?, self.role(ColumnRole::Importer)?)
        {
            return Ok(Some(Sides::Pair { exporter, importer }));
        }
        if given(ColumnRole::Exporter) || given(ColumnRole::Importer) {
            return Ok(None);
        }
        let (reporter, partner) = (self.role(ColumnRole::Reporter)?, self.role(ColumnRole::Partner)?);
        Ok(reporter.zip(partner).map(|(reporter, partner)| Sides::Reported { reporter, partner }))
    }

    /// The column of values with its unit, and the direction that it is of.
    fn value(&self) -> Found<Option<ValueColumn>> {
        if let Some(at) = self.given(ColumnRole::Value)? {
            let known = VALUES.iter().find(|(name, ..)| *name == self.bare[at]);
            let said = unit_said(&self.bare[at]).map(SaidUnit::Said);
            return Ok(Some((at, said, known.and_then(|(.., direction)| *direction))));
        }
        if let Some(baci) = &self.baci {
            return Ok(Some((baci.value, Some(SaidUnit::Usual(ValueUnit::ThousandUsd)), None)));
        }
        let mut directed: Vec<(usize, SaidUnit, FlowDirection)> = Vec::new();
        for &(name, unit, direction) in VALUES {
            let Some(at) = self.named(name)? else { continue };
            match direction {
                None => return Ok(Some((at, Some(unit), None))),
                Some(direction) if directed.iter().all(|(.., known)| *known != direction) => {
                    directed.push((at, unit, direction));
                }
                Some(_) => {}
            }
        }
        let chosen = match (directed.as_slice(), self.options.flow) {
            ([], _) => return Ok(None),
            ([one], _) => *one,
            (several, Some(flow)) => several.iter().copied().find(|(.., d)| *d == flow).unwrap_or(several[0]),
            ([first, second, ..], None) => {
                return other(format!(
                    "there are values of imports and of exports ('{}' and '{}'), which are two reports of the same trade; choose one with data.flow = \
                     \"imports\" or \"exports\" (--flow)",
                    shown(&self.names[first.0]),
                    shown(&self.names[second.0])
                ));
            }
        };
        Ok(Some((chosen.0, Some(chosen.1), Some(chosen.2))))
    }

    /// What values are counted in: as it was given, as the header says, or as whoever uses the header has it.
    fn unit(&self, at: usize, said: Option<SaidUnit>, usual_here: bool) -> Found<ValueUnit> {
        let name = shown(&self.names[at]);
        match (self.options.unit, said) {
            (Some(given), Some(SaidUnit::Said(said))) if given != said => other(format!(
                "data.unit says {}, and the name of the column '{name}' says {}; take data.unit out, or name the column that is meant",
                given.in_words(),
                said.in_words()
            )),
            (Some(given), _) => Ok(given),
            (None, Some(SaidUnit::Said(said))) => Ok(said),
            (None, Some(SaidUnit::Usual(usual))) if usual_here => Ok(usual),
            (None, _) => other(format!(
                "the header does not say what the values in '{name}' are counted in; set data.unit (--unit) to \"usd\", \"thousand_usd\" or \"million_usd\""
            )),
        }
    }

    fn quantity(
        &self,
        direction: Option<FlowDirection>,
        strict: bool,
        notes: &mut Vec<String>,
    ) -> Found<Option<(usize, QuantityUnit)>> {
        let unit = self.options.quantity_unit;
        if let Some(at) = self.given(ColumnRole::Quantity)? {
            return match (unit, quantity_unit_said(&self.bare[at])) {
                (Some(given), Some(said)) if given != said => other(format!(
                    "data.quantity_unit says {}, and the name of the column '{}' says {}",
                    given.key(),
                    shown(&self.names[at]),
                    said.key()
                )),
                (given, said) => match given.or(said) {
                    Some(unit) => Ok(Some((at, unit))),
                    None => other(format!(
                        "the header does not say what the quantities in '{}' are counted in; set data.quantity_unit to \"tonnes\" or \"kilograms\"",
                        shown(&self.names[at])
                    )),
                },
            };
        }
        if let Some(baci) = &self.baci {
            return Ok(baci.quantity.map(|at| (at, unit.unwrap_or(QuantityUnit::Tonnes))));
        }
        for &(name, usual, of) in QUANTITIES {
            if of.is_some() && of != direction {
                continue;
            }
            let Some(at) = self.named(name)? else { continue };
            let usual = usual.or(strict.then_some(QuantityUnit::Tonnes));
            if let (Some(given), Some(said)) = (unit, quantity_unit_said(&self.bare[at]))
                && given != said
            {
                return other(format!(
                    "data.quantity_unit says {}, and the name of the column '{}' says {}",
                    given.key(),
                    shown(&self.names[at]),
                    said.key()
                ));
            }
            match unit.or(usual) {
                Some(unit) => return Ok(Some((at, unit))),
                None => notes.push(format!(
                    "the quantities in '{}' are not read: nothing says what they are counted in (data.quantity_unit)",
                    shown(&self.names[at])
                )),
            }
        }
        Ok(None)
    }
}

fn shown(name: &str) -> String {
    beginning(&printable(name), 60)
}

/// The names of a header, as many as are easily read.
pub(super) fn listed(names: &[String]) -> String {
    let mut some: Vec<String> = names.iter().take(40).map(|name| shown(name)).collect();
    if names.len() > some.len() {
        some.push(format!("and {} more", names.len() - some.len()));
    }
    some.join(", ")
}

impl Layout {
    /// The columns of a header; `baci` says where BACI's stand, if they are there under BACI's names.
    ///
    /// # Errors
    /// What is wrong with the header, in words.
    pub fn find(
        names: &[String],
        baci: Option<FlowColumns>,
        options: &TableOptions,
    ) -> Result<Self, LayoutProblem> {
        let baci = baci.filter(|_| options.columns.is_empty());
        let strict = baci.is_some();
        let header =
            Header { names, bare: names.iter().map(|name| bare_name(name)).collect(), options, baci };
        for role in [ColumnRole::Reporter, ColumnRole::Partner, ColumnRole::Flow] {
            header.given(role)?;
        }
        let (year, sides) = (header.role(ColumnRole::Year)?, header.sides()?);
        let (product, value) = (header.role(ColumnRole::Product)?, header.value());
        let mut missing = Vec::new();
        let mut need = |missing_here: bool, what| {
            if missing_here {
                missing.push(what);
            }
        };
        need(year.is_none(), "the year");
        need(sides.is_none(), "the exporter and the importer (or the reporter and its partner)");
        need(product.is_none(), "the product");
        need(matches!(value, Ok(None)), "the value");
        if !missing.is_empty() {
            return Err(LayoutProblem::Missing(missing));
        }
        let (Some(year), Some(sides), Some(product), Some((value, said, of))) =
            (year, sides, product, value?)
        else {
            return Err(LayoutProblem::Missing(missing));
        };
        let flow = header.role(ColumnRole::Flow)?;
        let direction = direction(&header, sides, flow, of)?;
        let usual_here = strict || header.is_of_known_origin(sides, value);
        let unit = header.unit(value, said, usual_here)?;
        let mut notes = Vec::new();
        let quantity = header.quantity(direction, strict, &mut notes)?;
        let parts = if strict { Vec::new() } else { header.places(PARTS.iter().copied())? };
        let months = if strict { Vec::new() } else { header.months()? };
        let classification =
            header.places(CLASSIFICATIONS.iter().map(|name| (*name, "")))?.first().map(|(at, _)| *at);
        let oec = !strict && header.bare[product] == "hs6id";
        Ok(Self {
            names: names.to_vec(),
            year,
            sides,
            product,
            value,
            unit,
            quantity,
            flow,
            direction,
            parts,
            months,
            classification: classification.filter(|_| !strict),
            strict,
            oec,
            notes,
        })
    }

    /// The columns that are read, in order.
    pub fn columns(&self) -> Vec<usize> {
        let (first, second) = self.pair();
        let mut columns = vec![self.year, first, second, self.product, self.value];
        columns.extend(self.quantity.map(|(at, _)| at));
        columns.extend(self.flow);
        columns.extend(self.parts.iter().map(|(at, _)| *at));
        columns.extend(&self.months);
        columns.extend(self.classification);
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Exporter and importer, or reporter and partner.
    pub(super) fn pair(&self) -> (usize, usize) {
        match self.sides {
            Sides::Pair { exporter, importer } => (exporter, importer),
            Sides::Reported { reporter, partner } => (reporter, partner),
        }
    }

    /// The columns of codes: of both countries and of the product.
    pub(super) fn codes(&self) -> [usize; 3] {
        let (one, other) = match self.sides {
            Sides::Pair { exporter, importer } => (exporter, importer),
            Sides::Reported { reporter, partner } => (reporter, partner),
        };
        [one, other, self.product]
    }

    /// In words: which column is what, and in which unit.
    pub fn in_words(&self) -> String {
        let name = |at: usize| shown(&self.names[at]);
        let mut words = vec![format!("year = {}", name(self.year))];
        let (first, second) = self.pair();
        match self.sides {
            Sides::Pair { .. } => {
                words.push(format!("exporter = {}, importer = {}", name(first), name(second)))
            }
            Sides::Reported { .. } => {
                words.push(format!("reporter = {}, partner = {}", name(first), name(second)))
            }
        }
        words.push(format!("product = {}", name(self.product)));
        words.push(format!("value = {} in {}", name(self.value), self.unit.in_words()));
        if let Some((at, unit)) = self.quantity {
            words.push(format!("quantity = {} in {}", name(at), unit.key()));
        }
        match (self.flow, self.direction) {
            (Some(at), Some(direction)) => words.push(format!("{} by {}", direction.key(), name(at))),
            (Some(at), None) => words.push(format!("imports or exports by {}", name(at))),
            (None, Some(direction)) => words.push(format!("as {}", direction.key())),
            (None, None) => {}
        }
        words.join(", ")
    }
}

/// Which direction is read.
fn direction(
    header: &Header<'_>,
    sides: Sides,
    flow: Option<usize>,
    of: Option<FlowDirection>,
) -> Found<Option<FlowDirection>> {
    let chosen = header.options.flow;
    match (sides, flow, chosen.or(of)) {
        (Sides::Reported { .. }, None, None) => other(
            "the table has reporters and partners, and no column that says whether the reporter imports or exports; say it with data.flow = \"imports\" or \
             \"exports\" (--flow), or name the column in data.columns (flow)"
                .to_owned(),
        ),
        (Sides::Pair { .. }, None, Some(_)) if of.is_none() && chosen.is_some() => other(
            "data.flow chooses between imports and exports, and no column of this table says which of them a row is; take data.flow out".to_owned(),
        ),
        (.., direction) => match (chosen, of) {
            (Some(chosen), Some(of)) if chosen != of => other(format!(
                "data.flow says {}, and the only column of values is one of {}; take data.flow out, or name another column",
                chosen.key(),
                of.key()
            )),
            _ => Ok(direction),
        },
    }
}

impl Header<'_> {
    /// Those of some columns that are there.
    fn places(
        &self,
        columns: impl Iterator<Item = (&'static str, &'static str)>,
    ) -> Found<Vec<(usize, &'static str)>> {
        let mut places = Vec::new();
        for (name, total) in columns {
            places.extend(self.named(name)?.map(|at| (at, total)));
        }
        Ok(places)
    }

    /// Columns in which months would show.
    fn months(&self) -> Found<Vec<usize>> {
        Ok(self
            .places([("freqcode", ""), ("period", "")].into_iter())?
            .into_iter()
            .map(|(at, _)| at)
            .collect())
    }

    /// Whether the table is of somebody whose values have a usual unit: nothing but the year and the product may have been named by hand.
    fn is_of_known_origin(&self, sides: Sides, value: usize) -> bool {
        let (first, _) = match sides {
            Sides::Pair { exporter, importer } => (exporter, importer),
            Sides::Reported { reporter, partner } => (reporter, partner),
        };
        let by_hand = [
            ColumnRole::Value,
            ColumnRole::Exporter,
            ColumnRole::Importer,
            ColumnRole::Reporter,
            ColumnRole::Partner,
        ];
        if by_hand.into_iter().any(|role| self.options.columns.get(role).is_some()) {
            return false;
        }
        let side = self.bare[first].as_str();
        match self.bare[value].as_str() {
            "v" => true,
            "value" => matches!(side, "iso3o" | "isoo"),
            "tradevalue" => matches!(
                side,
                "exportercountryid" | "exportercountry" | "rtcode" | "rt3iso" | "rttitle" | "reportercode"
            ),
            _ => matches!(side, "countryiso3code" | "locationcode"),
        }
    }
}

#[cfg(test)]
mod tests;
