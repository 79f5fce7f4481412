//! The sections of the study file behind what-if questions: shocks down the chain, and other suppliers.

use std::path::PathBuf;

use toml::de::DeValue;

use super::check::{Check, check_codes};
use super::fields::section;
use super::parameter::{Parameter, choice, quoted};
use crate::diversification::CapacityOf;
use crate::nomenclature::{Hs6, YearRange};
use crate::shock::events::event;
use crate::shock::{Combine, InputWeights, Scenario, ScenarioRow, ShockError};

/// How a product loses its production when inputs are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProductionKind {
    /// In proportion to the inputs that are missing (default).
    #[default]
    Linear,
    /// With the input that is missing most.
    Leontief,
    /// In between, by `shocks.power`.
    Power,
}

/// Who gets what suppliers that are not hit can add.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RationingRule {
    /// Everybody the same part of what is missing (default).
    #[default]
    Pool,
    /// Suppliers serve their present customers only.
    Incumbent,
    /// The importers of `shocks.priority` first, in order, then everybody alike.
    Priority,
}

/// The rows of `[[shock]]`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScenarioRows(pub Vec<ScenarioRow>);

const ROW_KEYS: [&str; 7] =
    ["scenario", "supplier", "products", "to", "export_cut", "production_loss", "years"];

fn read_row(value: &DeValue<'_>) -> Result<ScenarioRow, String> {
    let DeValue::Table(table) = value else {
        return Err("it is not a row; write { supplier = \"CHN\", products = [\"284690\"] }".to_owned());
    };
    let unknown = table.iter().map(|(key, _)| key.get_ref()).find(|key| !ROW_KEYS.contains(&key.as_ref()));
    if let Some(key) = unknown {
        return Err(format!("there is no {key}; there are: {}", ROW_KEYS.join(", ")));
    }
    fn take<T: Parameter>(table: &toml::de::DeTable<'_>, key: &str) -> Result<Option<T>, String> {
        table.get(key).map(|value| T::read(value.get_ref()).map_err(|e| format!("{key}: {e}"))).transpose()
    }
    let supplier: String = take(table, "supplier")?
        .ok_or("who sells or makes less? Give supplier = \"CHN\", or another iso3 code")?;
    let products: Vec<Hs6> =
        take(table, "products")?.ok_or("of what? Give products = [\"284690\"], or other HS codes")?;
    let to = match table.get("to").map(|value| value.get_ref()) {
        None => Vec::new(),
        Some(DeValue::String(word)) if word.as_ref() == "all" => Vec::new(),
        Some(DeValue::Array(none)) if none.is_empty() => {
            return Err("to: an empty list is nobody; for all customers write to = \"all\", or leave it out"
                .to_owned());
        }
        Some(DeValue::String(one)) => vec![one.to_string()],
        Some(list) => Vec::<String>::read(list).map_err(|e| format!("to: {e}"))?,
    };
    let production_loss: Option<f64> = take(table, "production_loss")?;
    let export_cut: Option<f64> = take(table, "export_cut")?;
    Ok(ScenarioRow {
        scenario: take(table, "scenario")?.unwrap_or_default(),
        supplier,
        products,
        to,
        // Without a word on how much, exports stop; a loss of production alone leaves them.
        export_cut: export_cut.unwrap_or(if production_loss.is_some() { 0.0 } else { 1.0 }),
        production_loss: production_loss.unwrap_or(0.0),
        years: take(table, "years")?,
    })
}

impl Parameter for ScenarioRows {
    fn expects() -> String {
        "a list of rows such as { supplier = \"CHN\", products = [\"284690\"] }, best written as [[shock]]"
            .to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        let DeValue::Array(rows) = value else { return Err(format!("this is not {}", Self::expects())) };
        let read = |(nth, row): (usize, &toml::Spanned<DeValue<'_>>)| {
            read_row(row.get_ref()).map_err(|e| format!("row {}: {e}", nth + 1))
        };
        rows.iter().enumerate().map(read).collect::<Result<_, _>>().map(Self)
    }

