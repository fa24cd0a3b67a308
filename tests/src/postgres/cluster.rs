//! A cluster that lives no longer than whoever started it.

use std::collections::hash_map::RandomState;
use std::fs::{self, OpenOptions};
use std::hash::BuildHasher as _;
use std::io::{self, Write as _};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::Binaries;
use super::account::Account;

/// Who owns the databases. It may do what the owner of an application's database may do, and make databases and roles
/// for tests; it is no superuser, so that the tests find out what would need one.
const ROLE: &str = "understudy";

/// How text is ordered where nothing else is said, the first that this PostgreSQL can do: as people order it if
/// possible, so that whatever relies on the order of bytes without saying so is found out.
const LOCALES: [&[&str]; 5] = [
    &["--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8"],
    &["--locale-provider=icu", "--icu-locale=en-US", "--locale=C"],
    &["--locale=en_US.UTF-8"],
    &["--locale=C.UTF-8"],
    &["--locale=C"],
];

/// Nothing needs to survive this machine, so nothing is synced. No statistics are gathered behind the tests' backs,
/// which would make a plan a matter of time. The time zone is nobody's default and has half an hour.
const SETTINGS: &str = "
    listen_addresses = '127.0.0.1'
    unix_socket_directories = ''
    max_connections = 400
    fsync = off
    full_page_writes = off
    autovacuum = off
    timezone = 'Asia/Kolkata'
";

/// Below the ports that systems give to outgoing connections, or one of those could take the port of a cluster that
/// is stopped for a moment.
const PORTS: std::ops::Range<u16> = 10_000..32_000;

/// How often a start is tried: anybody may take the port in between.
const ATTEMPTS: u32 = 20;

/// What ends a cluster: the end of whoever holds the other end of stdin, however that comes about.
const WATCHDOG: &str = r#"
    cat > /dev/null
    "$1" stop --pgdata "$2/data" --mode immediate
    rm -rf "$2"
"#;

/// A PostgreSQL cluster in a folder of its own, on a port of the loopback interface that was free. When dropped, and
/// also when this process is killed, it is stopped and its folder removed.
#[derive(Debug)]
pub struct Cluster {
    binaries: Binaries,
    account: Account,
    port: u16,
    watchdog: Child,
    // The watchdog removes it. This is for what the watchdog may not remove.
    folder: TempDir,
}

impl Cluster {
    /// Makes a cluster, starts it, and waits until it accepts connections, which takes about a second.
    ///
    /// # Errors
    /// If that does not succeed; the error says what PostgreSQL said.
    pub fn start(binaries: &Binaries) -> io::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("understudy-postgres-")
            .tempdir()?;
        let account = Account::with_folder(folder.path())?;
        let mut watchdog = Command::new("sh");
        watchdog
            .args(["-c", WATCHDOG, "watchdog"])
            .args([&binaries.folder().join("pg_ctl"), folder.path()])
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C ends the tests, and thereby the watchdog's wait, but not the watchdog.
            .process_group(0);
        account.run_as(&mut watchdog);
        let mut cluster = Self {
            binaries: binaries.clone(),
            account,
            port: 0,
            watchdog: watchdog.spawn()?,
            folder,
        };
        cluster.make()?;
        cluster.launch(|cluster| {
            cluster.port = free_port();
        })?;
        Ok(cluster)
    }

    /// The URL of a database. The database `postgres` is there from the beginning.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{ROLE}@127.0.0.1:{}/{database}", self.port)
    }

    /// Where it lives: the file `log`, and PostgreSQL's own folder `data`.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops in order, without waiting for clients: what they have under way is rolled back.
    ///
    /// # Errors
    /// If it does not stop, or has stopped already.
    pub fn stop(&self) -> io::Result<()> {
        self.end("fast")
    }

    /// Stops as a crash would: clients are cut off, and the next start has to recover from the write-ahead log.
    ///
    /// # Errors
    /// If it does not stop, or has stopped already.
    pub fn kill(&self) -> io::Result<()> {
        self.end("immediate")
    }

    /// Starts again on the same port, after [`stop`](Self::stop) or [`kill`](Self::kill), and waits until it accepts
    /// connections.
    ///
    /// # Errors
    /// If that does not succeed.
    pub fn start_again(&mut self) -> io::Result<()> {
        self.launch(|_| thread::sleep(Duration::from_millis(250)))
    }

    /// Stops in order and starts again.
    ///
    /// # Errors
    /// If one of the two does not succeed.
    pub fn restart(&mut self) -> io::Result<()> {
        self.stop()?;
        self.start_again()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn make(&self) -> io::Result<()> {
        let mut result = Ok(());
        for locale in LOCALES {
            let mut initdb = self.program("initdb");
            initdb.arg("--pgdata").arg(self.data());
            initdb.args([
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-sync",
            ]);
            result = finish(initdb.args(locale));
            if result.is_ok() {
                break;
            }
        }
        result?;
        let configuration = self.data().join("postgresql.conf");
        OpenOptions::new()
            .append(true)
            .open(configuration)?
            .write_all(SETTINGS.as_bytes())?;
        let role = self.folder.path().join("role.sql");
        fs::write(&role, format!("CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE"))?;
        let mut alone = self.program("postgres");
        alone.arg("--single").arg("-D").arg(self.data()).arg("postgres");
        finish(alone.stdin(fs::File::open(role)?))
    }

    /// Starts the server, again and again if it must be, and does something before each attempt.
    fn launch(&mut self, before: impl Fn(&mut Self)) -> io::Result<()> {
        let mut result = Ok(());
        for _ in 0..ATTEMPTS {
            before(self);
            let log = self.folder.path().join("log");
            let mut start = self.control("start");
            start.arg("--log").arg(&log);
            result = finish(start.arg(format!("--options=-p {}", self.port)));
            if result.is_ok() {
                break;
            }
            let said = fs::read_to_string(&log).unwrap_or_default();
            result = result.map_err(|error| io::Error::other(format!("{error}\n{said}")));
        }
        result
    }

    fn end(&self, mode: &str) -> io::Result<()> {
        finish(self.control("stop").args(["--mode", mode]))
    }

    fn control(&self, action: &str) -> Command {
        let mut command = self.program("pg_ctl");
        command.args([action, "--wait", "--pgdata"]).arg(self.data());
        command
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.binaries.folder().join(name));
        // Not every folder that tests are run in may be read by every account.
        command.current_dir(self.folder.path());
        self.account.run_as(&mut command);
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        // Whether it succeeded is of no use to anyone any more.
        let _ = self.watchdog.wait();
    }
}

/// Runs a program to its end.
fn finish(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let program = command.get_program().display();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    Err(io::Error::other(format!("{program}: {}\n{said}", output.status)))
}

/// A port that nobody listens on at this moment.
fn free_port() -> u16 {
    loop {
        // Seeded anew by each call, by chance.
        let chance = RandomState::new().hash_one(()) % u64::from(PORTS.end - PORTS.start);
        let port = PORTS.start + u16::try_from(chance).unwrap_or_default();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
