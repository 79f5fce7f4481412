//! Events of the past, as scenarios: what was stopped, when, in which HS codes, and where that is written.

use super::asked::{Scenario, ScenarioRow};
use crate::nomenclature::Hs6;

/// An event of the past.
///
/// Codes are those of all editions of the HS in which the goods have one; a run has some of them. The cut is what was announced, not what
/// happened to trade.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    /// Its name on the command line and in a study.
    pub name: &'static str,
    /// What happened, in a line.
    pub title: &'static str,
    /// When, and what exactly.
    pub what: &'static str,
    /// The year before it: the trade that was hit.
    pub base_year: u16,
    /// iso3 of the supplier.
    pub supplier: &'static str,
    /// HS codes of the goods, of all editions.
    pub products: &'static [&'static str],
    /// The share of exports that the measure took away, at most.
    pub export_cut: f64,
    /// What the share rests on, and what the codes do not tell.
    pub remark: &'static str,
    /// Where it is written.
    pub sources: &'static [&'static str],
}

/// All events, by year.
pub const EVENTS: [Event; 5] = [
    Event {
        name: "rare-earth-quota-2010",
        title: "China cuts its export quota of rare earths by 40 %",
        what: "In July 2010 China set its export quota for 2010 to 30,258 t of rare earths, 40 % less than the 50,145 t of 2009; the quotas ended in January 2015.",
        base_year: 2009,
        supplier: "CHN",
        products: &["280530", "284610", "284690"],
        export_cut: 0.4,
        remark: "The quota is by weight over all rare earths; the cut is taken alike for metals, cerium compounds and other compounds. Customs counted more than the quota, 39,813 t in \
                 2010 with ores. 2009 was a slump, and the stop of \
                 shipments to Japan in September 2010 is not seen in annual data.",
        sources: &[
            "WTO, China: Measures Related to the Exportation of Rare Earths, Tungsten and Molybdenum, DS431, DS432, DS433, reports of the panel, WT/DS431/R, 26 March 2014",
            "U.S. Geological Survey, Mineral Commodity Summaries 2011, Rare earths",
            "China cuts 2010 rare earth export quota 40 pct, SMM, 11 August 2010 (30,258 t, 19,887 t less than in 2009); on customs: Dow Jones, January 2011",
        ],
    },
    Event {
        name: "nickel-ore-ban-2020",
        title: "Indonesia bans exports of nickel ore",
        what: "From 1 January 2020 Indonesia allows no exports of nickel ore below 1.7 % (Regulation 11 of 2019 of the Ministry of Energy and Mineral Resources); ore above \
               that was banned before.",
        base_year: 2019,
        supplier: "IDN",
        products: &["260400"],
        export_cut: 1.0,
        remark: "Ferronickel and nickel pig iron (720260), which Indonesia makes of the ore, were not banned and grew.",
        sources: &[
            "WTO, Indonesia: Measures Relating to Raw Materials, DS592, report of the panel, WT/DS592/R, 30 November 2022",
            "Norton Rose Fulbright, Indonesia amends regulation on nickel export, October 2019: Regulation 11/2019, in force 1 January 2020",
        ],
    },
    Event {
        name: "gallium-germanium-2023",
        title: "China puts gallium and germanium under export licences",
        what: "From 1 August 2023 exports of gallium, germanium and their compounds need a licence (Announcement 23 of 2023 of the Ministry of Commerce and the General \
               Administration of Customs).",
        base_year: 2022,
        supplier: "CHN",
        products: &["282560", "811230", "811291", "811292", "811299"],
        export_cut: 1.0,
        remark: "A licence is no ban: the scenario is the stop that licences allow. The codes hold other metals too (811292, in the HS of 1992 and 1996 811291: also indium, niobium \
                 and others); germanium had a code of its own, 811230, before the HS of 2007. Gallium oxide, nitride, arsenide and the like, germanium tetrachloride and wafers are \
                 in codes of many other goods (282590, 285000, 285390, 382499, 381800) and are left out.",
        sources: &[
            "Ministry of Commerce and General Administration of Customs of China, Announcement No. 23 of 2023, 3 July 2023, which names tariff lines 8112.9290, 8112.9990, 2825.6000 and others",
        ],
    },
    Event {
        name: "graphite-2023",
        title: "China puts graphite under export licences",
        what: "From 1 December 2023 exports of natural flake graphite and of high-purity artificial graphite need a licence (Announcement 39 of 2023 of the Ministry of Commerce \
               and the General Administration of Customs).",
        base_year: 2022,
        supplier: "CHN",
        products: &["250410", "380110", "380190"],
        export_cut: 1.0,
        remark: "A licence is no ban: the scenario is the stop that licences allow. The codes hold grades that need none: of 380110 the announcement lists graphite of high purity, \
                 strength and density, of 380190 spheroidised flake graphite with a treated surface. Products of graphite in 681510, now 681519, and 382499 are left out.",
        sources: &[
            "Ministry of Commerce and General Administration of Customs of China, Announcement No. 39 of 2023, 20 October 2023",
        ],
    },
    Event {
        name: "cobalt-export-stop-2025",
        title: "Congo stops its exports of cobalt",
        what: "On 22 February 2025 the Democratic Republic of the Congo suspended exports of cobalt for four months, in June for three more, in September until 15 October; quotas follow \
               (18,125 t for the rest of 2025, 96,600 t a year in 2026 and 2027).",
        base_year: 2024,
        supplier: "COD",
        products: &["260500", "282200", "810510", "810520"],
        export_cut: 1.0,
        remark: "A stop of a part of the year against a year of trade, with stocks outside Congo: the scenario is a whole year without them.",
        sources: &[
            "Autorité de régulation et de contrôle des marchés des substances minérales stratégiques (ARECOMS), decisions 001 of 22 February 2025, of 21 June (press release 2025/003) and 004 of September 2025",
        ],
    },
];

impl Event {
    /// Its HS codes.
    pub fn codes(&self) -> Vec<Hs6> {
        self.products.iter().filter_map(|code| code.parse().ok()).collect()
    }

    /// The event as a scenario with some of its codes.
    pub fn scenario(&self, products: Vec<Hs6>) -> Scenario {
        let row = ScenarioRow {
            scenario: self.name.to_owned(),
            export_cut: self.export_cut,
            ..ScenarioRow::stop(self.supplier, products)
        };
        Scenario { name: self.name.to_owned(), rows: vec![row] }
    }
}

/// An event by its name.
///
/// # Errors
/// In words, with the names that there are.
///
/// ```
/// use monazite::shock::events::event;
/// assert_eq!(event("nickel-ore-ban-2020")?.supplier, "IDN");
/// assert!(event("nickel").unwrap_err().contains("nickel-ore-ban-2020"));
/// # Ok::<(), String>(())
/// ```
pub fn event(name: &str) -> Result<&'static Event, String> {
    static ALL: [Event; EVENTS.len()] = EVENTS;
    ALL.iter().find(|event| event.name == name).ok_or_else(|| {
        let names: Vec<&str> = ALL.iter().map(|event| event.name).collect();
        format!("there is no event '{name}'; there are: {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_whole() {
        for event in EVENTS {
            assert_eq!(event.codes().len(), event.products.len(), "{}: codes are codes", event.name);
            assert!(event.products.is_sorted() && !event.sources.is_empty());
            assert!(event.export_cut > 0.0 && event.export_cut <= 1.0);
            assert!(event.name.ends_with(char::is_numeric));
        }
        assert!(EVENTS.is_sorted_by_key(|event| event.base_year));
    }
}