    fn show(&self) -> Option<String> {
        let rows: Vec<String> = self.0.iter().map(show_row).collect();
        Some(format!("[{}]", rows.join(", ")))
    }
}

fn show_row(row: &ScenarioRow) -> String {
    let mut parts = Vec::new();
    if !row.scenario.is_empty() {
        parts.push(format!("scenario = {}", quoted(&row.scenario)));
    }
    parts.push(format!("supplier = {}", quoted(&row.supplier)));
    parts.push(format!("products = {}", row.products.show().unwrap_or_default()));
    if !row.to.is_empty() {
        parts.push(format!("to = {}", row.to.show().unwrap_or_default()));
    }
    parts.push(format!("export_cut = {:?}", row.export_cut));
    if row.production_loss > 0.0 {
        parts.push(format!("production_loss = {:?}", row.production_loss));
    }
    if let Some(years) = row.years.as_ref().and_then(Parameter::show) {
        parts.push(format!("years = {years}"));
    }
    format!("{{ {} }}", parts.join(", "))
}

section! {
    /// `[shocks]`: what if a supplier stops, and where the chokepoints are.
    ShockSection["shocks"] {
        " What happens, row by row, best written as `[[shock]]`: supplier, products, to (\"all\" or a list), export_cut and production_loss (0 to 1), years, scenario. Rows of one scenario happen together; without a name all rows are one." rows: ScenarioRows = ScenarioRows::default();
        " Events of the past, by name (`monazite what-if --events` lists them), each a scenario." events: Vec<String> = Vec::new();
        " Base years whose trade is hit; the last year of the study if left out." years: Option<YearRange> = None;
        " Scan every supplier of every product: what if it stops alone. Left out: for studies of up to 300 products." scan: Option<bool> = None;
        " A cut and a loss of supply on one flow: the larger counts (max), or the cut takes its share of what is left (product)." combine: Combine = Combine::Max;
        " Production without all of its inputs: linear, leontief (the input missing most decides), or power, in between." production: ProductionKind = ProductionKind::Linear;
        " Exponent of production = \"power\", 1 (linear) and above." power: f64 = 3.0;
        " Weights of the inputs of a product: by what a country imports of them, or equal." input_weights: InputWeights = InputWeights::Imports;
        " Table of links (input, output, essential, share): inputs without which nothing is made, and the value of the input per value of output." links: Option<PathBuf> = None;
        " Table of stocks (product, iso3, share of a year's use)." stocks: Option<PathBuf> = None;
        " What suppliers that are not hit can add, as a share of their exports; without it nobody adds anything." capacity: Option<f64> = None;
        " Table of the same by supplier (product, iso3, capacity)." capacities: Option<PathBuf> = None;
        " Who gets it: everybody alike (pool), present customers (incumbent), or some importers first (priority)." rationing: RationingRule = RationingRule::Pool;
        " Importers that are served first, in order, for rationing = \"priority\"." priority: Vec<String> = Vec::new();
        " Suppliers that cannot replace others, as of another quality." exclude: Vec<String> = Vec::new();
        " Elasticity of supply, for the price that clears a loss; with demand_elasticity, else no price is given." supply_elasticity: Option<f64> = None;
        " Elasticity of demand." demand_elasticity: Option<f64> = None;
    }
}

section! {
    /// `[diversification]`: whom an importer could buy from instead.
    DiversificationSection["diversification"] {
        " Share of an importer's purchases that may move to other suppliers, 0 to 1." move_share: f64 = 0.1;
        " Share of what it buys of each supplier now that it keeps, 0 to 1." keep: f64 = 0.0;
        " What a supplier can add for one importer, as a share of what it sells to others." capacity: f64 = 0.25;
        " Capacity as a share of what the supplier sells to others (rest), or of all its exports (all_exports)." capacity_of: CapacityOf = CapacityOf::RestOfExports;
        " New suppliers have at least this share of world exports." min_supplier_share: f64 = 0.01;
        " Suppliers that nothing moves to." exclude: Vec<String> = Vec::new();
    }
}

