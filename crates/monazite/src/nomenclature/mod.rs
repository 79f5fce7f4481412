//! What things are called: products (HS codes and their editions) and countries
//! (BACI's numeric codes, iso3, groups).

pub mod code_search;
pub mod concordance;
pub mod country;
pub mod edition_codes;
pub mod groups;
pub mod hs;
pub mod materials;
pub mod merged_names;
pub mod names;
pub mod spelling;
pub mod suggestion;
pub mod texts;
pub mod years;

pub use concordance::Concordance;
pub use country::{Countries, Country, CountryId};
pub use edition_codes::{EditionFit, fits};
pub use groups::{CountryGroup, builtin_groups};
pub use hs::{Hs6, HsEdition};
pub use names::{KnownCountry, NotFound};
pub use years::YearRange;
