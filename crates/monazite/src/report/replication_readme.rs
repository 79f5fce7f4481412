//! The README of a replication package, in the order of the template of the social-science data editors.
//!
//! L. Vilhuber, M. Connolly, M. Koren, J. Llull, P. Morrow (2022), A template README for social science replication packages,
//! <https://social-science-data-editors.github.io/template_README>.

use std::fmt::Write;

use super::replication_input::PackagedInput;
use crate::indicators::RiskReading;
use crate::plain_text::capitalised;
use crate::report::figures::FigureNames;
use crate::run_folder::Manifest;
use crate::study::Study;
use crate::trade::BACI_SOURCE;
use crate::units::grouped;

/// Writing to a text does not fail.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => { let _ = writeln!($out, $($arg)*); };
}

/// Rights and source of an input, by the key that names it.
struct Rights {
    what: &'static str,
    licence: &'static str,
    access: &'static str,
    cite: &'static str,
}

/// In place of the key of trade that is not CEPII's.
const OWN_TRADE: &str = "own trade";

/// The rights in an input of a package.
fn rights_of(input: &PackagedInput, m: &Manifest, made_up: bool) -> Rights {
    let own = input.key == "data.trade" && m.trade.source != BACI_SOURCE && !made_up;
    rights(if own { OWN_TRADE } else { &input.key }, made_up)
}

fn rights(key: &str, made_up: bool) -> Rights {
    match key {
        "data.trade" | "data.governance" if made_up => Rights {
            what: if key == "data.trade" {
                "Made-up trade, laid out as BACI is"
            } else {
                "Made-up political stability"
            },
            licence: "there is no source, and nothing to ask for",
            access: "made for this study",
            cite: "",
        },
        OWN_TRADE => Rights {
            what: "Bilateral trade by product, of a source of the user's own",
            licence: "as its source says; the study has it in `data.licence` if anybody wrote it down",
            access: "as its source says; the study names it in `data.source` if anybody wrote it down",
            cite: "",
        },
        "data.trade" => Rights {
            what: "Bilateral trade by product: CEPII, BACI",
            licence: "Etalab Open Licence 2.0: may be redistributed with attribution to CEPII",
            access: "free, without registration, from <https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37>",
            cite: "Gaulier, G., Zignago, S. (2010). BACI: International Trade Database at the Product-Level. The 1994-2007 Version. CEPII Working Paper 2010-23.",
        },
        "data.governance" => Rights {
            what: "Political stability: World Bank, Worldwide Governance Indicators",
            licence: "Creative Commons Attribution 4.0: may be redistributed with attribution to the World Bank",
            access: "free from <https://www.worldbank.org/en/publication/worldwide-governance-indicators>",
            cite: "Kaufmann, D., Kraay, A., Mastruzzi, M. (2010). The Worldwide Governance Indicators: Methodology and Analytical Issues. World Bank Policy Research Working Paper 5430.",
        },
        "data.totals" => Rights {
            what: "Total exports by country and year",
            licence: "as its source says",
            access: "see the note on its source",
            cite: "",
        },
        key if key.starts_with("chain.") => Rights {
            what: "Links of the value chain",
            licence: "as its author says",
            access: "made for the study, or as its column `source` says",
            cite: "",
        },
        _ => Rights {
            what: "Further table",
            licence: "as its source says",
            access: "see the study file",
            cite: "",
        },
    }
}

/// The text. `study_file` is the study within the package; `made_up` whether its data are about no real country.
pub(super) fn text(
    study: &Study,
    manifest: &Manifest,
    inputs: &[PackagedInput],
    study_file: &str,
    made_up: bool,
) -> String {
    let mut out = String::new();
    overview(&mut out, study, manifest, study_file);
    availability(&mut out, manifest, inputs, made_up);
    requirements(&mut out, study, manifest);
    instructions(&mut out, inputs, study_file);
    list_of_files(&mut out, manifest, study_file);
    references(&mut out, manifest, inputs, made_up);
    out
}

fn overview(out: &mut String, study: &Study, m: &Manifest, study_file: &str) {
    let name = if study.study.name.is_empty() { "A study of monazite" } else { &study.study.name };
    put!(out, "# Replication package: {name}\n");
    put!(out, "## Overview\n");
    if !study.study.question.is_empty() {
        put!(out, "The question: {}\n", study.study.question);
    }
    put!(
        out,
        "The code in this package is one program, monazite {} (commit {}), and one study file, `{study_file}`. One command reads the inputs and makes \
         all tables, figures and the report in `results/`. It takes about {}.\n",
        m.program.version,
        if m.program.commit.is_empty() { "not known" } else { &m.program.commit },
        duration(m)
    );
    put!(out, "| folder or file | what |\n|---|---|");
    put!(
        out,
        "| `{study_file}` | the study: material, products, years, every parameter that is not a default |"
    );
    put!(out, "| `inputs/` | the data, laid out as the study file names them |");
    put!(
        out,
        "| `results/` | the run: tables, figures, `report.html`, `study.toml` with every default, `manifest.toml` |"
    );
    put!(out, "| `RESULTS.sha256` | what running it again has to give, file by file |");
    put!(out, "| `SHA256SUMS` | checksums of this package |\n");
}

