//! The servers and their database, as whoever runs them has them.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::thread;

use sea_orm::ConnectionTrait as _;
use serde_json::json;
use tempfile::TempDir;
use tokio::task::block_in_place;
use understudy_tests::postgres::Cluster;

use super::{Stage, say};
use crate::harness::{Server, command, run};
use crate::postgres::{make_database, own_cluster};

/// How many servers share a database of PostgreSQL. One alone has a file.
const SERVERS: usize = 3;

/// How many segments and Canvases there are before the clients come.
const BEGINNING: usize = 4;

/// Servers over one database. Those that run are killed when this is dropped, and the database stopped.
pub(super) struct House {
    stage: Arc<Stage>,
    pub(super) url: String,
    servers: Vec<Option<Server>>,
    /// Where the database is one of PostgreSQL.
    pub(super) cluster: Option<Cluster>,
    /// What the servers have logged, a file for each start, and the database where it is a file.
    folder: TempDir,
    starts: usize,
}

impl House {
    pub(super) async fn new(stage: &Arc<Stage>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cluster = block_in_place(own_cluster);
        let url = match &cluster {
            Some(cluster) => make_database(cluster).await,
            None => format!("sqlite://{}", folder.path().join("understudy.db").display()),
        };
        let count = if cluster.is_some() { SERVERS } else { 1 };
        let mut house = Self {
            stage: Arc::clone(stage),
            url,
            servers: (0..count).map(|_| None).collect(),
            cluster,
            folder,
            starts: 0,
        };
        house.start_all();
        house.furnish().await;
        house
    }

    /// How many servers there are.
    pub(super) fn count(&self) -> usize {
        self.servers.len()
    }

    /// The server with this number, which must run.
    pub(super) fn server(&self, number: usize) -> &Server {
        self.servers[number].as_ref().unwrap()
    }

    /// A server that runs.
    pub(super) fn any_server(&self) -> &Server {
        self.server(0)
    }

    /// Starts a server that does not run, and opens its door.
    pub(super) fn start(&mut self, number: usize) {
        let mut serve = self.serve();
        let server = block_in_place(|| Server::start_as(&mut serve));
        self.welcome(number, server);
    }

    /// Starts all servers at once, none of which runs, and opens their doors.
    pub(super) fn start_all(&mut self) {
        let commands: Vec<_> = (0..self.count()).map(|_| self.serve()).collect();
        let start = |mut serve: Command| thread::spawn(move || Server::start_as(&mut serve));
        let starting: Vec<_> = commands.into_iter().map(start).collect();
        for (number, server) in starting.into_iter().enumerate() {
            let server = block_in_place(|| server.join().unwrap());
            self.welcome(number, server);
        }
    }

    /// The command of a server that logs to a file of its own.
    fn serve(&mut self) -> Command {
        self.starts += 1;
        let log = File::create(self.folder.path().join(format!("server-{}.log", self.starts))).unwrap();
        let mut serve = command();
        serve.args(["serve", "--listen", "127.0.0.1:0", "--database", &self.url]);
        serve.stderr(log);
        serve
    }

    fn welcome(&mut self, number: usize, server: Server) {
        self.stage.doors.open(number, &server.address);
        self.servers[number] = Some(server);
    }

    /// Kills a server.
    pub(super) fn kill(&mut self, number: usize) {
        self.stage.doors.close(number);
        block_in_place(|| self.servers[number].take().unwrap().kill());
    }

    /// Asks a server to stop, and waits until it has, which must be in order.
    pub(super) async fn terminate(&mut self, number: usize) {
        self.stage.doors.close(number);
        let status = self.servers[number].take().unwrap().terminate().await;
        assert!(status.success(), "a server that was asked to stop: {status}");
    }

    /// Cuts connections to the database: those whose names are like this.
    pub(super) async fn cut(&self, names: &str) {
        let db = sea_orm::Database::connect(&self.url).await.unwrap();
        let cut = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE '{names}'"
        );
        db.execute_unprepared(&cut).await.unwrap();
        db.close().await.unwrap();
    }

    /// Has another process look the whole database over, whoever is writing to it.
    pub(super) fn check(&self) {
        let (findings, complaint, status) = block_in_place(|| run(&["check", "--database", &self.url]));
        assert!(status.success(), "{findings}{complaint}");
    }

    /// The segments and Canvases that clients begin with.
    async fn furnish(&self) {
        for number in 0..BEGINNING {
            let segment = "mutation ($name: String!) { made: createSegment(input: { name: $name }) { segment { id } } }";
            let canvas = "mutation ($name: String!) { made: createCanvas(name: $name) { canvas { id } } }";
            let name = json!({ "name": format!("The first {number}") });
            let id = |made: &serde_json::Value| made["id"].as_str().unwrap().to_owned();
            let made = self.any_server().ask(segment, name.clone()).await;
            self.stage.known.found_segment(id(&made["made"]["segment"]));
            let made = self.any_server().ask(canvas, name).await;
            self.stage.known.found_canvas(id(&made["made"]["canvas"]));
        }
    }

    /// Checks that no server has panicked, whatever it has logged besides.
    pub(super) fn check_logs(&self) {
        for path in self.logs() {
            let text = fs::read_to_string(&path).unwrap();
            assert!(!text.contains("panicked at"), "{}:\n{text}", path.display());
        }
    }

    fn logs(&self) -> impl Iterator<Item = PathBuf> {
        let files = fs::read_dir(self.folder.path()).unwrap();
        files
            .map(|file| file.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if thread::panicking() {
            self.folder.disable_cleanup(true);
            say(format_args!(
                "what is left is in {}",
                self.folder.path().display()
            ));
        }
    }
}
