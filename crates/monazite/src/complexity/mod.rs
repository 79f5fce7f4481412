//! Economic complexity: what countries' exports say of what they are able to make, and what lies near to it.
//!
//! | question | file |
//! |---|---|
//! | what does every country export of every product? | [`mod@exports`] |
//! | which countries and products are compared, and what is left out? | [`mod@sample`] |
//! | can the tables beside the trade be what they are taken for? | [`mod@side_tables`] |
//! | who exports what with comparative advantage: the matrix M | [`mod@advantage`] |
//! | ECI and PCI: along which line do countries and products differ most? | [`mod@index`] |
//! | fitness of countries and quality of products | [`mod@fitness`] |
//! | how near are two products? | [`mod@proximity`] |
//! | how near is a product to what a country exports already, and what does it open up? | [`mod@density`] |
//! | what a country does not export yet, the nearest and most complex first | [`mod@opportunities`] |
//! | all of it, from trade data | [`mod@computed`] |
//! | the same as files | [`mod@files`] |
//! | the same for the terminal and for scripts | [`mod@answer`] |
//!
//! Matrices are by country and product of the sample: countries in the order of their code, products in the order of theirs. All of it is the
//! same to the last bit whatever the number of threads and the order of rows.

pub mod advantage;
pub mod answer;
pub mod computed;
pub mod density;
mod error;
pub mod exports;
pub mod files;
pub mod fitness;
pub mod index;
pub mod opportunities;
pub mod options;
pub mod proximity;
pub mod sample;
pub mod side_tables;

pub use advantage::{Advantage, Component};
pub use answer::ComplexityAnswer;
pub use computed::{Complexity, complexity};
pub use density::{ProductSpace, product_space};
pub use error::ComplexityError;
pub use exports::ExportMatrix;
pub use files::write_complexity;
pub use fitness::{Fitness, fitness};
pub use index::{ComplexityIndex, IndexError, complexity_index};
pub use opportunities::{Opportunity, opportunities};
pub use options::{ComplexityOptions, SideTables};
pub use proximity::{ProximityPair, near_pairs, proximities, proximity};
pub use sample::{DropReason, Dropped, Left, Sample};
