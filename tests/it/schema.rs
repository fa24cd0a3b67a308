//! The SDL at the root is the one that the code serves.

use std::path::Path;

#[test]
fn schema_graphql_is_what_the_code_serves() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema.graphql");
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(
        committed == understudy_api::sdl(),
        "schema.graphql is out of date: run `cargo xtask sdl`"
    );
}
