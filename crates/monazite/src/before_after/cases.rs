//! Cases: measures that begin in the same year, with their treated products, their controls, and what is left out.

use std::collections::{BTreeMap, BTreeSet};

use super::error::BeforeAfterError;
use super::measures::{PolicyMeasure, PolicyMeasures};
use crate::indicators::Column;
use crate::plain_text::listed;
use crate::run::{Run, RunError};
use crate::run_folder::StoredPanel;
use crate::run_folder::tables::BREAKS;
use crate::study::EventSection;

/// A product with the measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Treated {
    /// Position of the product.
    pub product: usize,
    /// Positions of the countries that took the measure, ascending.
    pub exporters: Vec<usize>,
    /// Their share in world exports over the base years; `None` if nobody exports it.
    pub share: Option<f64>,
    /// What to know of it; empty if nothing.
    pub remark: String,
}

/// A product that is no control, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoControl {
    /// Position of the product.
    pub product: usize,
    /// Why.
    pub reason: String,
}

/// Measures of one name that begin in the same year.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What was done.
    pub measure: String,
    /// Its first year.
    pub date: u16,
    /// Its last year; `None` while it is in force.
    pub last: Option<u16>,
    /// The products with it, ascending.
    pub treated: Vec<Treated>,
    /// Positions of the controls, ascending.
    pub controls: Vec<usize>,
    /// The other products.
    pub no_controls: Vec<NoControl>,
    /// Positions of the base years.
    pub pre: Vec<usize>,
    /// Positions of the years that are compared with them: the window at the date, then those of `later`.
    pub posts: Vec<Vec<usize>>,
    /// First and last years of all measures on the treated products, its own among them; no last year while they are in force.
    pub hit: Vec<(u16, Option<u16>)>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

impl Case {
    /// Whether a treated product has this measure, or another, in a year.
    pub fn is_hit(&self, year: u16) -> bool {
        let has = |&(from, to): &(u16, Option<u16>)| year >= from && to.is_none_or(|to| year <= to);
        self.is_in_force(year) || self.hit.iter().any(has)
    }

    /// Whether a year is one of the measure.
    pub fn is_in_force(&self, year: u16) -> bool {
        year >= self.date && self.last.is_none_or(|last| year <= last)
    }
}

/// The cases of a run, and what was left out of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Cases {
    /// By date, then name.
    pub cases: Vec<Case>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

impl Cases {
    /// Puts the measures of a table beside the products, countries and years of a run.
    ///
    /// # Errors
    /// [`BeforeAfterError::Table`] for an exporter that is no country of the run; [`BeforeAfterError::Question`] if no measure can be compared, if a
    /// treated product is among those that the study excludes, or if fewer than two controls are left; [`BeforeAfterError::Run`] if a table is damaged.
    pub fn of(
        run: &Run,
        measures: &PolicyMeasures,
        settings: &EventSection,
    ) -> Result<Self, BeforeAfterError> {
        let panel = run.panel()?;
        let mut notes = Vec::new();
        let rows = rows_of_run(panel, measures, &mut notes)?;
        none_excluded(&rows, settings)?;
        let absent: Vec<String> = settings
            .exclude
            .iter()
            .filter(|code| panel.product(**code).is_none())
            .map(ToString::to_string)
            .collect();
        if !absent.is_empty() {
            notes.push(format!("Excluded, and not in this run anyway: {}.", listed(absent, "")));
        }
        let mut groups: BTreeMap<(u16, &str), Vec<&PolicyMeasure>> = BTreeMap::new();
        for row in &rows {
            groups.entry((row.from, &row.measure)).or_default().push(row);
        }
        let outside = Outside::of(run, panel, &rows, settings)?;
        let mut cases = Vec::new();
        let mut impossible = Vec::new();
        for ((date, measure), rows) in &groups {
            match windows(panel, *date, settings) {
                Ok((pre, posts, told)) => {
                    let mut case = case_of(panel, measure, *date, rows, (pre, posts));
                    case.notes.extend(told);
                    outside.controls(panel, &mut case, settings);
                    case.notes.extend(other_measures(&case, panel, measures));
                    case.hit = measures_on(&case, panel, measures);
                    cases.push(case);
                }
                Err(why) => impossible.push(format!("{measure}, {date}: {why}")),
            }
        }
        if cases.is_empty() {
            return Err(BeforeAfterError::Question(format!("{}: {}", measures.file, impossible.join("; "))));
        }
        notes.extend(impossible.iter().map(|why| format!("Not compared: {why}.")));
        notes.extend(staggered(&cases));
        Ok(Self { cases, notes })
    }
}

