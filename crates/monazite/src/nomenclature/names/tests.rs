use super::*;
use crate::nomenclature::groups::builtin_groups;

fn iso3(text: &str) -> String {
    match find(text) {
        Ok(country) => country.iso3.clone(),
        Err(error) => error.to_string(),
    }
}

/// Every spelling of a list is one country.
fn all(iso3_code: &str, spellings: &[&str]) {
    for text in spellings {
        assert_eq!(iso3(text), iso3_code, "{text}");
    }
}

#[test]
// Long: a list of spellings.
fn what_people_type() {
    all(
        "KOR",
        &[
            "South Korea",
            "south korea",
            "Korea, Republic of",
            "Korea (Republic of)",
            "ROK",
            "kr",
            "kor",
            "S. Korea",
        ],
    );
    all(
        "PRK",
        &["North Korea", "DPRK", "Korea, Dem. People's Rep.", "Dem. People's Rep. of Korea", "Korea, North"],
    );
    all("RUS", &["Russia", "Russian Federation", "RU", "rus", "Russian Fed."]);
    all(
        "USA",
        &[
            "United States",
            "USA",
            "U.S.A.",
            "US",
            "u.s.",
            "United States of America",
            "the United States",
            "America",
        ],
    );
    all(
        "TWN",
        &[
            "Taiwan",
            "Chinese Taipei",
            "Other Asia, nes",
            "Taiwan, China",
            "Taiwan, Province of China",
            "S19",
            "TW",
            "490",
            "158",
        ],
    );
    all(
        "GBR",
        &[
            "UK",
            "uk",
            "U.K.",
            "Great Britain",
            "United Kingdom",
            "GB",
            "United Kingdom of Great Britain and Northern Ireland",
        ],
    );
    all(
        "COD",
        &[
            "DRC",
            "DR Congo",
            "Congo Kinshasa",
            "Congo (Kinshasa)",
            "Zaire",
            "Congo, Dem. Rep.",
            "Dem. Rep. of the Congo",
            "ZAR",
            "Democratic Republic of Congo",
        ],
    );
    all("COG", &["Congo, Rep.", "Republic of the Congo", "Congo (Brazzaville)", "Congo-Brazzaville"]);
    all(
        "CIV",
        &[
            "Ivory Coast",
            "Cote d'Ivoire",
            "Côte d’Ivoire",
            "COTE D'IVOIRE",
            "Côte d`Ivoire",
            "CÃ´te d'Ivoire",
            "Cote d Ivoire",
        ],
    );
    all("TUR", &["Turkey", "Türkiye", "TÜRKIYE", "TÜRKİYE", "turkiye", "Turkiye"]);
    all("CZE", &["Czech Republic", "Czechia", "Czech Rep."]);
    all("MMR", &["Burma", "Myanmar", "Myanmar (Burma)"]);
    all("SWZ", &["Swaziland", "Eswatini"]);
    all("CPV", &["Cape Verde", "Cabo Verde"]);
    all(
        "MKD",
        &[
            "Macedonia",
            "North Macedonia",
            "Macedonia, FYR",
            "TFYR of Macedonia",
            "The former Yugoslav Republic of Macedonia",
        ],
    );
    all("VAT", &["Vatican", "Holy See", "Holy See (Vatican City State)", "Vatican City"]);
    all(
        "HKG",
        &[
            "Hong Kong",
            "Hong Kong SAR, China",
            "China, Hong Kong SAR",
            "Hongkong",
            "HK",
            "Hong Kong (China)",
            "China, Hong Kong Special Administrative Region",
        ],
    );
    all("MAC", &["Macao", "Macau", "China, Macao SAR", "Macao SAR, China"]);
    all("LAO", &["Laos", "Lao PDR", "Lao People's Democratic Republic", "Lao People's Dem. Rep."]);
    all("VNM", &["Vietnam", "Viet Nam", "VIETNAM"]);
    all(
        "PSE",
        &[
            "Palestine",
            "West Bank and Gaza",
            "State of Palestine",
            "Palestine, State of",
            "WBG",
            "Occ. Palestinian Terr.",
        ],
    );
    all("XKX", &["Kosovo", "XK", "KSV", "XKX", "UNK"]);
    all("FSM", &["Micronesia", "Micronesia, Fed. Sts.", "FS Micronesia", "Micronesia (Federated States of)"]);
    all("NLD", &["Holland", "The Netherlands", "netherlands"]);
    all("CUW", &["Curaçao", "curacao", "CURAÇAO"]);
    all("NAM", &["Namibia", "NA"]);
}

