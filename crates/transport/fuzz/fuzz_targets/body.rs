//! Bodies of requests: JSON with a document and its variables.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| understudy_transport::fuzzing::body(bytes));
