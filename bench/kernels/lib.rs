//! Criterion benches of the kernels; see `benches/`.
