//! Indices of trade data without a study.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use monazite::disk::Change;
use monazite::export::ExportError;
use monazite::export::files::write_file;
use monazite::indices::{Index, TablesAtHand};
use monazite::ingest::Governance;
use monazite::nomenclature::names::split_names;
use monazite::nomenclature::{Countries, Hs6};
use monazite::panel::{AskedIndices, PanelError, trade_indices};
use monazite::pipeline::{Error, open_trade};
use monazite::report::answers::{TradeIndicesAnswer, indices_csv};
use monazite::study::Study;
use monazite::trade::FlowSource;

use crate::arguments::indices::IndicesArguments;
use crate::commands::asked::show;
use crate::commands::complexity::without_study;
use crate::failure::{Failure, Given, as_before};
use crate::terminal::{Terminal, seconds};

/// The options behind settings of a study.
const OPTIONS: [Given; 3] =
    [("study.years", "--years"), ("study.products", "--products"), ("indices.compute", "--compute")];

/// Computes the indices, and shows the largest importers or writes all rows.
pub(super) fn of_trade(arguments: &IndicesArguments, terminal: &Terminal) -> Result<(), Failure> {
    let started = Instant::now();
    let other = |out: &&PathBuf| out.extension().is_some_and(|ending| !ending.eq_ignore_ascii_case("csv"));
    if let Some(out) = arguments.out.as_ref().filter(other) {
        return Err(format!(
            "--out: the indices of trade data are written as csv; name the file {}",
            out.with_extension("csv").display()
        )
        .into());
    }
    let there = |option: &str, path: &Path| match path.exists() {
        true => std::path::absolute(path).map_err(|e| Failure::Refused(e.to_string())),
        false => Err(Failure::Refused(format!("{option}there is no {}", path.display()))),
    };
    let mut study = Study::new([]);
    study.data.trade = there("", &arguments.of)?;
    let governance: Option<PathBuf> =
        arguments.governance.as_deref().map(|path| there("--governance: ", path)).transpose()?;
    let products = products(&arguments.products)?;
    compute(&arguments.compute, governance.is_some())?;
    if !arguments.compute.is_empty() {
        study.indices.compute = Some(arguments.compute.clone());
    }
    let governance = governance.map(|path| Governance::read(&path)).transpose()?;
    let store =
        open_trade(&study, terminal).map_err(|error| without_study(error, &arguments.of, "indices"))?;
    let importers = importers(store.countries(), &arguments.importers)?;
    let asked = AskedIndices { products: &products, years: arguments.years };
    let of_options = |error: PanelError| Failure::of_options(Error::from(error), &OPTIONS);
    let mut found =
        trade_indices(&study, &store, governance.as_ref(), asked, terminal).map_err(of_options)?;
    let codes: Vec<String> = found.world.countries.iter().map(|country| country.code.clone()).collect();
    found.rows.retain(|row| importers.is_empty() || importers.contains(&codes[usize::from(row.importer)]));
    for code in &importers {
        let place = codes.iter().position(|known| known == code);
        if !found.rows.iter().any(|row| place == Some(usize::from(row.importer))) {
            found.notes.push(format!("{code} imports none of it in these years."));
        }
    }
    if governance.is_none() && arguments.compute.is_empty() {
        terminal.line("without --governance there is no whhi, eu_sr_trade and geopolrisk_trade: they rest on political stability");
    }
    if found.rows.is_empty() {
        return Err("nobody that was asked for imports any of it in these years".to_owned().into());
    }
    let describe = |code: &str| {
        code.parse().ok().and_then(|code: Hs6| store.description(code).map(str::to_owned)).unwrap_or_default()
    };
    let answer = TradeIndicesAnswer::of(&found, describe);
    terminal.record("indices", &answer);
    let Some(out) = &arguments.out else {
        show(&answer.to_text(), terminal);
        return Ok(());
    };
    let csv = indices_csv(&found);
    let write = |file: &mut BufWriter<File>| {
        file.write_all(&csv).map_err(|e| ExportError::write(out, "cannot be written", e))
    };
    let change = write_file(out, arguments.replace, &mut { write })
        .map_err(|e| Failure::from(e).leaving(|| as_before(out)))?;
    let replaced = if change == Change::Replaced { " (replaced)" } else { "" };
    terminal.line(&format!("  indices     {}{replaced}: {} rows", out.display(), found.rows.len()));
    terminal.line(&format!("done in {}", seconds(started.elapsed())));
    Ok(())
}

/// Whether what is asked for can be had of trade data and political stability.
fn compute(asked: &[Index], has_stability: bool) -> Result<(), Failure> {
    for index in asked {
        let name = index.name();
        let lacking = TablesAtHand::default().lacking(*index);
        if !lacking.is_empty() {
            return Err(format!(
                "--compute: {name} takes tables ({}), which a study names in [indices]; run a study, or leave it out",
                lacking.join(", ")
            )
            .into());
        }
        if !has_stability && index.rests_on_stability() {
            let message = format!(
                "--compute: {name} rests on political stability, which is not given; give --governance"
            );
            return Err(message.into());
        }
    }
    Ok(())
}

fn products(asked: &[String]) -> Result<Vec<Hs6>, Failure> {
    let read =
        |text: &String| text.trim().parse().map_err(|e| Failure::Refused(format!("--products {text}: {e}")));
    let found: BTreeSet<Hs6> = asked.iter().map(read).collect::<Result<_, _>>()?;
    Ok(found.into_iter().collect())
}

fn importers(known: &Countries, asked: &[String]) -> Result<BTreeSet<String>, Failure> {
    let named = |name: String| match known.find_named(&name) {
        Ok(id) => Ok(known.get(id).iso3.clone()),
        Err(error) => Err(Failure::Refused(format!("--importers: {error}"))),
    };
    asked.iter().flat_map(|text| split_names(text)).map(named).collect()
}
