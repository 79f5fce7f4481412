//! `monazite example`.

use std::path::Path;

use monazite::planted::revision::write_revision;
use monazite::planted::{PlantedOptions, PlantedWorld};
use monazite::run_folder::whole_folder::clear_beside;
use monazite::study::Study;
use monazite::trade::Store;

use crate::arguments::ExampleArguments;
use crate::failure::{Failure, as_before};
use crate::terminal::{PRODUCTS, Terminal, counted};
use crate::to_type::quoted;

/// Writes a study file with every parameter, or a planted world.
pub fn example(arguments: &ExampleArguments, terminal: &Terminal) -> Result<(), Failure> {
    match &arguments.out {
        Some(out) if arguments.planted => planted(arguments, out, terminal),
        Some(out) if arguments.revision => revision(out, terminal),
        out => study_file(out.as_deref(), terminal),
    }
}

fn planted(arguments: &ExampleArguments, out: &Path, terminal: &Terminal) -> Result<(), Failure> {
    if out.exists() {
        clear_beside(out);
        return Err(format!("{}: there is something there already", out.display()).into());
    }
    let options = PlantedOptions {
        products: arguments.products,
        others: arguments.others,
        countries: arguments.countries,
        years: arguments.years,
        seed: arguments.seed,
        ..PlantedOptions::default()
    };
    PlantedWorld::new_until(options, terminal)
        .and_then(|world| world.write_until(out, terminal))
        .map_err(|e| Failure::from(e).leaving(|| as_before(out)))?;
    terminal.line(&format!(
        "wrote a synthetic world of {} countries, {} and {} into {}",
        arguments.countries + 1,
        counted((arguments.products + arguments.others) as u64, PRODUCTS),
        counted(arguments.years as u64, ["year", "years"]),
        out.display()
    ));
    terminal.line(&format!("what is true in it is in {}", out.join("truth").display()));
    terminal.line(&format!("next: monazite run {}", quoted(&out.join("study.toml"))));
    Ok(())
}

/// Writes the example's trade with a planted revision.
fn revision(out: &Path, terminal: &Terminal) -> Result<(), Failure> {
    let file = super::study_file(None)?;
    let study = super::load_study(&file, None)?;
    let store = Store::open(&super::inputs::store_of(&study))?;
    let changes = write_revision(&store, &study.study.focus, out, terminal)
        .map_err(|e| Failure::from(e).leaving(|| as_before(out)))?;
    let all = counted(changes.len() as u64, ["flow is", "flows are"]);
    terminal.line(&format!(
        "wrote the trade of the example into {}: {all} revised, see changes.csv",
        out.display()
    ));
    terminal
        .line(&format!("next: monazite run --trade {} --out runs/revised", out.join("release").display()));
    terminal.line("then: monazite compare runs/example runs/revised");
    Ok(())
}

fn study_file(out: Option<&Path>, terminal: &Terminal) -> Result<(), Failure> {
    let text = commented_example();
    match out {
        None => terminal.line(text.trim_end()),
        Some(path) => {
            let mut file = std::fs::File::create_new(path).map_err(|e| match e.kind() {
                std::io::ErrorKind::AlreadyExists => {
                    format!("{}: there is such a file already", path.display())
                }
                _ => format!("{}: cannot be written: {e}", path.display()),
            })?;
            std::io::Write::write_all(&mut file, text.as_bytes())
                .map_err(|e| format!("{}: cannot be written: {e}", path.display()))?;
            terminal.line(&format!(
                "wrote {}; edit it, then: monazite check {}",
                path.display(),
                quoted(path)
            ));
        }
    }
    Ok(())
}

/// A study file to start from: the paper's question, every parameter with its default and what it means.
fn commented_example() -> String {
    let mut study = Study::default();
    study.study.name = "Rare earths".to_owned();
    study.study.material = "rare earths".to_owned();
    study.study.question =
        "Who depends on whom for rare earths, and how unstable are the chains behind it?".to_owned();
    study.study.seeds = ["280530", "284610", "284690"].iter().filter_map(|code| code.parse().ok()).collect();
    study.data.trade = "BACI_HS07_V202501.zip".into();
    study.data.governance = "wgidataset.xlsx".into();
    format!(
        "# A study of monazite. Every parameter is here with its default; delete what you do not change.\n\
         # Run it with:  monazite check THIS_FILE   and then   monazite run THIS_FILE\n\n{}",
        study.to_commented_toml()
    )
}