#[test]
fn what_the_world_bank_writes() {
    for (text, code) in [
        ("Korea, Rep.", "KOR"),
        ("Egypt, Arab Rep.", "EGY"),
        ("Yemen, Rep.", "YEM"),
        ("Gambia, The", "GMB"),
        ("Bahamas, The", "BHS"),
        ("Iran, Islamic Rep.", "IRN"),
        ("Venezuela, RB", "VEN"),
        ("Kyrgyz Republic", "KGZ"),
        ("Slovak Republic", "SVK"),
        ("Syrian Arab Republic", "SYR"),
        ("St. Lucia", "LCA"),
        ("St. Kitts and Nevis", "KNA"),
        ("St. Vincent and the Grenadines", "VCT"),
        ("Brunei Darussalam", "BRN"),
        ("Virgin Islands (U.S.)", "VIR"),
        ("Sint Maarten (Dutch part)", "SXM"),
        ("St. Martin (French part)", "MAF"),
        ("Lao PDR", "LAO"),
        ("Turkiye", "TUR"),
        ("Puerto Rico (US)", "PRI"),
        ("Somalia, Fed. Rep.", "SOM"),
        ("Congo, Rep.", "COG"),
        ("ADO", "AND"),
        ("ROM", "ROU"),
        ("TMP", "TLS"),
        ("Sao Tome and Principe", "STP"),
        ("Faeroe Islands", "FRO"),
        ("Timor-Leste", "TLS"),
    ] {
        assert_eq!(iso3(text), code, "{text}");
    }
}

#[test]
fn what_comtrade_and_the_iso_write() {
    for (text, code) in [
        ("Rep. of Korea", "KOR"),
        ("United Rep. of Tanzania", "TZA"),
        ("Rep. of Moldova", "MDA"),
        ("Bosnia Herzegovina", "BIH"),
        ("Bolivia (Plurinational State of)", "BOL"),
        ("Dominican Rep.", "DOM"),
        ("Central African Rep.", "CAF"),
        ("Solomon Isds", "SLB"),
        ("Marshall Isds", "MHL"),
        ("Br. Virgin Isds", "VGB"),
        ("N. Mariana Isds", "MNP"),
        ("Falkland Isds (Malvinas)", "FLK"),
        ("Wallis and Futuna Isds", "WLF"),
        ("Mayotte (Overseas France)", "MYT"),
        ("USA (before 1981)", "USA"),
        ("India (...1974)", "IND"),
        ("Belgium-Luxembourg (...1998)", "BEL"),
        ("Fmr Fed. Rep. of Germany", "DEU"),
        ("Serbia and Montenegro (...2005)", "SCG"),
        ("Neth. Antilles", "ANT"),
        ("Tanzania, United Republic of", "TZA"),
        ("Moldova, Republic of", "MDA"),
        ("Venezuela (Bolivarian Republic of)", "VEN"),
        ("Iran (Islamic Republic of)", "IRN"),
        ("Lao People's Dem. Rep.", "LAO"),
        ("Saint Helena, Ascension and Tristan da Cunha", "SHN"),
        ("Bonaire, Sint Eustatius and Saba", "BES"),
        ("Heard Island and McDonald Islands", "HMD"),
    ] {
        assert_eq!(iso3(text), code, "{text}");
    }
}

#[test]
fn a_name_of_two_says_both() {
    assert_eq!(iso3("Korea"), "'Korea' may be KOR (South Korea) or PRK (North Korea); say which");
    assert_eq!(iso3("congo"), "'congo' may be COD (DR Congo) or COG (Republic of the Congo); say which");
    assert!(iso3("Virgin Islands").contains("VGB (British Virgin Islands) or VIR (U.S. Virgin Islands)"));
    assert_eq!(find_in_table("Congo").unwrap().iso3, "COG", "as the United Nations' tables have it");
    assert!(find_in_table("Korea").is_err());
}

