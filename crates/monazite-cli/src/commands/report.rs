//! `monazite report`.

use std::time::Instant;

use monazite::report::brief::{BriefRequest, write_briefs};
use monazite::report::maps::{MapRequest, write_map};

use crate::arguments::ReportArguments;
use crate::terminal::{Terminal, seconds};

/// Makes pages and maps of a finished run and says where they are.
pub fn report(arguments: &ReportArguments, terminal: &Terminal) -> Result<(), String> {
    let started = Instant::now();
    let mut request = BriefRequest {
        countries: arguments.country.clone(),
        products: arguments.product.clone(),
        year: arguments.year,
    };
    let made = |what: &str, files: Vec<String>| {
        for file in files {
            terminal.line(&format!("  {what:<10}  {}", arguments.run.join(file).display()));
        }
    };
    if let Some(indicator) = &arguments.map {
        // Products are those of the maps then.
        let products = std::mem::take(&mut request.products);
        let of = |product: Option<&String>| MapRequest {
            indicator: indicator.clone(),
            product: product.cloned(),
            year: arguments.year,
        };
        let maps: Vec<MapRequest> = if products.is_empty() {
            vec![of(None)]
        } else {
            products.iter().map(|product| of(Some(product))).collect()
        };
        for map in maps {
            made("map", write_map(&arguments.run, &map).map_err(|e| e.to_string())?);
        }
    } else if request.is_empty() {
        return Err("nothing is asked for; name a country (--country DEU), a product (--product 284690), or an indicator for a map (--map str)".to_owned());
    }
    if !request.is_empty() {
        made("brief", write_briefs(&arguments.run, &request).map_err(|e| e.to_string())?);
    }
    terminal.line(&format!("done in {}", seconds(started.elapsed())));
    Ok(())
}
