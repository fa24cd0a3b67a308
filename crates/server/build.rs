//! Has the server built anew when there is another page to embed.

use std::{env, path::Path};

/// The folder that `src/graphiql.rs` embeds.
const PLAYGROUND: &str = "../../playground/dist";

fn main() {
    if Path::new(PLAYGROUND).join("index.html").exists() {
        println!("cargo::rerun-if-changed={PLAYGROUND}");
        return;
    }
    // A path that is not there would have the server built anew each time. The folder around it changes as well when
    // the page is built.
    println!("cargo::rerun-if-changed=../../playground");
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!(
            "cargo::warning=this server will have no GraphiQL at `/`; `cargo xtask playground` builds it"
        );
    }
}