#[test]
fn sums_are_no_countries() {
    for text in [
        "World",
        "WLD",
        "W00",
        "0",
        "EUU",
        "EU",
        "eu27",
        "European Union",
        "Euro area",
        "EMU",
        "OECD members",
        "OED",
        "Sub-Saharan Africa",
        "Arab World",
        "High income",
        "Areas, nes",
        "899",
        "Other Africa, nes",
        "Asia",
        "ASEAN",
        "OWID_WRL",
        "OWID_HIC",
        "Rest of World",
        "Bunkers",
        "Unspecified",
        "IDA & IBRD total",
        "Total",
    ] {
        assert!(matches!(find(text), Err(NotFound::Aggregate { .. })), "{text}: {}", iso3(text));
    }
    assert_eq!(iso3("OWID_KOS"), "XKX");
    assert_eq!(iso3("WLD"), "'WLD' is World, a sum of countries, not a country");
    assert_eq!(iso3("World"), "'World' is a sum of countries, not a country");
    for group in builtin_groups().keys() {
        assert!(matches!(find(group), Err(NotFound::Aggregate { .. })), "{group}");
    }
}

#[test]
fn what_is_near_is_named_sensibly() {
    assert_eq!(
        iso3("Soth Korea"),
        "'Soth Korea' is not the code or the name of a country; near to it: KOR (South Korea), PRK (North Korea)"
    );
    assert_eq!(
        iso3("Germny"),
        "'Germny' is not the code or the name of a country; near to it: DEU (Germany)"
    );
    assert!(iso3("GER").contains("near to it: DEU (Germany)"), "{}", iso3("GER"));
    assert!(iso3("Ivorian Coast").contains("CIV"), "{}", iso3("Ivorian Coast"));
    assert!(iso3("Uniited Kingdom").contains("GBR"));
    for text in ["South Korea", "Soth Korea", "S Koreea"] {
        assert!(!iso3(text).contains("SSD"), "{}", iso3(text));
    }
    assert_eq!(iso3("XYZ"), "'XYZ' is not the code or the name of a country");
    assert_eq!(iso3(""), "'' is not the code or the name of a country");
}

#[test]
fn every_number_of_baci_and_comtrade_is_known() {
    for (number, code) in [
        (381, "ITA"),
        (380, "ITA"),
        (251, "FRA"),
        (250, "FRA"),
        (579, "NOR"),
        (578, "NOR"),
        (757, "CHE"),
        (756, "CHE"),
        (842, "USA"),
        (841, "USA"),
        (840, "USA"),
        (699, "IND"),
        (356, "IND"),
        (490, "TWN"),
        (158, "TWN"),
        (58, "BEL"),
        (56, "BEL"),
        (280, "DEU"),
        (276, "DEU"),
        (278, "DDR"),
        (736, "SDN"),
        (729, "SDN"),
        (728, "SSD"),
        (891, "SCG"),
        (688, "SRB"),
        (499, "MNE"),
        (890, "YUG"),
        (200, "CSK"),
        (810, "SUN"),
        (711, "ZA1"),
        (710, "ZAF"),
        (849, "PUS"),
        (530, "ANT"),
        (531, "CUW"),
        (534, "SXM"),
        (535, "BES"),
        (275, "PSE"),
        (180, "COD"),
        (178, "COG"),
        (231, "ETH"),
        (230, "ETH"),
        (887, "YEM"),
        (886, "YEM"),
        (720, "YEM"),
        (591, "PAN"),
        (588, "PAK"),
        (704, "VNM"),
        (834, "TZA"),
    ] {
        assert_eq!(of_number(number).unwrap().iso3, code, "{number}");
    }
    assert_eq!(numbers_of("ITA"), [380, 381]);
    assert_eq!(iso3("056"), "BEL");
    // What each release's own table says of its numbers is what is known here.
    for (_, country) in Countries::builtin().iter().filter(|(_, c)| c.iso3 != "R20") {
        for &number in &country.baci_codes {
            assert_eq!(of_number(number).unwrap().iso3, country.iso3, "{number}");
        }
    }
}

