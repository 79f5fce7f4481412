//! Two to four countries, or products, on one page: the same measures in the same order, the highest of each row marked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::BriefError;
use super::benchmark::Standing;
use super::country::CountryBrief;
use super::country_page::{how_a_group_counts, share_shown, tier_cell};
use super::html::{
    begin_table, cut, document, end_table, findings, footer, header, heading, heading_of_products,
    note_on_readings, number, number_cell, percent, product_cell, put, str_cell, text_cell, text_heading,
    usd,
};
use super::import_line::ImportLine;
use super::origins::{self, Lines, OriginLine};
use super::product::ProductBrief;
use crate::html::escaped;
use crate::indicators::{Column, RiskReading};
use crate::report::figures::cluster_name;
use crate::run::RunView;

/// Things that stand side by side at most.
pub const MOST: usize = 4;
/// Products in a table at most.
const MOST_PRODUCTS: usize = 250;

const STR: &str = "STR";
const MASS_BALANCED: &str = "mass-balanced STR";
/// Rows of STR without feedback loops, which the paper's number alone has.
const WITHOUT_LOOPS: &str = "STR without feedback loops of negligible imports";
const WITHOUT_LARGEST_LOOP: &str = "Mean STR without the largest feedback loop of negligible imports";
/// The name of STR without a feedback loop in a table that is downloaded.
const CSV_WITHOUT: &str = "STR without feedback loop of negligible imports";
const WITHOUT: &str = "<p class=\"note\">‡ Negligible imports of a supplier create a spurious feedback loop; after the mark, STR without it.</p>\n";

/// A value, and STR without a feedback loop.
type Valued = (Option<f64>, Option<f64>);

/// One row of a table with a value for each of those compared.
struct Row {
    /// What it is.
    name: String,
    /// The name in a table that is downloaded, with the unit.
    csv: String,
    /// Numbers in full; `None` where there is none.
    values: Vec<Option<f64>>,
    /// As they are shown.
    shown: Vec<String>,
}

impl Row {
    fn of(name: &str, unit: &str, values: Vec<Option<f64>>, show: impl Fn(Option<f64>) -> String) -> Self {
        let unit = if unit.is_empty() { String::new() } else { format!(" ({unit})") };
        let shown = values.iter().map(|value| show(*value)).collect();
        Self { name: name.to_owned(), csv: format!("{name}{unit}"), values, shown }
    }

    /// A row of words.
    fn text(name: &str, shown: Vec<String>) -> Self {
        Self { name: name.to_owned(), csv: name.to_owned(), values: Vec::new(), shown }
    }
}

/// The place of the highest of some values; `None` if fewer than two are there, or the highest are alike.
fn highest(values: &[Option<f64>]) -> Option<usize> {
    let known: Vec<(usize, f64)> =
        values.iter().enumerate().filter_map(|(at, v)| Some((at, (*v)?))).collect();
    let most = known.iter().copied().reduce(|best, other| if other.1 > best.1 { other } else { best })?;
    let alike = known.iter().filter(|(_, value)| *value >= most.1 - 1e-12).count();
    (known.len() > 1 && alike == 1).then_some(most.0)
}

/// A cell, marked if its value is the highest of the row.
fn marked(cell: &str, is_highest: bool) -> String {
    if !is_highest {
        return cell.to_owned();
    }
    match cell.strip_prefix("<td class=\"") {
        Some(rest) => format!("<td class=\"most {rest}"),
        None => cell.replacen("<td", "<td class=\"most\"", 1),
    }
}

fn table_of(out: &mut String, name: &str, what: &[String], rows: &[Row]) {
    put!(
        out,
        "<div class=\"scroll\"><table data-name=\"{}\">\n<thead><tr>{}",
        escaped(name),
        text_heading("", "Measure")
    );
    for of in what {
        put!(out, "<th scope=\"col\" class=\"who\">{}</th>", escaped(of));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        put!(out, "<tr>{}", text_cell(&row.csv, &escaped(&row.name)));
        let most = highest(&row.values);
        for (at, shown) in row.shown.iter().enumerate() {
            let cell = match row.values.get(at) {
                Some(value) => number_cell(*value, shown),
                None => format!("<td>{}</td>", escaped(shown)),
            };
            out.push_str(&marked(&cell, most == Some(at)));
        }
        out.push_str("</tr>\n");
    }
    end_table(out);
}

