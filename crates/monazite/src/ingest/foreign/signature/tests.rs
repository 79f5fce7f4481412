//! First bytes as programs write them.

use std::io::Write;

use super::*;

fn what(bytes: &[u8]) -> &'static str {
    kind_of(bytes, "x").described()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// An archive of empty entries.
fn zip(names: &[&str]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in names {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(b"some bytes").unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn what_is_read_is_known() {
    assert_eq!(kind_of(b"PAR1\x15\x04\x15\x20", "x"), Kind::Parquet);
    assert_eq!(kind_of(b"<stata_dta><header><release>118", "x.dta"), Kind::Stata);
    // Release 114, low byte first, as pandas writes it; release 115, high byte first.
    assert_eq!(kind_of(b"\x72\x02\x01\x00\x07\x00\x06\x00\x00\x00", "x"), Kind::Stata);
    assert_eq!(kind_of(b"\x73\x01\x01\x00\x00\x07", "x"), Kind::Stata);
    assert_eq!(kind_of(&zip(&["BACI_HS92_Y2019_V202501.csv"]), "x"), Kind::Zip);
    assert_eq!(kind_of(&gzip(b"t,i,j,k,v,q\n2019,1,2,3,4,5\n"), "x.csv.gz"), Kind::Gzip);
    assert_eq!(kind_of(&gzip(b""), "x"), Kind::Gzip);
    let packed = zstd::encode_all(&b"t,i,j,k,v,q\n"[..], 1).unwrap();
    assert_eq!(kind_of(&packed, "x"), Kind::Zstd);
    // What is packed is cut where the first bytes end.
    let long: Vec<u8> = (0..200_000u32)
        .flat_map(|n| format!("{},{n}\n", n.wrapping_mul(2_654_435_761)).into_bytes())
        .collect();
    assert_eq!(kind_of(&gzip(&long)[..FIRST_BYTES], "x"), Kind::Gzip);
    assert_eq!(kind_of(&zstd::encode_all(&long[..], 1).unwrap()[..FIRST_BYTES], "x"), Kind::Zstd);
}

#[test]
fn texts_are_known_with_how_they_are_written() {
    let text = |bytes: &[u8]| match kind_of(bytes, "x.csv") {
        Kind::Text(encoding) => encoding,
        other => panic!("{other:?}"),
    };
    for utf8 in [
        &b"t,i,j,k,v,q\n"[..],
        b"\xef\xbb\xbf\"t\";\"i\"\r\n",
        "x,Côte".as_bytes(),
        b"t\ti\tj\n",
        b"x",
        b"BZh,x\n",
        b"ORC,1\n",
    ] {
        assert_eq!(text(utf8), TextEncoding::Utf8, "{utf8:?}");
    }
    assert_eq!(text(&"x,Côte".as_bytes()[..5]), TextEncoding::Utf8, "the last letter is cut");
    assert_eq!(text(b"x,C\xf4te d'Ivoire\n"), TextEncoding::OneByte);
    assert_eq!(text(b"\xff\xfet\0,\0i\0"), TextEncoding::Utf16Little);
    assert_eq!(text(b"\xfe\xff\0t\0,\0i"), TextEncoding::Utf16Big);
    assert_eq!(text(b"t\0,\0i\0,\0j\0\n\0"), TextEncoding::Utf16Little);
    assert_eq!(text(b"\0t\0,\0i\0,\0j\0\n"), TextEncoding::Utf16Big);
    // Letters that only look like the beginning of something else.
    for utf8 in [&b"[t],[i],[j]\n"[..], b"{x},y\n", b"<1,2\n", b"reporter,partner\n", b"stata,1\n", b"PK,1\n"]
    {
        assert_eq!(text(utf8), TextEncoding::Utf8, "{}", String::from_utf8_lossy(utf8));
    }
}

#[test]
fn what_is_not_read_is_named() {
    for (bytes, words) in [
        (&b""[..], "an empty file"),
        (b"\0\0\0\0\0\0\0\0\0\0", "a file of nothing but zeros, whose download did not end"),
        (b"PARE\x15\x04", "an encrypted Parquet file"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "a 7z archive"),
        (b"Rar!\x1a\x07\x01\0", "a rar archive"),
        (b"\xfd7zXZ\0\0\x04", "packed with xz"),
        (b"BZh91AY&SY\x9e\x01\0\x82\0\0", "packed with bzip2"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "an old Excel workbook (.xls), or one with a password"),
        (b"ARROW1\0\0\xff\xff\xff\xff", "a Feather or Arrow file"),
        (b"FEA1\0\0\0\0", "a Feather file"),
        (b"\xff\xff\xff\xff\xf8\0\0\0", "a stream of Arrow"),
        (b"RDX3\nX\n\0\0\0\x03", "a workspace of R (.rda, .RData)"),
        (b"X\n\0\0\0\x03\0\x04\x01\0", "an object of R (.rds)"),
        (b"SQLite format 3\0\x10\0\x01\x01", "a database of SQLite"),
        (b"\x12\x34\x56\x78\x9a\xbc\xde\xf0DUCK\x40\0\0\0", "a database of DuckDB"),
        (b"\0\x01\0\0Standard ACE DB\0", "a database of Access"),
        (b"\x89HDF\r\n\x1a\n\0", "an HDF5 file"),
        (b"$FL2@(#) SPSS DATA FILE", "a table of SPSS (.sav)"),
        (
            b"\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\0",
            "a table of SAS (.sas7bdat)",
        ),
        (b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!", "a transport file of SAS (.xpt)"),
        (b"\x80\x05\x95\x2a\x03\0\0\0\0\0\0\x8c", "a pickle of Python"),
        (b"\x93NUMPY\x01\0v\0{'descr'", "an array of numpy (.npy)"),
        (b"ORC\x0a\x0b\0\0\x01", "an ORC file"),
        (b"Obj\x01\x04\x14avro.codec", "an Avro file"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\n<!DOCTYPE html>\n<html>", "a web page (HTML)"),
        (b"<HTML><head>", "a web page (HTML)"),
        (b"<table border=\"1\" class=\"dataframe\">", "a web page (HTML)"),
        (b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<mes:StructureSpecificData", "XML"),
        (b"\xff\xfe<\0?\0x\0m\0l\0", "XML"),
        (b"{\"elapsedTime\": \"0.1 secs\", \"data\": [", "JSON"),
        (b"[\n  {\"t\": 2019}", "JSON"),
        (b"\0\x05\x16\x07\0\x02\0\0Mac OS X", "what macOS keeps beside a file (its name begins with ._)"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "a pointer of Git LFS, not the file itself"),
        (b"[InternetShortcut]\r\nURL=", "a shortcut to a web page"),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08", "neither text nor a table of a kind that is known"),
        (b"t,i\0j,k\0\0\0v", "neither text nor a table of a kind that is known"),
    ] {
        assert_eq!(what(bytes), words);
        assert!(refusal_of(kind_of(bytes, "x"), "x").unwrap().starts_with(&format!("this is {words}; ")));
    }
    let mut tar = vec![0; 512];
    tar[..5].copy_from_slice(b"a.csv");
    tar[257..263].copy_from_slice(b"ustar\0");
    assert_eq!(what(&tar), "a tar archive");
    assert_eq!(what(&gzip(&tar)), "a tar archive");
    assert_eq!(what(&zstd::encode_all(&tar[..], 1).unwrap()), "a tar archive");
}

#[test]
fn archives_are_known_by_what_is_in_them() {
    assert_eq!(what(&zip(&["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"])), "an Excel workbook");
    assert_eq!(what(&zip(&["docProps/app.xml", "xl/workbook.xml"])), "an Excel workbook");
    assert_eq!(what(&zip(&["[Content_Types].xml", "word/document.xml"])), "a file of an office program");
    assert_eq!(what(&zip(&["arr_0.npy"])), "an archive of numpy (.npz)");
    assert_eq!(what(&zip(&["trade/part-0.parquet"])), "a zip archive of Parquet files");
    assert_eq!(what(&gzip(b"RDX2\nX\n\0\0\0\x02")), "a workspace of R (.rda, .RData)");
    assert_eq!(what(&gzip(b"X\n\0\0\0\x03\0")), "an object of R (.rds)");
    assert_eq!(what(&gzip(b"PAR1\x15\x04")), "a Parquet file packed once more");
    assert_eq!(what(&gzip(&gzip(b"t,i\n"))), "packed twice");
    assert_eq!(what(&gzip(&zip(&["a.csv"]))), "a zip archive packed once more");
}

#[test]
fn endings_that_say_something_else_are_named() {
    let workbook = kind_of(&zip(&["xl/workbook.xml"]), "trade.csv");
    assert_eq!(
        refusal_of(workbook, "Trade.CSV").unwrap(),
        "this is an Excel workbook, though its name ends in .csv; save the sheet as csv"
    );
    assert_eq!(
        refusal_of(workbook, "trade.xlsx").unwrap(),
        "this is an Excel workbook; save the sheet as csv"
    );
    assert_eq!(contradiction(kind_of(b"t,i\n", "x"), "a.parquet"), Some(".parquet"));
    assert_eq!(contradiction(kind_of(b"t,i\n", "x"), "a.csv"), None);
    assert_eq!(contradiction(kind_of(b"t,i\n", "x"), "a"), None);
    assert_eq!(contradiction(kind_of(b"x\xf4\n", "x"), "a.txt"), None);
    assert_eq!(contradiction(kind_of(b"PAR1", "x"), "a.zip"), Some(".zip"));
    assert_eq!(contradiction(kind_of(&gzip(b"t\n"), "x"), "a.csv"), Some(".csv"));
    assert_eq!(
        refusal_of(kind_of(b"", "x"), "a.csv").unwrap().split(';').next(),
        Some("this is an empty file")
    );
    assert!(refusal_of(kind_of(b"t,i\n", "x"), "a.parquet").is_none());
}
