//! Workbooks, with a limit on what they unpack to.

use std::io::{Cursor, Read};

use calamine::{Cell, Data, Range, Xlsx};

use crate::plain_text::printable;

/// A workbook that is open.
pub(super) type Workbook<'a> = Xlsx<Cursor<&'a [u8]>>;

/// Most bytes that a workbook unpacks to; those of the World Bank unpack to some 50 MB.
const LARGEST_WORKBOOK: u64 = 256 << 20;
/// Most cells of a sheet, empty ones among them: what is held in memory is the rectangle around all cells.
const MOST_CELLS: u64 = 4_000_000;

/// Opens a workbook.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn open(content: &[u8]) -> Result<Workbook<'_>, String> {
    let broken = |e: &dyn std::fmt::Display| format!("the workbook cannot be read: {e}");
    let mut zip = zip::ZipArchive::new(Cursor::new(content)).map_err(|e| broken(&e))?;
    let mut left = LARGEST_WORKBOOK;
    for entry in 0..zip.len() {
        let mut part = zip.by_index(entry).map_err(|e| broken(&e))?;
        let unpacked = std::io::copy(&mut part.by_ref().take(left + 1), &mut std::io::sink());
        let unpacked = unpacked.map_err(|e| broken(&e))?;
        left = left.checked_sub(unpacked).ok_or_else(|| {
            format!("the workbook unpacks to more than {} MB; is it another file?", LARGEST_WORKBOOK >> 20)
        })?;
    }
    calamine::open_workbook_from_rs(Cursor::new(content)).map_err(|e| broken(&e))
}

/// The cells of a sheet.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn cells(book: &mut Workbook<'_>, name: &str) -> Result<Range<Data>, String> {
    let shown = printable(name);
    let broken = |e: &dyn std::fmt::Display| format!("sheet {shown} cannot be read: {e}");
    let mut reader = book.worksheet_cells_reader(name).map_err(|e| broken(&e))?;
    let mut cells = Vec::new();
    let (mut rows, mut columns) = (0u64, 0u64);
    while let Some(cell) = reader.next_cell().map_err(|e| broken(&e))? {
        let (row, column) = cell.get_position();
        rows = rows.max(u64::from(row) + 1);
        columns = columns.max(u64::from(column) + 1);
        if rows * columns > MOST_CELLS || cells.len() as u64 > MOST_CELLS {
            return Err(format!(
                "sheet {shown} reaches to row {rows} and column {columns}, which is more than the Governance Indicators have; \
                 delete cells that stand far from the table"
            ));
        }
        let value = Data::from(cell.get_value().clone());
        if value != Data::Empty {
            cells.push(Cell::new((row, column), value));
        }
    }
    Ok(Range::from_sparse(cells))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// A workbook of one sheet `pv` with two cells.
    fn workbook(second: &str, padding: usize) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let sheet = format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>\
             <row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"{second}\"><v>2</v></c></row></sheetData></worksheet>"
        );
        for (name, text) in [
            (
                "[Content_Types].xml",
                "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>",
            ),
            (
                "_rels/.rels",
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
                 <Relationship Id=\"rId1\" \
                 Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
                 Target=\"xl/workbook.xml\"/></Relationships>",
            ),
            (
                "xl/workbook.xml",
                "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
                 xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>\
                 <sheet name=\"pv\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
            ),
            (
                "xl/_rels/workbook.xml.rels",
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
                 <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" \
                 Target=\"worksheets/sheet1.xml\"/></Relationships>",
            ),
            ("xl/worksheets/sheet1.xml", &sheet),
        ] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.start_file("padding", zip::write::SimpleFileOptions::default()).unwrap();
        let block = vec![0; 1 << 20];
        for _ in 0..padding {
            zip.write_all(&block).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn a_cell_far_away_is_refused_before_memory_is_set_aside() {
        let near = workbook("C2", 0);
        let range = cells(&mut open(&near).unwrap(), "pv").unwrap();
        assert_eq!(range.get_value((1, 2)), Some(&Data::Float(2.0)));
        let far = workbook("XFD1048576", 0);
        let error = cells(&mut open(&far).unwrap(), "pv").unwrap_err();
        assert!(error.starts_with("sheet pv reaches to row 1048576 and column 16384"), "{error}");
    }

    #[test]
    fn a_workbook_that_unpacks_to_too_much_is_refused() {
        let Err(error) = open(&workbook("B1", 260)).map(|_| ()) else { panic!("taken") };
        assert_eq!(error, "the workbook unpacks to more than 256 MB; is it another file?");
    }
}