#[test]
fn the_tables_are_whole_and_nothing_has_two_meanings() {
    let mut meaning: HashMap<String, String> = HashMap::new();
    for row in embedded_rows(include_str!("../country_names.csv")) {
        for spelling in row[3].split('|') {
            let key = key(spelling);
            assert!(!key.is_empty(), "{spelling}");
            let before = meaning.insert(key, row[0].to_owned());
            assert!(before.is_none_or(|before| before == row[0]), "{spelling}");
        }
    }
    for row in embedded_rows(include_str!("../aggregates.csv")) {
        for spelling in row[2].split('|') {
            let before = meaning.insert(key(spelling), format!("sum {}", &row[0]));
            assert!(
                before.as_deref().is_none_or(|b| b == format!("sum {}", &row[0])),
                "{spelling}: {before:?}"
            );
        }
        for code in row[0].split('|') {
            assert!(!NAMES.by_iso3.contains_key(code) && !NAMES.by_iso2.contains_key(code), "{code}");
        }
    }
    // Each country by its own codes and name, and each name of BACI's table.
    for country in &NAMES.countries {
        assert_eq!(iso3(&country.iso3), country.iso3);
        assert_eq!(iso3(&country.name), country.iso3, "{}", country.name);
        if !country.iso2.is_empty() && country.iso3 != "SCG" {
            assert_eq!(iso3(&country.iso2), country.iso3, "{}", country.iso2);
        }
    }
    for (_, country) in Countries::builtin().iter().filter(|(_, c)| c.iso3 != "R20" && c.iso3 != "COG") {
        assert_eq!(iso3(&country.name), country.iso3, "{}", country.name);
    }
}

#[test]
fn a_table_finds_its_own_and_says_what_it_lacks() {
    let own = Countries::from_list(vec![
        Country { iso3: "AAA".to_owned(), name: "Alpha Land".to_owned(), baci_codes: vec![1] },
        Country { iso3: "KOR".to_owned(), name: "Rep. of Korea".to_owned(), baci_codes: vec![410] },
    ])
    .unwrap();
    let code = |text: &str| match own.find_named(text) {
        Ok(id) => own.get(id).iso3.clone(),
        Err(error) => error.to_string(),
    };
    assert_eq!(
        [code("aaa"), code("alpha land"), code("1"), code("South Korea")],
        ["AAA", "AAA", "AAA", "KOR"]
    );
    assert_eq!(code("Germany"), "'Germany' is DEU (Germany), which is not a country of the data");
    assert_eq!(code("DEU"), "DEU (Germany) is not a country of the data");
    assert_eq!(code("Germny"), "'Germny' is not the code or the name of a country");
}

#[test]
fn codes_of_other_releases_are_adopted_by_tables_of_bacis_kind_only() {
    let table = Countries::builtin();
    assert!(
        table.could_adopt(381)
            && !table.could_adopt(380)
            && !table.could_adopt(899)
            && !table.could_adopt(492)
    );
    let more = table.adopting().unwrap();
    let iso3 = |code| more.get(more.by_code(code).unwrap()).iso3.as_str();
    assert_eq!([iso3(381), iso3(380), iso3(840), iso3(890)], ["ITA", "ITA", "USA", "YUG"]);
    assert!(
        more.is_adopted(381)
            && !more.is_former_state(381)
            && more.is_former_state(58)
            && !more.could_adopt(381)
    );
    assert_eq!(
        more.get(more.by_code(381).unwrap()).baci_codes[0],
        380,
        "the table's own code stays the first"
    );
    let made_up = Countries::from_list(vec![
        Country { iso3: "AAA".to_owned(), name: "Alpha".to_owned(), baci_codes: vec![4] },
        Country { iso3: "BBB".to_owned(), name: "Beta".to_owned(), baci_codes: vec![8] },
    ])
    .unwrap();
    assert!(!made_up.could_adopt(381));
}
