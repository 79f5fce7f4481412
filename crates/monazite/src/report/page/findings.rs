//! Findings on the page: what the numbers of the run carry, in sentences, each in the section that it belongs to.

use std::collections::BTreeMap;

use crate::indicators::Column;
use crate::report::band_findings::{self, others_in_focus};
use crate::report::brief::product::trend_finding;
use crate::report::findings::{self, HALF};
use crate::report::readings::{Moved, how_sure};
use crate::run::{Run, RunError, RunView, focus_products};

/// Products whose change is told on the first screen; all in focus are in the table of the section on risk.
const MOST_CHANGES: usize = 3;

impl Run {
    /// What the numbers of the run carry, in sentences, in the order of its page; see [`crate::report::findings`].
    ///
    /// # Errors
    /// [`RunError`] if a table is damaged.
    pub fn findings(&self) -> Result<Vec<String>, RunError> {
        gather(&self.view()?)
    }
}

impl Run {
    /// The main finding of a run in a line: how STR of the average importer of its first product in focus moved, under mass balance first and then in
    /// the paper's reading, with bands where the run has them. `None` where nothing moved from a first to a last year.
    ///
    /// # Errors
    /// [`RunError`] if a table is damaged.
    pub fn main_finding(&self) -> Result<Option<String>, RunError> {
        let view = self.view()?;
        if view.panel.years.is_empty() {
            return Ok(None);
        }
        let year = view.last_year();
        let told = focus_products(&view).into_iter().find_map(|product| {
            let moved = Moved::of(&view, product, None, year)?;
            let [first, last] = moved.years.map(|year| view.panel.years[year]);
            let code = view.panel.products[product].code;
            let subject = format!("STR of the average importer of {code}, {first} to {last}");
            let [paper, mass] = moved.changes();
            Some(match how_sure(&view, product, None, &moved) {
                Some(bands) => band_findings::in_a_line(&subject, &bands),
                None => format!(
                    "{subject}: {} under mass balance, {} in the paper’s reading; how sure, the run does not say",
                    findings::signed(mass),
                    findings::signed(paper)
                ),
            })
        });
        Ok(told)
    }
}

/// All findings of a run, in the order of the page.
///
/// # Errors
/// [`RunError`] if a table of the regression is damaged.
pub fn gather(view: &RunView<'_>) -> Result<Vec<String>, RunError> {
    let mut told = of_change(view);
    told.extend(of_suppliers(view));
    told.extend(of_risk(view));
    told.extend(super::regression::findings(view.run)?);
    Ok(told)
}

/// How systemic trade risk of the first products in focus moved, under both readings, in the order of the study; where the run has bands, also
/// whether that of the others in focus is outside its own uncertainty.
pub(super) fn of_change(view: &RunView<'_>) -> Vec<String> {
    if view.panel.years.is_empty() {
        return Vec::new();
    }
    let year = view.last_year();
    let (mut told, mut others) = (Vec::new(), Vec::new());
    for product in focus_products(view) {
        if told.len() < MOST_CHANGES {
            told.extend(trend_finding(view, product, year));
        } else if let Some(moved) = Moved::of(view, product, None, year)
            && let Some(bands) = how_sure(view, product, None, &moved)
        {
            others.push((view.panel.products[product].code.to_string(), bands.known()));
        }
    }
    told.extend(others_in_focus(&others));
    told
}

/// Who supplies the chain, and how much is bought from one country.
pub(in crate::report) fn of_suppliers(view: &RunView<'_>) -> Vec<String> {
    let year = view.last_year();
    if view.panel.years.is_empty() {
        return Vec::new();
    }
    let when = view.panel.years[year];
    let products = view.chain_products();
    let mut told = Vec::new();
    // Who supplies the chain.
    let mut dominated: BTreeMap<usize, usize> = BTreeMap::new();
    let mut traded = 0;
    for &p in &products {
        let world = view.world_imports(p, year);
        if world <= 0.0 {
            continue;
        }
        traded += 1;
        let largest = (0..view.panel.countries.len())
            .filter_map(|c| Some((c, view.panel.value(Column::Exports, p, year, c)?)))
            .reduce(|best, other| if other.1 > best.1 { other } else { best });
        if let Some((country, exports)) = largest
            && exports > HALF * world
        {
            *dominated.entry(country).or_default() += 1;
        }
    }
    let counts: Vec<(String, usize)> =
        dominated.iter().map(|(&c, &n)| (view.name(c).to_owned(), n)).collect();
    told.push(findings::dominated_products(when, &counts, traded));
    // How much is bought from one country.
    if view.suppliers.is_some() {
        let (mut narrow, mut known, mut all) = (0.0, 0.0, 0.0);
        for &p in &products {
            for c in 0..view.panel.countries.len() {
                let imports = view.panel.value(Column::Imports, p, year, c).unwrap_or(0.0);
                all += imports;
                // Without a supplier the run does not say from whom it is bought: too few quantities.
                if let Some(main) = view.suppliers_of(p, year, c).first() {
                    known += imports;
                    narrow += if main.share > HALF { imports } else { 0.0 };
                }
            }
        }
        told.push(findings::bought_in_one_hand(when, narrow, known, all));
    }
    told.into_iter().flatten().collect()
}

/// Where systemic trade risk rests on negligible imports.
pub(in crate::report) fn of_risk(view: &RunView<'_>) -> Vec<String> {
    let year = view.last_year();
    if view.panel.years.is_empty() {
        return Vec::new();
    }
    let when = view.panel.years[year];
    let products = view.chain_products();
    let traded = products.iter().filter(|&&p| view.world_imports(p, year) > 0.0).count();
    let mut told = Vec::new();
    if view.loops.is_some() {
        let touched = products.iter().filter(|&&p| !view.loops_of(p, year).is_empty()).count();
        told.push(findings::trickled_products(when, touched, traded, view.str_scale().floor()));
    }
    told.into_iter().flatten().collect()
}
