//! A cluster starts, stops and starts again, and is gone with whoever started it.

// `allow-unwrap-in-tests` knows a test by its attribute; here the helpers are part of the tests too.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use super::{Binaries, Cluster, version};

/// How long anything may take; only a fault takes as long.
const PATIENCE: Duration = Duration::from_mins(1);

/// Whether PostgreSQL answers at a URL: it is asked whether it would encrypt, and says yes or no.
fn answers(url: &str) -> bool {
    let address = url.split(['@', '/']).nth(3).unwrap();
    let Ok(mut stream) = TcpStream::connect(address) else {
        return false;
    };
    stream.write_all(&[0, 0, 0, 8, 4, 210, 22, 47]).unwrap();
    let mut answer = [0];
    stream
        .read_exact(&mut answer)
        .is_ok_and(|()| b"SN".contains(&answer[0]))
}

/// Waits until a cluster and all that it had are gone.
fn wait_for_the_end(url: &str, folder: &Path) {
    let begin = Instant::now();
    while answers(url) || folder.exists() {
        assert!(
            begin.elapsed() < PATIENCE,
            "{url} or {} lives on",
            folder.display()
        );
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_cluster_stops_and_starts_again_and_ends_when_dropped() {
    let Some(binaries) = Binaries::find() else { return };
    let mut cluster = Cluster::start(&binaries).unwrap();
    let url = cluster.url("postgres");
    assert!(answers(&url));
    cluster.stop().unwrap();
    assert!(!answers(&url));
    assert!(cluster.stop().is_err(), "twice is once too often");
    cluster.start_again().unwrap();
    assert!(answers(&url));
    cluster.kill().unwrap();
    assert!(!answers(&url));
    cluster.start_again().unwrap();
    cluster.restart().unwrap();
    assert_eq!(cluster.url("postgres"), url);
    assert!(answers(&url));
    let folder = cluster.folder().to_owned();
    drop(cluster);
    assert!(!answers(&url) && !folder.exists());
}

#[test]
fn two_clusters_do_not_get_in_each_others_way() {
    let Some(binaries) = Binaries::find() else { return };
    let clusters = [(); 2].map(|()| Cluster::start(&binaries).unwrap());
    let [first, second] = clusters.each_ref().map(|cluster| cluster.url("postgres"));
    assert_ne!(first, second);
    assert!(answers(&first) && answers(&second));
}

#[test]
fn a_cluster_ends_with_the_process_that_started_it_even_if_that_is_killed() {
    if Binaries::find().is_none() {
        return;
    }
    let mut owner = Command::new(env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "postgres::tests::owner"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let stdout = BufReader::new(owner.stdout.take().unwrap());
    let place = stdout.lines().find_map(|line| {
        let (url, folder) = line.as_ref().unwrap().split_once(" in ")?;
        Some((url.to_owned(), folder.to_owned()))
    });
    let (url, folder) = place.unwrap();
    assert!(answers(&url));
    owner.kill().unwrap();
    owner.wait().unwrap();
    wait_for_the_end(&url, Path::new(&folder));
}

#[test]
#[ignore = "the process that the test above kills"]
fn owner() {
    let cluster = Cluster::start(&Binaries::find().unwrap()).unwrap();
    let (url, folder) = (cluster.url("postgres"), cluster.folder().display());
    writeln!(std::io::stdout(), "\n{url} in {folder}").unwrap();
    thread::sleep(PATIENCE);
}

#[test]
fn the_newest_version_comes_last() {
    let mut names = ["17", "9.6", "postgresql@16", "9.10", "postgresql"];
    names.sort_by_key(|name| version(name));
    assert_eq!(names, ["postgresql", "9.6", "9.10", "postgresql@16", "17"]);
}
