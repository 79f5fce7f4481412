//! A typology small enough to be checked by hand, for tests.

use super::source::{Cluster, ClusteredProfiles, MapPoint};
use crate::indicators::Column;
use crate::profile::{Feature, ProductSet, ProfileRow, Profiles, Unit, UnitKind};

/// AAA and BBB in cluster 1, CCC an outlier, and a group, in 2020 and 2021; features STR over all products and composite in tier 0.
///
/// Exports: 10, 30, 5 and 40 a year. STR: 1, 2, 4 and 9 in 2020, one more of each in 2021 but for BBB, which has none then. Composite:
/// -1, 0, 1 and 0 in both years.
pub(super) fn small_typology() -> ClusteredProfiles {
    let unit = |code: &str, name: &str, kind| Unit { code: code.to_owned(), name: name.to_owned(), kind };
    let units = vec![
        unit("AAA", "Alpha <1>", UnitKind::Country),
        unit("BBB", "Beta", UnitKind::Country),
        unit("CCC", "Gamma (Republic of)", UnitKind::Country),
        unit("GRP", "Group", UnitKind::Group),
    ];
    let trade = [10.0, 30.0, 5.0, 40.0];
    let mut rows = Vec::new();
    for year in 0..2 {
        for (unit, exports) in trade.into_iter().enumerate() {
            let str = (year == 0 || unit != 1).then(|| [1.0, 2.0, 4.0, 9.0][unit] + year as f64);
            let values = vec![str, Some([-1.0, 0.0, 1.0, 0.0][unit])];
            rows.push(ProfileRow { year, unit, imports: 1.0, exports, composite: None, values });
        }
    }
    let map = rows
        .iter()
        .map(|row| MapPoint {
            year: 2020 + row.year as u16,
            country: units[row.unit].code.clone(),
            kind: units[row.unit].kind,
            place: [row.unit as f64, row.year as f64],
            cluster: if row.unit == 2 { 0 } else { 1 },
        })
        .collect();
    let feature = |indicator, tier| Feature { indicator, products: ProductSet::All, tier };
    let features = vec![feature(Column::Str, None), feature(Column::Pc1, Some(0))];
    ClusteredProfiles {
        profiles: Profiles { features, years: vec![2020, 2021], units, rows },
        assigned: vec![Some(1), Some(1), Some(0), None],
        exports: trade.iter().map(|exports| 2.0 * exports).collect(),
        map,
        clusters: vec![
            Cluster { number: 0, units: vec![2], exports: 10.0 },
            Cluster { number: 1, units: vec![1, 0], exports: 80.0 },
        ],
    }
}
