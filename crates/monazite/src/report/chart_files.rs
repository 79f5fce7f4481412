//! The files of a map or a trend: drawing, numbers and caption; PNG and PDF where there is a printer.

use super::figures::FigurePrinter;
use super::figures::caption::Caption;
use super::figures::paper::Drawn;
use crate::run::Run;
use crate::run_folder::FolderError;
use crate::study::FigureSize;

/// Names within the run folder, with what they hold.
pub(super) fn chart_files(
    run: &Run,
    name: &str,
    size: FigureSize,
    drawn: &Drawn,
    csv: Vec<u8>,
    caption: &Caption,
    printer: Option<&dyn FigurePrinter>,
) -> Result<Vec<(String, Vec<u8>)>, FolderError> {
    let text = caption.to_text(run.study(), run.manifest(), size);
    let mut files = vec![
        (format!("figures/{name}.svg"), drawn.standalone().into_bytes()),
        (format!("figures/{name}.csv"), csv),
        (format!("figures/{name}.caption.txt"), text.into_bytes()),
    ];
    if let Some(printer) = printer {
        let printed = printer
            .print(&drawn.plain)
            .map_err(|message| FolderError::Manifest { path: format!("figures/{name}"), message })?;
        files.push((format!("figures/{name}.png"), printed.png));
        files.push((format!("figures/{name}.pdf"), printed.pdf));
    }
    Ok(files)
}