/// Countries or groups side by side.
pub(super) fn countries(view: &RunView<'_>, briefs: &[CountryBrief]) -> String {
    let year = briefs.first().map_or(0, |brief| view.panel.years[brief.year]);
    let names: Vec<String> = briefs.iter().map(|brief| brief.unit.name.clone()).collect();
    let codes: Vec<&str> = briefs.iter().map(|brief| brief.unit.code.as_str()).collect();
    let mut out = String::new();
    header(&mut out, "Side by side", view, year, &names.join(", "), &codes.join(" · "));
    put!(out, "<p class=\"lead\">Shaded: the highest of a row.");
    for brief in briefs.iter().filter(|brief| brief.unit.is_group()) {
        put!(out, " {}:{}", escaped(&brief.unit.code), how_a_group_counts(brief));
    }
    out.push_str("</p>\n</header>\n");
    findings(&mut out, &said_of_countries(view, briefs, year));
    out.push_str("<h2>In sum</h2>\n");
    table_of(&mut out, &format!("{}_in_sum_{year}", codes.join("-")), &names, &sums(view, briefs));
    out.push_str(
        "<p class=\"note\">Exposure, HHI and both readings of STR are means over the products that each imports, weighted by its imports.</p>\n",
    );
    product_by_product(&mut out, view, briefs, &format!("{}_products_{year}", codes.join("-")));
    let lines: Vec<OriginLine> = briefs.iter().flat_map(|brief| brief.origins.iter().cloned()).collect();
    let at = briefs.first().map_or(0, |brief| brief.year);
    let name = format!("{}_origins_{year}", codes.join("-"));
    origins::section(&mut out, view, &name, at, Lines::Countries, &lines);
    footer(&mut out, view);
    document(&format!("{}, side by side {year}", names.join(", ")), &landscape(&out))
}

/// Wide tables are printed across.
fn landscape(body: &str) -> String {
    format!("<style>@page {{ size: A4 landscape; }} main {{ max-width: 76rem; }}</style>\n{body}")
}

fn said_of_countries(view: &RunView<'_>, briefs: &[CountryBrief], year: u16) -> Vec<String> {
    if view.suppliers.is_none() {
        return Vec::new();
    }
    let mut told = Vec::new();
    let of = |brief: &CountryBrief, product: usize| {
        brief.lines.iter().find(|line| line.product == product).and_then(|line| line.main)
    };
    let shared: Vec<BTreeSet<usize>> = briefs
        .first()
        .map(|brief| brief.scope.products.clone())
        .unwrap_or_default()
        .into_iter()
        .filter_map(|product| {
            let mains: Option<BTreeSet<usize>> =
                briefs.iter().map(|brief| of(brief, product).map(|main| main.supplier)).collect();
            mains
        })
        .collect();
    let same = shared.iter().filter(|mains| mains.len() == 1).count();
    if !shared.is_empty() {
        told.push(format!(
            "Of the {} products that all of them imported in {year}, {same} have the same main supplier for all.",
            shared.len()
        ));
    }
    let above = |brief: &CountryBrief| brief.lines.iter().filter(|line| line.above_benchmark).count();
    told.extend(briefs.iter().filter_map(|brief| {
        let exact = brief.unit.shares_are_exact();
        brief.benchmark.sentence(brief.unit.label(), year, above(brief), brief.lines.len(), exact)
    }));
    told
}

fn sums(view: &RunView<'_>, briefs: &[CountryBrief]) -> Vec<Row> {
    let each = |of: &dyn Fn(&CountryBrief) -> Option<f64>| briefs.iter().map(of).collect::<Vec<_>>();
    let count = |of: &dyn Fn(&ImportLine) -> bool| {
        each(&|brief| Some(brief.lines.iter().filter(|line| of(line)).count() as f64))
    };
    let whole = |value: Option<f64>| number(value, 0);
    let two = |value: Option<f64>| number(value, 2);
    let mean = |of: fn(&ImportLine) -> Option<f64>| {
        each(&|brief| {
            let known = brief.lines.iter().filter_map(|line| Some((line.imports, of(line)?)));
            let (weight, sum) = known.fold((0.0, 0.0), |(w, s), (m, value)| (w + m, s + m * value));
            (weight > 0.0).then(|| sum / weight)
        })
    };
    let total = |brief: &CountryBrief| brief.lines.iter().fold(0.0, |sum, line| sum + line.imports);
    let mut rows = vec![
        Row::of("Imports, USD", "thousand", each(&|brief| Some(total(brief))), |v| {
            v.map_or_else(|| "–".to_owned(), usd)
        }),
        Row::of("Products imported", "", count(&|_| true), whole),
        Row::of("Chokepoints", "", count(&|line| line.is_chokepoint), whole),
        Row::of(
            "Share of imports in chokepoints",
            "",
            each(&|brief| {
                let narrow = brief.lines.iter().filter(|line| line.is_chokepoint);
                let sum = narrow.fold(0.0, |sum, line| sum + line.imports);
                Some(sum / total(brief)).filter(|share| share.is_finite())
            }),
            percent,
        ),
        Row::of("Exposure", "", mean(|line| line.exposure), two),
        Row::of("HHI", "", mean(|line| line.hhi), two),
        Row::of("STR", "", mean(|line| line.str), two),
        Row::of("Mass-balanced STR", "", mean(|line| line.mass_balance), two),
        Row::of(WITHOUT_LOOPS, "", mean(|line| line.without.map(|w| w.str).or(line.str)), two),
        Row::of("STR, direct part", "", mean(|line| line.direct), two),
        Row::of("STR, indirect part", "", mean(|line| line.indirect), two),
    ];
    if view.suppliers.is_some() {
        let above = count(&|line| line.above_benchmark);
        rows.insert(4, Row::of("Products with more than 65 % from one country ▲", "", above, whole));
    }
    if !view.study.str_is_the_papers() {
        rows.retain(|row| row.name != WITHOUT_LOOPS);
    }
    if view.manifest.typology.is_some() {
        let of = |brief: &CountryBrief| {
            brief.cluster.as_ref().map_or_else(|| "–".to_owned(), |c| cluster_name(c.cluster))
        };
        rows.push(Row::text("Kind of country", briefs.iter().map(of).collect()));
    }
    rows
}