choice!(Combine { "max" => Combine::Max, "product" => Combine::Product });
choice!(ProductionKind {
    "linear" => ProductionKind::Linear,
    "leontief" => ProductionKind::Leontief,
    "power" => ProductionKind::Power,
});
choice!(InputWeights { "imports" => InputWeights::Imports, "equal" => InputWeights::Equal });
choice!(RationingRule {
    "pool" => RationingRule::Pool,
    "incumbent" => RationingRule::Incumbent,
    "priority" => RationingRule::Priority,
});
choice!(CapacityOf { "rest" => CapacityOf::RestOfExports, "all_exports" => CapacityOf::AllExports });

/// Up to so many products every supplier is scanned if the study does not say.
const MOST_PRODUCTS_SCANNED: usize = 300;

/// No supplier adds more than so many times what it exports.
pub const MOST_CAPACITY: f64 = 100.0;

/// Why a capacity is refused that no supplier has.
pub fn too_much(capacity: f64) -> String {
    format!(
        "{capacity} times the exports of a supplier is more than any can add: give a share such as 0.1, at most {MOST_CAPACITY}"
    )
}

/// Below it an elasticity is none: a price would rise without end.
const LEAST_ELASTICITY: f64 = 0.01;

impl ShockSection {
    /// Whether a run with so many products scans every supplier.
    ///
    /// ```
    /// use monazite::study::ShockSection;
    /// let mut shocks = ShockSection::default();
    /// assert!(shocks.scans(300) && !shocks.scans(301));
    /// shocks.scan = Some(false);
    /// assert!(!shocks.scans(1));
    /// ```
    pub fn scans(&self, products: usize) -> bool {
        self.scan.unwrap_or(products <= MOST_PRODUCTS_SCANNED)
    }

    /// Values that are out of range or do not go together.
    pub(super) fn check(&self, check: &mut Check<'_, '_>) {
        for row in &self.rows.0 {
            for (what, share) in [("export_cut", row.export_cut), ("production_loss", row.production_loss)] {
                check.that((0.0..=1.0).contains(&share), "shocks", "rows", || {
                    format!("{what} = {share} of {} is not a share between 0 and 1", row.supplier)
                });
            }
            check.that(!row.products.is_empty(), "shocks", "rows", || {
                format!("{} sells less of what? Give products", row.supplier)
            });
            check_codes(check, "shocks", "rows", row.to.iter().chain([&row.supplier]));
        }
        self.check_names(check);
        check.that(self.power >= 1.0, "shocks", "power", || {
            format!("{} is below 1: 1 is linear, more comes nearer to leontief", self.power)
        });
        let capacity = self.capacity.unwrap_or_default();
        check.that(capacity >= 0.0, "shocks", "capacity", || {
            format!("{capacity} is negative: a share of exports such as 0.1, or 0 for none")
        });
        check.that(capacity.is_nan() || capacity <= MOST_CAPACITY, "shocks", "capacity", || {
            too_much(capacity)
        });
        let first = self.rationing == RationingRule::Priority;
        check.that(!first || !self.priority.is_empty(), "shocks", "priority", || {
            "rationing = \"priority\" needs a list of importers to serve first".to_owned()
        });
        check.that(first || self.priority.is_empty(), "shocks", "priority", || {
            "nobody is served first without rationing = \"priority\"; set it, or leave priority out"
                .to_owned()
        });
        let fills = self.capacity.is_some() || self.capacities.is_some();
        for (key, is_set) in
            [("rationing", self.rationing != RationingRule::Pool), ("exclude", !self.exclude.is_empty())]
        {
            check.that(fills || !is_set, "shocks", key, || {
                "it says who fills a gap, and nobody does without a capacity: set shocks.capacity, such as 0.1, or shocks.capacities"
                    .to_owned()
            });
        }
        check.that(
            self.production == ProductionKind::Power || self.power == Self::default().power,
            "shocks",
            "power",
            || "it is the exponent of production = \"power\"; set that, or leave power out".to_owned(),
        );
        check_codes(check, "shocks", "priority", &self.priority);
        check_codes(check, "shocks", "exclude", &self.exclude);
        for name in &self.events {
            if let Err(message) = event(name) {
                check.that(false, "shocks", "events", || message);
            }
        }
        for (key, value) in
            [("supply_elasticity", self.supply_elasticity), ("demand_elasticity", self.demand_elasticity)]
        {
            let (least, value) = (LEAST_ELASTICITY, value.unwrap_or(1.0));
            check.that(value == 0.0 || (least..f64::INFINITY).contains(&value), "shocks", key, || {
                if value < 0.0 {
                    format!("{value} is negative: give its size, such as 0.5")
                } else {
                    format!("{value} is not an elasticity: 0, or a number from {least} on, such as 0.5")
                }
            });
        }
        let none = self.supply_elasticity == Some(0.0) && self.demand_elasticity == Some(0.0);
        check.that(!none, "shocks", "supply_elasticity", || ShockError::NoElasticity.to_string());
        let both = self.supply_elasticity.is_some() == self.demand_elasticity.is_some();
        check.that(both, "shocks", "supply_elasticity", || {
            "a price needs both supply_elasticity and demand_elasticity".to_owned()
        });
    }
}

