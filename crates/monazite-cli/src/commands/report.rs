//! `monazite report`.

use std::time::Instant;

use monazite::report::brief::{BriefRequest, write_briefs};

use crate::arguments::ReportArguments;
use crate::terminal::{Terminal, seconds};

/// Makes pages of a finished run and says where they are.
pub fn report(arguments: &ReportArguments, terminal: &Terminal) -> Result<(), String> {
    let started = Instant::now();
    let request = BriefRequest {
        countries: arguments.country.clone(),
        products: arguments.product.clone(),
        year: arguments.year,
    };
    if request.is_empty() {
        return Err("nothing is asked for; name a country (--country DEU) or a product (--product 284690)".to_owned());
    }
    let made = write_briefs(&arguments.run, &request).map_err(|e| e.to_string())?;
    for file in made {
        terminal.line(&format!("  brief       {}", arguments.run.join(file).display()));
    }
    terminal.line(&format!("done in {}", seconds(started.elapsed())));
    Ok(())
}