fn availability(out: &mut String, m: &Manifest, inputs: &[PackagedInput], made_up: bool) {
    put!(out, "## Data availability and provenance\n");
    if made_up {
        put!(
            out,
            "**The data of this study are made up.** Nothing in this package is about the real world.\n"
        );
    }
    put!(out, "### Statement about rights\n");
    if made_up {
        put!(out, "Nobody has rights in made-up data:\n");
    } else {
        put!(
            out,
            "All data are public. Each set that is in this package may be redistributed under its licence, given here:\n"
        );
    }
    for input in inputs {
        let r = rights_of(input, m, made_up);
        put!(out, "- `{}` ({}): {}. {}.", input.path, input.key, r.what, r.licence);
    }
    put!(out, "\n### Summary of availability\n");
    put!(
        out,
        "{}\n",
        match missing_of(inputs) {
            0 if made_up => "All data are in this package.".to_owned(),
            n if made_up => format!("{n} of {} inputs are not in this package.", inputs.len()),
            0 => "All data are publicly available and in this package.".to_owned(),
            n => format!(
                "All data are publicly available; {n} of {} inputs are not in this package and have to be obtained as described.",
                inputs.len()
            ),
        }
    );
    put!(out, "### Details on each source\n");
    for input in inputs {
        details(out, input, m, made_up);
    }
}

/// How many inputs are not in the package.
fn missing_of(inputs: &[PackagedInput]) -> usize {
    inputs.iter().filter(|i| !i.included).count()
}

fn requirements(out: &mut String, study: &Study, m: &Manifest) {
    put!(out, "## Computational requirements\n");
    put!(
        out,
        "**Software.** monazite {}, built from commit {} of its repository ({}) with Rust 1.89 or newer: `cargo build --release`. No other software.\n",
        m.program.version,
        m.program.commit,
        env!("CARGO_PKG_REPOSITORY")
    );
    put!(
        out,
        "**Controlled randomness.** The random seed is {} (`study.random_seed` in `results/study.toml`, line {}). Typology, bootstrap and placebo draw \
         from it. Results do not depend on the machine, the number of threads or the order of rows.\n",
        m.study.random_seed,
        seed_line(study)
    );
    let bytes: u64 = m.files.iter().map(|f| f.bytes).sum();
    put!(
        out,
        "**Memory, runtime, storage.** {} on {} thread{}; any computer with 2 GB of memory will do. The results take {:.1} MB.\n",
        duration(m),
        m.timing.threads,
        if m.timing.threads == 1 { "" } else { "s" },
        bytes as f64 / 1e6
    );
    put!(out, "| stage | seconds |\n|---|---|");
    for stage in &m.timing.stages {
        put!(out, "| {} | {:.1} |", stage.stage, stage.seconds);
    }
}

fn instructions(out: &mut String, inputs: &[PackagedInput], study_file: &str) {
    put!(out, "\n## Instructions to replicators\n");
    if missing_of(inputs) > 0 {
        put!(
            out,
            "0. Obtain the data that are not here (above) and put them where the study file names them, relative to `{study_file}`."
        );
    }
    put!(out, "1. In this folder: `monazite run {study_file} --out ../replicated`");
    put!(
        out,
        "2. Compare: `cd ../replicated && sha256sum -c \"$OLDPWD/RESULTS.sha256\"`. Every file has to be OK. `manifest.toml` is not compared: it holds the wall times."
    );
    put!(out, "3. `sha256sum -c SHA256SUMS` in this folder checks the package itself.\n");
}

fn list_of_files(out: &mut String, m: &Manifest, study_file: &str) {
    put!(out, "## List of tables and figures\n");
    put!(
        out,
        "`RUN` is the folder that step 1 makes.\n\n| file in `results/` | what | made by |\n|---|---|---|"
    );
    for file in &m.files {
        let (what, by) = described(&file.name, file.on_request, study_file);
        put!(out, "| `{}` | {what} | `{by}` |", file.name);
    }
}

fn references(out: &mut String, m: &Manifest, inputs: &[PackagedInput], made_up: bool) {
    put!(out, "\n## References\n");
    put!(
        out,
        "- Klimek, P., Baum, S., Gerschberger, M., Hess, M. (2025). Systemic Trade Risk Suppresses Comparative Advantage in Rare Earth Dependent Industries. arXiv:2508.00556."
    );
    let mut cited: Vec<&str> =
        inputs.iter().map(|i| rights_of(i, m, made_up).cite).filter(|c| !c.is_empty()).collect();
    cited.dedup();
    for cite in cited {
        put!(out, "- {cite}");
    }
}

