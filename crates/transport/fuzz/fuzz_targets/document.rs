//! Documents: from the guard's lexer to the end of their execution.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| understudy_transport::fuzzing::document(text));