/// Refuses a treated product that the study takes out of the comparison.
pub(super) fn none_excluded(rows: &[PolicyMeasure], settings: &EventSection) -> Result<(), BeforeAfterError> {
    match rows.iter().find(|row| settings.exclude.contains(&row.product)) {
        None => Ok(()),
        Some(row) => Err(BeforeAfterError::Question(format!(
            "{} is treated ({} from {} on) and excluded (event.exclude); take it out of one of the two",
            row.product, row.measure, row.from
        ))),
    }
}

/// The rows whose product the run has.
fn rows_of_run(
    panel: &StoredPanel,
    measures: &PolicyMeasures,
    notes: &mut Vec<String>,
) -> Result<Vec<PolicyMeasure>, BeforeAfterError> {
    let (mut rows, mut absent) = (Vec::new(), BTreeSet::new());
    for row in &measures.rows {
        if panel.country(&row.exporter).is_none() {
            let message = format!(
                "'{}' is no country of this run; give the iso3 code of an exporter, such as CHN",
                row.exporter
            );
            return Err(measures.error(row, "exporter", message).into());
        }
        match panel.product(row.product) {
            Some(_) => rows.push(row.clone()),
            None => {
                absent.insert(row.product.to_string());
            }
        }
    }
    let absent = listed(absent, "");
    if rows.is_empty() {
        return Err(BeforeAfterError::Question(format!(
            "{}: none of its products is in this run: {absent}; a run has the codes of its HS edition only (monazite codes CODE says what became of one)",
            measures.file
        )));
    }
    if !absent.is_empty() {
        notes.push(format!("Not in this run, or not codes of its HS edition: {absent}."));
    }
    Ok(rows)
}

type Windows = (Vec<usize>, Vec<Vec<usize>>, Vec<String>);

/// Base years and years that are compared with them, or why there are none.
fn windows(panel: &StoredPanel, date: u16, settings: &EventSection) -> Result<Windows, String> {
    let (first, last) = (panel.years[0], panel.years[panel.years.len() - 1]);
    let within = |from: u64, to: u64| -> Vec<usize> {
        (0..panel.years.len()).filter(|&t| (from..to).contains(&u64::from(panel.years[t]))).collect()
    };
    let (pre_years, post_years, at) = (settings.pre, settings.post, u64::from(date));
    let pre = within(at.saturating_sub(pre_years), at);
    let post = within(at, at + post_years);
    if date > last {
        return Err(format!("the run ends in {last}, before it begins"));
    }
    if pre.is_empty() {
        return Err(format!("the run, {first} to {last}, has no year before it to compare with"));
    }
    if post.is_empty() {
        return Err(format!("the run, {first} to {last}, has no year from it on"));
    }
    let mut notes = Vec::new();
    for (side, asked, found) in
        [("before the measure", pre_years, pre.len()), ("from the measure on", post_years, post.len())]
    {
        if (found as u64) < asked {
            notes.push(format!("The run has {found} of the {asked} years {side} that are asked for."));
        }
    }
    let mut posts = vec![post];
    for years in &settings.later {
        let window = within(at + years, at + years + post_years);
        if (window.len() as u64) < post_years {
            let (from, to) = (at + years, at + years + post_years - 1);
            notes.push(format!("The run does not hold all of {from} to {to}; they are not compared."));
        } else {
            posts.push(window);
        }
    }
    Ok((pre, posts, notes))
}