fn duration(manifest: &Manifest) -> String {
    let seconds = manifest.timing.stages.iter().fold(0.0, |sum, s| sum + s.seconds);
    if seconds < 1.0 {
        "a second".to_owned()
    } else if seconds < 90.0 {
        format!("{seconds:.0} seconds")
    } else {
        format!("{:.0} minutes", seconds / 60.0)
    }
}

fn seed_line(study: &Study) -> usize {
    study.to_toml().lines().position(|line| line.starts_with("random_seed")).map_or(0, |at| at + 1)
}

fn details(out: &mut String, input: &PackagedInput, manifest: &Manifest, made_up: bool) {
    let r = rights_of(input, manifest, made_up);
    put!(out, "**`{}`** ({}). {}. {}; {}.", input.path, input.key, r.what, capitalised(r.access), r.licence);
    if input.key == "data.trade" {
        let t = &manifest.trade;
        put!(
            out,
            "{} {}, version {}; the run uses {} flows, {} to {}.",
            t.source,
            t.edition,
            if t.baci_version.is_empty() { "not stated" } else { &t.baci_version },
            grouped(t.flows),
            manifest.study.first_year,
            manifest.study.last_year
        );
        put!(out, "Files that the flows were read from, whose checksums the run has checked:\n");
        put!(out, "| file | bytes | sha256 |\n|---|---|---|");
        for file in &t.inputs {
            put!(out, "| `{}` | {} | `{}` |", file.name, file.bytes, file.sha256);
        }
        put!(out, "");
    }
    if input.key == "data.governance" {
        let s = &manifest.stability;
        put!(out, "Vintage: {}. Expected sha256: `{}`.\n", s.vintage, s.sha256);
    }
    match (input.included, input.files.len()) {
        (true, 1) => {
            put!(out, "In this package; sha256 `{}`.", input.files[0].1);
        }
        (true, n) => {
            put!(out, "In this package, {n} files; checksums in `SHA256SUMS`.");
        }
        (false, 0) => {
            put!(out, "Not in this package.");
        }
        (false, _) => {
            put!(out, "Not in this package; expected:\n\n| file | sha256 |\n|---|---|");
            for (name, sum) in &input.files {
                put!(out, "| `{name}` | `{sum}` |");
            }
        }
    }
    if let Some(source) = &input.source {
        put!(out, "Note on its source: `{source}`.");
    }
    put!(out, "");
}

/// What a file of a run is, and the command that makes it: the run, or a request for it afterwards.
fn described(name: &str, on_request: bool, study_file: &str) -> (&'static str, String) {
    let what = what_it_is(name);
    let command = if on_request { asked_for(name) } else { None };
    (what, command.unwrap_or_else(|| format!("monazite run {study_file} --out RUN")))
}

/// The request that makes a brief, a map or a figure.
fn asked_for(name: &str) -> Option<String> {
    let (folder, file) = name.split_once('/')?;
    let (stem, names) = FigureNames::read(file.split('.').next().unwrap_or(file));
    let is_product = |text: &str| text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
    let options = names.options();
    let chart =
        ["map", "trend"].iter().find_map(|kind| Some((*kind, stem.strip_prefix(kind)?.strip_prefix('_')?)));
    Some(match (folder, chart) {
        ("briefs", _) if is_product(stem) => format!("monazite report RUN --product {stem}{options}"),
        ("briefs", _) => format!("monazite report RUN --country {stem}{options}"),
        ("figures", Some((kind, rest))) => {
            let is_basket = |text: &str| is_product(text) || text == "chain" || text.starts_with("tier");
            let (measure, products) = match rest.rsplit_once('_') {
                Some((measure, products)) if products.split('-').all(is_basket) => {
                    (measure, format!(" --product {}", products.replace('-', ",")))
                }
                _ => (rest, String::new()),
            };
            let by = |reading: &RiskReading| measure.strip_suffix(&format!("_by_{}", reading.name()));
            let read =
                RiskReading::ALL.iter().find_map(|r| Some((by(r)?, format!(" --reading {}", r.name()))));
            let (measure, reading) = read.unwrap_or((measure, String::new()));
            let measure = match measure.strip_prefix("share_") {
                Some(supplier) => format!("share --supplier {supplier}"),
                None => measure.to_owned(),
            };
            format!("monazite report RUN --{kind} {measure}{reading}{products}{options}")
        }
        ("figures", None) => {
            let figure = if stem.starts_with("network") { "network" } else { stem };
            format!("monazite report RUN --figures {figure}{options}")
        }
        _ => return None,
    })
}