/// The products that any of them imports, in the order of the chain; the largest where they are many.
fn products_compared(briefs: &[CountryBrief]) -> (Vec<usize>, usize) {
    let imports = |product: usize| {
        let lines = briefs.iter().flat_map(|brief| &brief.lines).filter(|line| line.product == product);
        lines.fold(0.0, |sum, line| sum + line.imports)
    };
    let any: BTreeSet<usize> = briefs.iter().flat_map(|b| &b.lines).map(|line| line.product).collect();
    let order = briefs.first().map(|brief| brief.scope.products.clone()).unwrap_or_default();
    let mut products: Vec<usize> = order.into_iter().filter(|product| any.contains(product)).collect();
    let left = products.len().saturating_sub(MOST_PRODUCTS);
    if left > 0 {
        let mut by_size: Vec<(f64, usize)> = products.iter().map(|&p| (imports(p), p)).collect();
        by_size.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let kept: BTreeSet<usize> = by_size.iter().take(MOST_PRODUCTS).map(|(_, p)| *p).collect();
        products.retain(|product| kept.contains(product));
    }
    (products, left)
}

fn product_by_product(out: &mut String, view: &RunView<'_>, briefs: &[CountryBrief], name: &str) {
    let (products, left) = products_compared(briefs);
    out.push_str("<h2>Product by product</h2>\n");
    if left > 0 {
        put!(
            out,
            "<p class=\"note\">The {MOST_PRODUCTS} products with the largest imports; {left} more are in <code>indicators.parquet</code>.</p>\n"
        );
    }
    let mut columns = vec![heading_of_products(), heading("Tier", "Tier")];
    for brief in briefs {
        let code = escaped(&brief.unit.code);
        columns.push(heading(&format!("{code}: imports, USD"), &format!("{code} imports (thousand USD)")));
        let shares = format!("{code} share of imports|{code} main supplier");
        columns.push(text_heading(&format!("{code}: share, main supplier"), &shares));
        columns.push(heading(&format!("{code}: STR"), &format!("{code} STR|{code} {CSV_WITHOUT}")));
        columns.push(heading(&format!("{code}: mass-balanced"), &format!("{code} mass-balanced STR")));
    }
    begin_table(out, name, &columns);
    for product in products {
        let lines: Vec<Option<&ImportLine>> =
            briefs.iter().map(|b| b.lines.iter().find(|line| line.product == product)).collect();
        let tier = view.panel.products[product].tier;
        put!(out, "<tr>{}{}", product_cell(view, product), tier_cell(tier));
        let of = |reading: RiskReading| {
            let known = |line: &ImportLine| line.str.map(|_| line.rank(reading));
            highest(&lines.iter().map(|line| line.and_then(known)).collect::<Vec<_>>())
        };
        let (most, most_balanced) = (of(RiskReading::Str), of(RiskReading::MassBalance));
        for (at, (line, brief)) in lines.iter().zip(briefs).enumerate() {
            let Some(line) = line else {
                out.push_str("<td class=\"first\" data-csv=\"\">–</td><td class=\"text\" data-csv=\"|\">–</td><td data-csv=\"|\">–</td><td data-csv=\"\">–</td>");
                continue;
            };
            out.push_str(&number_cell(Some(line.imports), &usd(line.imports)).replacen(
                "<td",
                "<td class=\"first\"",
                1,
            ));
            let main = line.main.map_or("", |main| view.name(main.supplier));
            put!(
                out,
                "<td class=\"text\" data-csv=\"{}|{}\">{} {}</td>",
                line.main.map_or_else(String::new, |m| m.share.to_string()),
                escaped(main),
                share_shown(line.main, line.above_benchmark, brief),
                escaped(main)
            );
            let str = str_cell(line.str, line.without.map(|w| w.str), "");
            out.push_str(&marked(&str, most == Some(at)));
            let balanced = number_cell(line.mass_balance, &number(line.mass_balance, 2));
            out.push_str(&marked(&balanced, most_balanced == Some(at)));
        }
        out.push_str("</tr>\n");
    }
    end_table(out);
    out.push_str(&note_on_readings(RiskReading::Str));
    notes(out, briefs);
}