fn case_of(
    panel: &StoredPanel,
    measure: &str,
    date: u16,
    rows: &[&PolicyMeasure],
    (pre, posts): (Vec<usize>, Vec<Vec<usize>>),
) -> Case {
    let mut by_product: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for row in rows {
        if let (Some(product), Some(exporter)) = (panel.product(row.product), panel.country(&row.exporter)) {
            by_product.entry(product).or_default().insert(exporter);
        }
    }
    let treated = by_product.into_iter().map(|(product, exporters)| {
        let exporters: Vec<usize> = exporters.into_iter().collect();
        let share = share_of(panel, product, &exporters, &pre);
        let remark = match share {
            Some(share) if share > 0.0 => String::new(),
            _ => "its exporter sells none of it in the base years".to_owned(),
        };
        Treated { product, exporters, share, remark }
    });
    let treated: Vec<Treated> = treated.collect();
    let last = rows.iter().map(|row| row.to).try_fold(0, |last, to| to.map(|to| last.max(to)));
    let mut notes = Vec::new();
    for of in treated.iter().filter(|of| !of.remark.is_empty()) {
        notes.push(format!("{}: {}.", panel.products[of.product].code, of.remark));
    }
    let ends = rows.iter().map(|row| row.to).collect::<BTreeSet<_>>();
    if ends.len() > 1 {
        notes.push(
            "The measure does not end in the same year for all of its products; the last of them counts."
                .to_owned(),
        );
    }
    let compared = posts[0].last().map(|&t| panel.years[t]);
    if let (Some(last), Some(compared)) = (last, compared)
        && compared > last
    {
        notes.push(format!("The measure ends in {last}, and the years compared go on to {compared}."));
    }
    Case {
        hit: Vec::new(),
        measure: measure.to_owned(),
        date,
        last,
        treated,
        controls: Vec::new(),
        no_controls: Vec::new(),
        pre,
        posts,
        notes,
    }
}

/// Share of some exporters in world exports over some years.
fn share_of(panel: &StoredPanel, product: usize, exporters: &[usize], years: &[usize]) -> Option<f64> {
    let (mut own, mut world) = (0.0, 0.0);
    for &year in years {
        for country in 0..panel.countries.len() {
            let exports = panel.value(Column::Exports, product, year, country).unwrap_or(0.0);
            world += exports;
            if exporters.contains(&country) {
                own += exports;
            }
        }
    }
    (world > 0.0).then(|| own / world)
}

/// What a control may not be.
struct Outside {
    /// Products with a measure of their own, at any date.
    measured: BTreeSet<usize>,
    /// Links of the chain, as (input, output).
    links: Vec<[usize; 2]>,
    /// Products whose trade jumps where the HS was revised, with the years.
    breaks: BTreeMap<usize, Vec<u16>>,
}

impl Outside {
    fn of(
        run: &Run,
        panel: &StoredPanel,
        rows: &[PolicyMeasure],
        settings: &EventSection,
    ) -> Result<Self, BeforeAfterError> {
        let place = |code: &str| code.parse().ok().and_then(|code| panel.product(code));
        let links = if settings.keep_chain {
            Vec::new()
        } else {
            let chain = run.chain()?;
            let at = |position: usize| place(&chain.products[position].code);
            chain.links.iter().filter_map(|&[input, output]| Some([at(input)?, at(output)?])).collect()
        };
        Ok(Self {
            measured: rows.iter().filter_map(|row| panel.product(row.product)).collect(),
            links,
            breaks: breaks_of(run, place)?,
        })
    }