fn what_it_is(name: &str) -> &'static str {
    let stem = name.rsplit('/').next().unwrap_or(name).split('.').next().unwrap_or(name);
    match name {
        _ if name.starts_with("briefs/") => "brief",
        "report.html" => "the report",
        "indicators.parquet" => "indicators of every country, product and year, STR in both readings",
        "trends.csv" => "STR of the average importer, and what moved it",
        "indices.parquet" => "indices of supply risk that others publish",
        "bands.parquet" | "band_means.csv" | "band_changes.csv" => "how far STR is known",
        "composite.csv" => "the composite",
        "study.toml" => "the study with every default",
        _ if name.starts_with("regression/table") => "Table 1",
        _ if stem.starts_with("network") => "Figure 1, production network",
        _ if stem.starts_with("typology_map") => "Figure 1, map of country types",
        _ if stem.starts_with("cluster_profiles") || stem.starts_with("cluster_words") => {
            "Figure 2, what the clusters look like"
        }
        _ if stem.starts_with("cluster_trend") => "Figure 3, trends by cluster",
        _ if stem.starts_with("map_") => "world map",
        _ if stem.starts_with("trend_") || stem.starts_with("str_trends") => "trends by product",
        _ if stem.starts_with("origins") => "whose goods importers buy in the end",
        _ if stem.starts_with("chokepoints") => "whose stop would cost the others most",
        _ if stem.starts_with("shock") => "what the scenarios take",
        _ if stem.starts_with("frontier") => "how far risk falls if more is bought elsewhere",
        _ if stem.starts_with("index_correlations") => "systemic trade risk beside other indices",
        _ if name.starts_with("figures/") => "figure",
        _ if name.starts_with("regression/") => "regression",
        _ if name.starts_with("typology/") => "typology",
        _ if name.starts_with("chain/") => "value chain",
        _ => "table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_folder::manifest::tests::full;

    #[test]
    fn made_up_data_have_no_source() {
        let input = |key: &str| PackagedInput {
            key: key.to_owned(),
            path: "x".to_owned(),
            included: true,
            files: Vec::new(),
            source: None,
        };
        let inputs = ["data.trade", "data.governance", "chain.edges"].map(input);
        let with = |source: &str, made_up| {
            let mut manifest = full();
            manifest.trade.source = source.to_owned();
            text(&Study::default(), &manifest, &inputs, "study.toml", made_up)
        };
        let of = |made_up| with(if made_up { "made up" } else { BACI_SOURCE }, made_up);
        let own = with("Customs of Alphaland", false);
        assert!(own.contains("of a source of the user's own") && !own.contains("CEPII"));
        for source in ["Etalab Open Licence 2.0", "Creative Commons Attribution 4.0", "CEPII", "World Bank"] {
            assert!(of(false).contains(source) && !of(true).contains(source), "{source}");
        }
        assert!(of(true).contains("Made-up trade") && !of(false).contains("made up"));
    }

    #[test]
    fn files_made_later_name_their_command() {
        let command = |name: &str| described(name, true, "inputs/study.toml").1;
        assert_eq!(command("briefs/DEU.html"), "monazite report RUN --country DEU");
        assert_eq!(command("briefs/284690_2019.html"), "monazite report RUN --product 284690 --year 2019");
        assert_eq!(
            command("figures/map_hhi_284690_2020_slide.svg"),
            "monazite report RUN --map hhi --product 284690 --year 2020 --size slide"
        );
        assert_eq!(command("figures/map_str_direct.csv"), "monazite report RUN --map str_direct");
        assert_eq!(
            command("figures/map_str_by_str_284690.svg"),
            "monazite report RUN --map str --reading str --product 284690"
        );
        assert_eq!(
            command("figures/map_share_CHN_tier1.csv"),
            "monazite report RUN --map share --supplier CHN --product tier1"
        );
        assert_eq!(
            command("figures/trend_share_CHN_284690_of_USA-JPN_slide.png"),
            "monazite report RUN --trend share --supplier CHN --product 284690 --countries USA,JPN --size slide"
        );
        assert_eq!(
            command("figures/trend_str_284690-282200.csv"),
            "monazite report RUN --trend str --product 284690,282200"
        );
        assert_eq!(
            command("figures/network_DEU_of_DEU-JPN_2019.svg"),
            "monazite report RUN --figures network --countries DEU,JPN --year 2019"
        );
        let of_run = described("figures/map_str.svg", false, "inputs/study.toml");
        assert_eq!(of_run, ("world map", "monazite run inputs/study.toml --out RUN".to_owned()));
        assert_eq!(described("regression/table.tex", false, "s").0, "Table 1");
    }
}
