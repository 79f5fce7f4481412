//! The headers that people have, and what is said of those that are not understood.

use super::*;
use crate::ingest::own_table::ColumnMap;

fn find(header: &str, options: &TableOptions) -> Result<Layout, LayoutProblem> {
    let names: Vec<String> = header.split(',').map(|name| name.trim().to_owned()).collect();
    Layout::find(&names, None, options)
}

fn words(header: &str, options: &TableOptions) -> String {
    find(header, options).unwrap_or_else(|e| panic!("{header}: {e:?}")).in_words()
}

fn problem(header: &str, options: &TableOptions) -> String {
    match find(header, options).unwrap_err() {
        LayoutProblem::Other(message) => message,
        LayoutProblem::Missing(what) => what.join("; "),
    }
}

fn flow(flow: FlowDirection) -> TableOptions {
    TableOptions { flow: Some(flow), ..TableOptions::default() }
}

#[test]
fn the_headers_that_people_have() {
    let none = TableOptions::default();
    for (header, options, expected) in [
        (
            "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,reporterDesc,flowCode,flowDesc,partnerCode,partnerISO,partnerDesc,partner2Code,classificationCode,cmdCode,cmdDesc,aggrLevel,customsCode,motCode,qty,netWgt,cifvalue,fobvalue,primaryValue",
            &none,
            "year = refYear, reporter = reporterCode, partner = partnerCode, product = cmdCode, value = primaryValue in USD, quantity = netWgt in kilograms, imports or exports by flowCode",
        ),
        (
            "Classification,Year,Period,Trade Flow,Reporter Code,Reporter,Reporter ISO,Partner Code,Partner,Partner ISO,Commodity Code,Commodity,Netweight (kg),Trade Value (US$)",
            &none,
            "year = Year, reporter = Reporter Code, partner = Partner Code, product = Commodity Code, value = Trade Value (US$) in USD, quantity = Netweight (kg) in kilograms, imports or exports by Trade Flow",
        ),
        (
            "yr,rgCode,rgDesc,rtCode,rt3ISO,ptCode,pt3ISO,cmdCode,NetWeight,TradeValue",
            &none,
            "year = yr, reporter = rtCode, partner = ptCode, product = cmdCode, value = TradeValue in USD, quantity = NetWeight in kilograms, imports or exports by rgDesc",
        ),
        (
            "year,reporter_iso,partner_iso,commodity_code,trade_value_usd_exp,trade_value_usd_imp",
            &flow(FlowDirection::Imports),
            "year = year, reporter = reporter_iso, partner = partner_iso, product = commodity_code, value = trade_value_usd_imp in USD, as imports",
        ),
        (
            "year,reporter_iso,partner_iso,commodity_code,trade_value_usd_exp,trade_value_usd_imp",
            &flow(FlowDirection::Exports),
            "year = year, reporter = reporter_iso, partner = partner_iso, product = commodity_code, value = trade_value_usd_exp in USD, as exports",
        ),
        (
            "Year,Exporter Country ID,Exporter Country,Importer Country ID,Importer Country,HS6 ID,HS6,Trade Value",
            &none,
            "year = Year, exporter = Exporter Country ID, importer = Importer Country ID, product = HS6 ID, value = Trade Value in USD",
        ),
        (
            "iso3_o,iso3_d,year,hs6,value",
            &none,
            "year = year, exporter = iso3_o, importer = iso3_d, product = hs6, value = value in thousand USD",
        ),
        (
            "Nomenclature,ReporterISO3,ProductCode,ReporterName,PartnerISO3,PartnerName,Year,TradeFlowName,TradeFlowCode,TradeValue in 1000 USD",
            &none,
            "year = Year, reporter = ReporterISO3, partner = PartnerISO3, product = ProductCode, value = TradeValue in 1000 USD in thousand USD, imports or exports by TradeFlowName",
        ),
        (
            "Reporter,Partner,ProductCode,Year,TradeFlow,Trade Value (US$ Thousand)",
            &none,
            "year = Year, reporter = Reporter, partner = Partner, product = ProductCode, value = Trade Value (US$ Thousand) in thousand USD, imports or exports by TradeFlow",
        ),
        (
            "year,location_code,partner_code,hs_product_code,export_value,import_value",
            &flow(FlowDirection::Exports),
            "year = year, reporter = location_code, partner = partner_code, product = hs_product_code, value = export_value in USD, as exports",
        ),
    ] {
        assert_eq!(words(header, options), expected, "{header}");
    }
}

#[test]
fn columns_that_are_given_take_the_place_of_what_is_known() {
    use ColumnRole::{Exporter, Importer, Product, Value, Year};
    let columns = ColumnMap::new([
        (Year, "jahr"),
        (Exporter, "von"),
        (Importer, "nach"),
        (Product, "Warennummer"),
        (Value, "Wert in Mio. USD"),
    ])
    .unwrap();
    let mut options = TableOptions { columns, ..TableOptions::default() };
    let header = "jahr,year,von,nach,Warennummer,Wert in Mio. USD,value";
    assert_eq!(
        words(header, &options),
        "year = jahr, exporter = von, importer = nach, product = Warennummer, value = Wert in Mio. USD in million USD"
    );
    options.unit = Some(ValueUnit::Usd);
    assert!(
        problem(header, &options).starts_with(
            "data.unit says USD, and the name of the column 'Wert in Mio. USD' says million USD"
        )
    );
    assert!(
        problem("year,von,nach,Warennummer,value", &options)
            .starts_with("data.columns says that the year is in 'jahr', and there is no such column; the header has: year, von,")
    );
}

#[test]
fn what_is_not_said_is_asked_for() {
    let none = TableOptions::default();
    assert!(
        problem("year,reporter_iso,partner_iso,commodity_code,trade_value_usd_exp,trade_value_usd_imp", &none)
            .contains("('trade_value_usd_imp' and 'trade_value_usd_exp'), which are two reports of the same trade; choose one with data.flow")
    );
    assert!(
        problem("year,reporter,partner,hs6,value_usd", &none)
            .contains("no column that says whether the reporter imports or exports")
    );
    assert!(
        problem("year,origin,destination,hs6,value", &none).contains("set data.unit (--unit) to \"usd\"")
    );
    assert!(
        problem("year,exporter,importer,hs6,value_usd,value_usd", &none)
            .contains("columns 5 and 6 are both 'value_usd'")
    );
    assert_eq!(
        problem("year,exporter,hs6", &none),
        "the exporter and the importer (or the reporter and its partner); the value"
    );
    assert!(
        problem("year,exporter,importer,hs6,value_usd", &flow(FlowDirection::Imports))
            .contains("take data.flow out")
    );
    let usd = TableOptions { unit: Some(ValueUnit::Usd), ..TableOptions::default() };
    assert_eq!(find("t,i,j,k,v", &usd).unwrap().unit, ValueUnit::Usd, "BACI's name does not say a unit");
    assert!(problem("year,exporter,importer,hs6,value_1000usd", &usd).contains("says thousand USD"));
    let layout = find("year,exporter,importer,hs6,value_usd,quantity", &none).unwrap();
    assert_eq!(layout.quantity, None);
    assert!(layout.notes[0].contains("the quantities in 'quantity' are not read"));
}
