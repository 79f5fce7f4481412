use parquet::data_type::ByteArray;

use super::{Kind, Schema, TableBytes, TableReader, TableWriter, Values, write_table};

#[test]
fn what_is_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    let schema = Schema::new(
        &[
            ("year", Kind::Int16),
            ("first_row", Kind::Int64),
            ("next_year", Kind::Int32),
            ("product", Kind::Text),
            ("value", Kind::Number),
            ("quantity", Kind::OptionalNumber),
        ],
        3,
    );
    let rows = 20_000usize;
    let mut writer = TableWriter::create(&path, &schema).unwrap();
    for group in 0..2usize {
        let years: Vec<i32> = (0..rows).map(|r| 2007 + (r / 9000) as i32 + group as i32).collect();
        let first: Vec<i64> = (0..rows).map(|r| (r * (group + 1)) as i64).collect();
        let text: Vec<ByteArray> =
            (0..rows).map(|r| ByteArray::from(format!("{:06}", r / 3).as_str())).collect();
        let value: Vec<f64> = (0..rows).map(|r| r as f64 / 7.0).collect();
        let quantity: Vec<Option<f64>> = (0..rows).map(|r| (r % 5 > 0).then_some(r as f64)).collect();
        writer
            .append(vec![
                schema.encode(0, Values::Int16(&years)).unwrap(),
                schema.encode(1, Values::Int64(&first)).unwrap(),
                schema.encode(2, Values::Int32(&years)).unwrap(),
                schema.encode(3, Values::Text(&text)).unwrap(),
                schema.encode(4, Values::Number(&value)).unwrap(),
                schema.encode(5, Values::OptionalNumber(&quantity)).unwrap(),
            ])
            .unwrap();
    }
    assert_eq!(writer.rows(), 2 * rows as u64);
    writer.finish().unwrap();

    let table = TableReader::open(&path).unwrap();
    assert_eq!((table.row_groups(), table.group_rows(1), table.rows()), (2, rows, 40_000));
    let (mut years, mut first, mut text) = (vec![], vec![], vec![]);
    let (mut value, mut quantity) = (vec![], vec![]);
    table.read_int16(1, 0, 17_990, 20, &mut years).unwrap();
    assert_eq!(years[..12], [[2009; 10].as_slice(), &[2010; 2]].concat());
    table.read_int64(1, 1, 12_345, 1, &mut first).unwrap();
    assert_eq!(first, [24_690]);
    assert_eq!((table.kind(0), table.kind(2)), (Some(Kind::Int16), Some(Kind::Int32)));
    table.read_text(0, 3, 17, 3, &mut text).unwrap();
    assert_eq!(text, ["000005", "000006", "000006"]);
    table.read_number(0, 4, 9_000, 2, &mut value).unwrap();
    assert_eq!(value, [9_000.0 / 7.0, 9_001.0 / 7.0]);
    table.read_optional_number(0, 5, 8_999, 3, &mut quantity).unwrap();
    assert_eq!(quantity, [Some(8_999.0), None, Some(9_001.0)]);
    assert!(table.read_number(0, 4, 19_999, 2, &mut value).is_err(), "beyond the end");
    assert!(table.column("quality").is_err());
}

#[test]
fn a_file_is_never_overwritten_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    std::fs::write(&path, "precious").unwrap();
    assert!(TableWriter::create(&path, &Schema::new(&[("a", Kind::Number)], 1)).is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
}

#[test]
fn memory_holds_the_bytes_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    let schema = Schema::new(&[("product", Kind::Text), ("value", Kind::OptionalNumber)], 3);
    let text: Vec<ByteArray> = (0..9000).map(|r| ByteArray::from(format!("{r:06}").as_str())).collect();
    let value: Vec<Option<f64>> = (0..9000).map(|r| (r % 3 > 0).then_some(f64::from(r) / 7.0)).collect();
    let columns = [Values::Text(&text), Values::OptionalNumber(&value)];
    write_table(&path, &schema, &columns).unwrap();
    let place = TableBytes::default();
    let writer = TableWriter::in_memory(&place, &schema).unwrap();
    assert!(place.get().is_none(), "not finished");
    writer.write_all(&schema, &columns).unwrap();
    let bytes = place.get().unwrap();
    assert_eq!(bytes, std::fs::read(&path).unwrap());

    let (file, memory) = (TableReader::open(&path).unwrap(), TableReader::from_bytes(bytes.clone()).unwrap());
    let read = |table: &TableReader| {
        let (mut text, mut value) = (Vec::new(), Vec::new());
        table.read_text(0, 0, 8_190, 5, &mut text).unwrap();
        table.read_optional_number(0, 1, 8_190, 5, &mut value).unwrap();
        (text, value, table.column_names())
    };
    assert_eq!(read(&file), read(&memory));
    assert!(TableReader::from_bytes(bytes.slice(..bytes.len() - 9)).is_err(), "cut short");
}

/// The footer of a file that names billions of row groups, which memory would be set aside for.
#[test]
fn a_footer_that_names_more_than_there_is_is_refused_before_it_is_believed() {
    let place = TableBytes::default();
    let schema = Schema::new(&[("value", Kind::Number)], 3);
    TableWriter::in_memory(&place, &schema)
        .unwrap()
        .write_all(&schema, &[Values::Number(&[1.0, 2.0])])
        .unwrap();
    let whole = place.get().unwrap();
    let size = u32::from_le_bytes(*whole[whole.len() - 8..].first_chunk().unwrap()) as usize;
    let start = whole.len() - 8 - size;
    // Row groups are the fourth field of the footer, a list of structures.
    let at = start + whole[start..].windows(2).position(|w| w == [0x19, 0x1c]).unwrap();
    let mut bytes = whole[..=at].to_vec();
    bytes.extend([0xfc, 0xff, 0xff, 0xff, 0xff, 0x07]);
    bytes.extend(&whole[at + 2..whole.len() - 8]);
    bytes.extend(((size + 5) as u32).to_le_bytes());
    bytes.extend(b"PAR1");
    let error = TableReader::from_bytes(bytes).unwrap_err().to_string();
    assert!(error.contains("its footer is damaged"), "{error}");
    let mut long = whole[..whole.len() - 8].to_vec();
    long.extend(u32::MAX.to_le_bytes());
    long.extend(b"PAR1");
    let error = TableReader::from_bytes(long).unwrap_err().to_string();
    assert!(error.contains("shorter than its footer says"), "{error}");
}