impl ShockSection {
    /// A name stands for one scenario: pages and tables go by it.
    fn check_names(&self, check: &mut Check<'_, '_>) {
        let scenarios = Scenario::of_rows(&self.rows.0);
        for (nth, Scenario { name, .. }) in scenarios.iter().enumerate() {
            check.that(event(name).is_err(), "shocks", "rows", || {
                format!(
                    "scenario = \"{name}\" is the name of an event of the past: give the rows another name, or ask for the event with shocks.events = [\"{name}\"]"
                )
            });
            check.that(scenarios[..nth].iter().all(|other| other.name != *name), "shocks", "rows", || {
                format!(
                    "scenario = \"{name}\" is also what the rows without a name come to: give them a name"
                )
            });
        }
        for (nth, name) in self.events.iter().enumerate() {
            check.that(!self.events[..nth].contains(name), "shocks", "events", || {
                format!("\"{name}\" stands twice; once is enough")
            });
        }
    }
}

impl DiversificationSection {
    /// Values that are out of range.
    pub(super) fn check(&self, check: &mut Check<'_, '_>) {
        for (key, share) in [
            ("move_share", self.move_share),
            ("keep", self.keep),
            ("min_supplier_share", self.min_supplier_share),
        ] {
            check.that((0.0..=1.0).contains(&share), "diversification", key, || {
                format!("{share} is not a share between 0 and 1")
            });
        }
        check.that(self.capacity >= 0.0, "diversification", "capacity", || {
            format!("{} is negative: a share of exports such as 0.25", self.capacity)
        });
        check.that(
            self.capacity.is_nan() || self.capacity <= MOST_CAPACITY,
            "diversification",
            "capacity",
            || too_much(self.capacity),
        );
        check_codes(check, "diversification", "exclude", &self.exclude);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::study::Study;

    const BEGIN: &str = "[study]\nseeds = [\"284690\"]\n[data]\ntrade = \"t.csv\"\ngovernance = \"pv.csv\"\n";

    fn problems(text: &str) -> Vec<String> {
        let (_, problems) = Study::parse(&format!("{BEGIN}{text}"), Path::new("s.toml"));
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn rows_are_read_and_come_back() {
        let text = format!(
            "{BEGIN}[[shock]]\nsupplier = \"China\"\nproducts = [\"284690\", \"280530\"]\nto = [\"JPN\"]\nexport_cut = 0.5\nyears = [2010, 2011]\n\
             [[shock]]\nscenario = \"mine\"\nsupplier = \"MMR\"\nproducts = [\"284690\"]\nproduction_loss = 0.4\n"
        );
        let (study, none) = Study::parse(&text, Path::new("s.toml"));
        assert_eq!(none, []);
        let rows = &study.shocks.rows.0;
        assert_eq!((rows[0].supplier.as_str(), rows[0].export_cut, rows[0].to.len()), ("CHN", 0.5, 1));
        assert_eq!(
            (rows[1].scenario.as_str(), rows[1].export_cut, rows[1].production_loss),
            ("mine", 0.0, 0.4)
        );
        let (again, none) = Study::parse(&study.to_toml(), Path::new("s.toml"));
        assert_eq!((again, none.len()), (study, 0));
    }

    #[test]
    fn a_name_stands_for_one_scenario() {
        let row = |name: &str| format!("[[shock]]\n{name}supplier = \"CHN\"\nproducts = [\"284690\"]\n");
        let told = problems(&row("scenario = \"graphite-2023\"\n"));
        assert!(
            told.len() == 1
                && told[0].contains("is the name of an event of the past")
                && told[0].contains("shocks.events = [\"graphite-2023\"]"),
            "{told:?}"
        );
        let twice = row("") + &row("scenario = \"CHN stops exports of 284690\"\n");
        let told = problems(&twice);
        assert!(told.len() == 1 && told[0].contains("the rows without a name come to"), "{told:?}");
        let told = problems("[shocks]\nevents = [\"graphite-2023\", \"graphite-2023\"]\n");
        assert!(told.len() == 1 && told[0].contains("stands twice"), "{told:?}");
        assert_eq!(problems(&(row("scenario = \"a\"\n") + &row("scenario = \"b\"\n"))), Vec::<String>::new());
    }

    #[test]
    fn what_cannot_be_is_told() {
        let told = problems("[[shock]]\nproducts = [\"284690\"]\n");
        assert!(told[0].contains("row 1: who sells or makes less?"), "{told:?}");
        let told = problems("[[shock]]\nsupplier = \"CHN\"\nproduct = [\"284690\"]\n");
        assert!(told[0].contains("row 1: there is no product; there are: scenario, supplier"), "{told:?}");
        let told = problems("[[shock]]\nsupplier = \"CHN\"\nproducts = [\"284690\"]\nexport_cut = 1.5\n");
        assert!(told[0].contains("export_cut = 1.5 of CHN is not a share between 0 and 1"), "{told:?}");
        let told = problems("[shocks]\nrationing = \"priority\"\nsupply_elasticity = 0.5\npower = 0.5\n");
        // The rule, the list that it needs, the exponent, and the elasticity that is missing.
        assert_eq!(told.len(), 4, "{told:?}");
        let told = problems("[[shock]]\nsupplier = \"CHN\"\nproducts = [\"284690\"]\nto = []\n");
        assert!(told[0].contains("row 1: to: an empty list is nobody"), "{told:?}");
        let told = problems("[shocks]\nsupply_elasticity = 0\ndemand_elasticity = 0.0\n");
        assert_eq!(
            told,
            [
                "line 7: shocks.supply_elasticity: both elasticities are 0: no price ends the shortage; one of them has to be above 0"
            ]
        );
        let told = problems("[shocks]\nsupply_elasticity = 1e-9\ndemand_elasticity = 0.0\n");
        assert!(told[0].contains("0.000000001 is not an elasticity"), "{told:?}");
        for (text, said) in [
            ("priority = [\"JPN\"]\ncapacity = 0.1", "line 7: shocks.priority: nobody is served first"),
            ("exclude = [\"JPN\"]", "line 7: shocks.exclude: it says who fills a gap"),
            ("rationing = \"incumbent\"", "line 7: shocks.rationing: it says who fills a gap"),
            ("power = 2.0", "line 7: shocks.power: it is the exponent"),
            ("capacity = 1e9", "line 7: shocks.capacity: 1000000000 times"),
            ("events = [\"nickel\"]", "line 7: shocks.events: "),
        ] {
            let told = problems(&format!("[shocks]\n{text}\n"));
            assert!(told.len() == 1 && told[0].starts_with(said), "{said}: {told:?}");
        }
        let fits = "[shocks]\ncapacity = 0.1\nexclude = [\"RUS\"]\nrationing = \"priority\"\npriority = [\"JPN\"]\nproduction = \"power\"\npower = 2.0\n";
        assert_eq!(problems(fits), Vec::<String>::new());
        let told = problems("[diversification]\nmove_share = 2\ncapacity = -1\n");
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(problems("[shock]\nsupplier = \"CHN\"\n")[0].contains("[[shock]]"));
    }
}