    /// Sorts the products of the run into controls and those that are none.
    fn controls(&self, panel: &StoredPanel, case: &mut Case, settings: &EventSection) {
        let treated: Vec<usize> = case.treated.iter().map(|of| of.product).collect();
        let [inputs, outputs] = [1, 0].map(|from| self.reached(&treated, from));
        for of in &case.treated {
            if let Some(years) = self.breaks.get(&of.product) {
                case.notes.push(format!(
                    "{} is treated, and its trade jumps where the HS was revised ({}).",
                    panel.products[of.product].code,
                    listed(years, "")
                ));
            }
        }
        for product in (0..panel.products.len()).filter(|product| !treated.contains(product)) {
            let jumps = self.breaks.get(&product).filter(|_| !settings.keep_breaks);
            let reason = if self.measured.contains(&product) {
                "it has a measure of its own".to_owned()
            } else if settings.exclude.contains(&panel.products[product].code) {
                "excluded by the study".to_owned()
            } else if inputs.contains(&product) {
                "a treated product is made of it".to_owned()
            } else if outputs.contains(&product) {
                "it is made of a treated product".to_owned()
            } else if let Some(years) = jumps {
                format!("its trade jumps where the HS was revised ({})", listed(years, ""))
            } else {
                case.controls.push(product);
                continue;
            };
            case.no_controls.push(NoControl { product, reason });
        }
    }

    /// Everything that is reached from some products along the links: against them (`from` = 1) or with them (0).
    fn reached(&self, start: &[usize], from: usize) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<usize> = start.to_vec();
        while let Some(at) = open.pop() {
            for link in self.links.iter().filter(|link| link[from] == at) {
                if reached.insert(link[1 - from]) {
                    open.push(link[1 - from]);
                }
            }
        }
        reached
    }
}

fn breaks_of(
    run: &Run,
    place: impl Fn(&str) -> Option<usize>,
) -> Result<BTreeMap<usize, Vec<u16>>, RunError> {
    let mut breaks: BTreeMap<usize, Vec<u16>> = BTreeMap::new();
    let Some(table) = run.table(BREAKS.file)? else { return Ok(breaks) };
    let (product, year, flagged) =
        (table.require(&["product"])?, table.require(&["year"])?, table.require(&["flagged"])?);
    for row in table.rows.iter().filter(|row| row.get(flagged) == "true") {
        if let Some(at) = place(row.get(product)) {
            breaks.entry(at).or_default().push(table.year(row, year)?);
        }
    }
    Ok(breaks)
}

/// Treated products that have another measure beside this one in the years that are compared.
fn other_measures(case: &Case, panel: &StoredPanel, measures: &PolicyMeasures) -> Vec<String> {
    let years: Vec<u16> =
        case.pre.iter().chain(case.posts.iter().flatten()).map(|&t| panel.years[t]).collect();
    let mut told = Vec::new();
    for of in &case.treated {
        let code = panel.products[of.product].code;
        for row in measures.rows.iter().filter(|row| row.product == code) {
            let is_another = row.from != case.date || row.measure != case.measure;
            let in_force = |year: &u16| *year >= row.from && row.to.is_none_or(|to| *year <= to);
            if is_another && years.iter().any(in_force) {
                told.push(format!(
                    "{code} has another measure in these years too ({} of {} from {}): the two cannot be told apart.",
                    row.measure, row.exporter, row.from
                ));
            }
        }
    }
    told
}

/// The years of all measures on the treated products of a case.
fn measures_on(case: &Case, panel: &StoredPanel, measures: &PolicyMeasures) -> Vec<(u16, Option<u16>)> {
    let is_treated =
        |row: &&PolicyMeasure| case.treated.iter().any(|of| panel.products[of.product].code == row.product);
    measures.rows.iter().filter(is_treated).map(|row| (row.from, row.to)).collect()
}

/// What is done where measures begin at different dates, or several at one.
fn staggered(cases: &[Case]) -> Vec<String> {
    let dates: BTreeSet<u16> = cases.iter().map(|case| case.date).collect();
    let mut notes = Vec::new();
    if dates.len() > 1 {
        notes.push(format!(
            "Measures begin in {} different years. Each is compared alone, with products that have no measure at any date; no mean over dates is given, \
             which with measures that begin one after the other would compare products with others that are treated already.",
            dates.len()
        ));
    }
    for pair in cases.windows(2).filter(|pair| pair[0].date == pair[1].date) {
        notes.push(format!(
            "{} and {} begin in the same year, {}: what happened to both cannot be told apart.",
            pair[0].measure, pair[1].measure, pair[0].date
        ));
    }
    notes
}