fn notes(out: &mut String, briefs: &[CountryBrief]) {
    let lines = || briefs.iter().flat_map(|brief| &brief.lines);
    if lines().any(|line| line.above_benchmark) {
        // The fullest note that holds for all of them.
        let worst = briefs.iter().map(|b| b.benchmark.standing);
        let all_union = worst.clone().all(|standing| standing == Standing::Union);
        let chosen = briefs.iter().find(|b| all_union || b.benchmark.standing == Standing::Other);
        let note = chosen.or_else(|| briefs.iter().find(|b| b.benchmark.standing == Standing::Member));
        put!(out, "<p class=\"note\">{}</p>\n", note.map_or("", |brief| brief.benchmark.note()));
    }
    if lines().any(|line| line.without.is_some()) {
        out.push_str(WITHOUT);
    }
}

/// Products side by side.
pub(super) fn products(view: &RunView<'_>, briefs: &[ProductBrief]) -> Result<String, BriefError> {
    let year = briefs.first().map_or(0, |brief| view.panel.years[brief.year]);
    let code = |brief: &ProductBrief| view.panel.products[brief.product].code.to_string();
    let codes: Vec<String> = briefs.iter().map(code).collect();
    let mut out = String::new();
    header(&mut out, "Side by side", view, year, &codes.join(", "), "");
    put!(out, "<p class=\"lead\">");
    for brief in briefs {
        put!(out, "<b>{}</b> {}; ", code(brief), escaped(&cut(&view.descriptions[brief.product], 90)));
    }
    out.push_str("shaded: the highest of a row.</p>\n</header>\n");
    out.push_str("<h2>In sum</h2>\n");
    table_of(
        &mut out,
        &format!("{}_in_sum_{year}", codes.join("-")),
        &codes,
        &sums_of_products(view, briefs),
    );
    let suppliers: BTreeSet<usize> = briefs.iter().flat_map(|b| &b.suppliers).map(|s| s.country).collect();
    out.push_str("<h2>Who supplies</h2>\n");
    let value = |column: Column, brief: &ProductBrief, country: usize| {
        view.panel.value(column, brief.product, brief.year, country)
    };
    let shares = |at: usize, country: usize| {
        let brief: &ProductBrief = &briefs[at];
        let share = value(Column::Exports, brief, country).map(|exports| exports / brief.world);
        (share.filter(|share| share.is_finite()), None)
    };
    compared(&mut out, view, &codes, ("suppliers", "share of world exports"), &suppliers, &shares);
    let importers: BTreeSet<usize> = briefs.iter().flat_map(|b| &b.largest).map(|i| i.country).collect();
    out.push_str("<h2>STR of the largest importers</h2>\n");
    let without: Vec<BTreeMap<usize, f64>> =
        briefs.iter().map(|b| view.str_without_of(b.product, b.year)).collect::<Result<_, _>>()?;
    let risks = |at: usize, country: usize| {
        (value(Column::Str, &briefs[at], country), without[at].get(&country).copied())
    };
    compared(&mut out, view, &codes, ("importers", STR), &importers, &risks);
    out.push_str("<h2>The same, mass-balanced</h2>\n");
    let balanced = |at: usize, country: usize| (value(Column::StrMassBalance, &briefs[at], country), None);
    compared(&mut out, view, &codes, ("importers_mass_balanced", MASS_BALANCED), &importers, &balanced);
    out.push_str(&note_on_readings(RiskReading::Str));
    if importers.iter().any(|country| without.iter().any(|of| of.contains_key(country))) {
        out.push_str(WITHOUT);
    }
    let lines: Vec<OriginLine> = briefs.iter().flat_map(|brief| brief.origins.iter().cloned()).collect();
    let at = briefs.first().map_or(0, |brief| brief.year);
    let name = format!("{}_origins_{year}", codes.join("-"));
    origins::section(&mut out, view, &name, at, Lines::Products, &lines);
    footer(&mut out, view);
    Ok(document(&format!("{}, side by side {year}", codes.join(", ")), &landscape(&out)))
}

