#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| monazite::fuzz::published_network(bytes));
