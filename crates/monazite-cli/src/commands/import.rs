//! `monazite import`.

use std::path::Path;
use std::time::Instant;

use monazite::ingest::own_table::{ColumnMap, TableOptions};
use monazite::ingest::{ReadOptions, Release, ShortCodes, UnknownCountry};
use monazite::plain_text::listed;
use monazite::trade::manifest::{AccountRecord, MANIFEST_FILE};
use monazite::trade::{ImportOptions, ImportOutcome, StoreManifest, import_release};
use monazite::units::{ThousandUsd, grouped};

use crate::arguments::ImportArguments;
use crate::failure::Failure;
use crate::terminal::{FILES, FLOWS, ROWS, Terminal, counted, seconds};

/// Reads a release into a store and gives the account of its rows.
pub fn import(arguments: &ImportArguments, terminal: &Terminal) -> Result<(), Failure> {
    let started = Instant::now();
    let columns = arguments.columns.iter().map(|(role, name)| (*role, name.as_str()));
    let table = TableOptions {
        columns: ColumnMap::new(columns).map_err(|message| Failure::from(format!("--column: {message}")))?,
        unit: arguments.unit,
        quantity_unit: arguments.quantity_unit,
        flow: arguments.flow,
    };
    let release = Release::open_table(&arguments.release, &table)?;
    let options = ImportOptions {
        read: ReadOptions {
            unknown_country: if arguments.drop_unknown_countries {
                UnknownCountry::Drop
            } else {
                UnknownCountry::Refuse
            },
            short_codes: if arguments.pad_short_codes { ShortCodes::Pad } else { ShortCodes::Refuse },
        },
        edition: arguments.edition,
        version: arguments.baci_version.clone(),
        convert_to: arguments.to,
        compression_level: arguments.compression,
        source: arguments.source.clone().unwrap_or_default(),
        licence: arguments.licence.clone().unwrap_or_default(),
    };
    let outcome = import_release(&release, &arguments.out, &options, terminal)
        .map_err(|e| Failure::from(e).leaving(|| left(&arguments.out)))?;
    match outcome {
        ImportOutcome::UpToDate(_) => {
            terminal.line(&format!("{} is up to date; nothing to do", arguments.out.display()));
        }
        ImportOutcome::Written { manifest, resumed } => {
            terminal.record("store", &manifest);
            for line in describe(&manifest) {
                terminal.line(&line);
            }
            if resumed > 0 {
                let files = counted(resumed as u64, FILES);
                terminal.line(&format!("  taken over  {files} that an earlier import had finished"));
            }
            terminal.line(&format!("  store       {}", arguments.out.display()));
            terminal.line(&format!("done in {}", seconds(started.elapsed())));
        }
    }
    Ok(())
}

/// What an import that was stopped left as it was.
fn left(out: &Path) -> String {
    if out.join(MANIFEST_FILE).exists() {
        format!("the store {} is as it was before", out.display())
    } else {
        format!("there is no store {} yet", out.display())
    }
}

fn describe(manifest: &StoreManifest) -> Vec<String> {
    let a = &manifest.account;
    let years: Vec<u16> = manifest.years.iter().map(|y| y.year).collect();
    let span = match (years.first(), years.last()) {
        (Some(first), Some(last)) if first == last => first.to_string(),
        (Some(first), Some(last)) => format!("{first} to {last}"),
        _ => String::new(),
    };
    let mut lines = vec![format!("  rows read   {}", grouped(a.rows_read))];
    if a.added_by_conversion > 0 {
        lines.push(format!(
            "  added       {} by splitting codes over those of another edition",
            counted(a.added_by_conversion, ROWS)
        ));
    }
    lines.push(format!(
        "  kept        {}, {}, {span}",
        counted(a.rows_kept, FLOWS),
        ThousandUsd::new(a.value_kept).in_words()
    ));
    for dropped in &a.dropped {
        lines.push(format!(
            "  left out    {}, {}: {}",
            counted(dropped.rows, ROWS),
            ThousandUsd::new(dropped.value).in_words(),
            AccountRecord::reason_in_words(&dropped.reason)
        ));
    }
    if a.duplicates > 0 {
        let rows = counted(a.duplicates, ["repeated row added up", "repeated rows added up"]);
        let value = ThousandUsd::new(a.duplicates_value).in_words();
        lines.push(format!("  counted     {rows}, {value}"));
    }
    for (count, what) in [
        (
            a.national_lines,
            [
                "row of a national tariff line counted under its first six digits",
                "rows of national tariff lines counted under their first six digits",
            ],
        ),
        (
            a.former_states,
            [
                "row of a former state counted under its successor",
                "rows of former states counted under their successors",
            ],
        ),
        (
            a.padded_codes,
            ["product code got its leading zero back", "product codes got their leading zero back"],
        ),
        (a.quantity_missing, ["flow without a quantity", "flows without a quantity"]),
    ] {
        if count > 0 {
            lines.push(format!("  counted     {}", counted(count, what)));
        }
    }
    if let Some(conversion) = &manifest.conversion {
        lines.push(format!("  converted   {} to {}", conversion.from, manifest.edition));
        if !conversion.unmatched.is_empty() {
            let value: f64 = conversion.unmatched.iter().map(|u| u.value).sum();
            let count = conversion.unmatched.len() as u64;
            let codes = listed(conversion.unmatched.iter().map(|u| &u.product), MANIFEST_FILE);
            lines.push(format!(
                "  unmatched   {} with {} {}: {}",
                counted(count, ["code", "codes"]),
                ThousandUsd::new(value).in_words(),
                if count == 1 { "keeps its number" } else { "keep their number" },
                codes
            ));
        }
    }
    lines
}