/// A row for each country, a column for each product, by the first product that has a value. Values come with STR without a feedback loop.
fn compared(
    out: &mut String,
    view: &RunView<'_>,
    codes: &[String],
    (name, measure): (&str, &str),
    countries: &BTreeSet<usize>,
    value: &dyn Fn(usize, usize) -> Valued,
) {
    let ranks = |values: &[Valued]| -> Vec<Option<f64>> {
        values.iter().map(|(value, without)| without.or(*value)).collect()
    };
    let mut rows: Vec<(usize, Vec<Valued>)> = countries
        .iter()
        .map(|&country| (country, (0..codes.len()).map(|at| value(at, country)).collect()))
        .collect();
    let most = |values: &[Valued]| ranks(values).into_iter().flatten().fold(0.0, f64::max);
    rows.sort_by(|a, b| most(&b.1).total_cmp(&most(&a.1)).then(a.0.cmp(&b.0)));
    let is_str = measure == STR;
    let mut columns = vec![text_heading("Country", "Country")];
    columns.extend(codes.iter().map(|code| {
        let csv =
            if is_str { format!("{code} STR|{code} {CSV_WITHOUT}") } else { format!("{code} {measure}") };
        heading(&format!("{code}: {measure}"), &csv)
    }));
    begin_table(out, &format!("{}_{name}", codes.join("-")), &columns);
    for (country, values) in rows {
        put!(out, "<tr>{}", text_cell(view.name(country), &escaped(view.name(country))));
        let first = highest(&ranks(&values));
        for (at, (value, without)) in values.iter().enumerate() {
            let cell = match is_str {
                true => str_cell(*value, *without, ""),
                false if measure == MASS_BALANCED => number_cell(*value, &number(*value, 2)),
                false => number_cell(*value, &percent(*value)),
            };
            out.push_str(&marked(&cell, first == Some(at)));
        }
        out.push_str("</tr>\n");
    }
    end_table(out);
}

fn sums_of_products(view: &RunView<'_>, briefs: &[ProductBrief]) -> Vec<Row> {
    let each = |of: &dyn Fn(&ProductBrief) -> Option<f64>| briefs.iter().map(of).collect::<Vec<_>>();
    let whole = |value: Option<f64>| number(value, 0);
    let two = |value: Option<f64>| number(value, 2);
    let now = |brief: &ProductBrief| brief.trend.last().map(|t| t.1).unwrap_or_default();
    let first_loop = |brief: &ProductBrief| view.loops_of(brief.product, brief.year).into_iter().next();
    let tier = |brief: &ProductBrief| view.panel.products[brief.product].tier.map(f64::from);
    let mut rows = vec![
        Row::of("World trade, USD", "thousand", each(&|b| Some(b.world)), |v| {
            v.map_or_else(|| "–".to_owned(), usd)
        }),
        Row::of("Importers", "", each(&|b| Some(b.importers as f64)), whole),
        Row::of("Exporters", "", each(&|b| Some(b.exporters as f64)), whole),
        Row::text(
            "Largest supplier",
            briefs
                .iter()
                .map(|b| {
                    b.suppliers.first().map_or_else(|| "–".to_owned(), |s| view.name(s.country).to_owned())
                })
                .collect(),
        ),
        Row::of("Its share of world exports", "", each(&|b| b.suppliers.first().map(|s| s.share)), percent),
        Row::of("Its PV", "0 to 100", each(&|b| b.suppliers.first().and_then(|s| s.pv)), whole),
        Row::of("Mean STR, weighted by imports", "", each(&|b| now(b).str), two),
        Row::of("Mean mass-balanced STR, weighted by imports", "", each(&|b| now(b).str_mass_balance), two),
        Row::of(WITHOUT_LARGEST_LOOP, "", each(&|b| first_loop(b).map(|l| l.without).or(now(b).str)), two),
        Row::of(
            "Imports from countries that import none of it",
            "share",
            each(&|b| now(b).ending_share),
            percent,
        ),
    ];
    if !view.study.str_is_the_papers() {
        rows.retain(|row| row.name != WITHOUT_LARGEST_LOOP);
    }
    let mut tiers = Row::of("Tier of the value chain", "", each(&tier), whole);
    // A tier is a place, not a size.
    tiers.values.clear();
    rows.push(tiers);
    rows
}
