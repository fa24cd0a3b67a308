//! An empty database of the kind that the stories run on.

use std::env;
use std::path::Path;
use std::sync::{LazyLock, mpsc};
use std::thread;
use std::time::Duration;

use sea_orm::prelude::Uuid;
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    TransactionTrait as _,
};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::OnceCell;

/// How long the cluster may be busy with the databases of other stories; only a fault takes as long.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where a database of PostgreSQL may be reached, by a role that may make further ones. Stories run on `SQLite`
/// without it.
static CLUSTER: LazyLock<Option<String>> = LazyLock::new(|| env::var("UNDERSTUDY_TEST_DATABASE").ok());

/// The kind of database that the stories run on, for those that speak SQL.
pub(crate) fn backend() -> DbBackend {
    match &*CLUSTER {
        None => DbBackend::Sqlite,
        Some(_) => DbBackend::Postgres,
    }
}

/// A database of its own for each story. It is gone when this is dropped.
pub(crate) struct Database {
    url: String,
    home: Home,
}

enum Home {
    Folder(TempDir),
    /// By its name.
    Cluster(String),
}

impl Database {
    /// An empty database, or a file that is yet to be made.
    pub(crate) fn new() -> Self {
        match &*CLUSTER {
            None => Self::in_file(),
            Some(cluster) => Self::on(cluster),
        }
    }

    /// A database in a file, for a story that is about the file itself; none where the stories run on PostgreSQL,
    /// since it would be told there a second time. `about` says what of the file it is about.
    #[expect(
        clippy::print_stdout,
        reason = "whoever asks for the output of tests sees what was left out"
    )]
    pub(crate) fn embedded(about: &str) -> Option<Self> {
        if CLUSTER.is_some() {
            println!("a story of SQLite alone, about {about}");
            return None;
        }
        Some(Self::in_file())
    }

    /// A database of PostgreSQL, for a story that has no meaning on an embedded one; none where the stories run on
    /// `SQLite`.
    pub(crate) fn postgres() -> Option<Self> {
        CLUSTER.as_deref().map(Self::on)
    }

    /// A file that is yet to be made, whatever the stories run on.
    pub(crate) fn in_file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            url: format!("sqlite://{}", folder.path().join("understudy.db").display()),
            home: Home::Folder(folder),
        }
    }

    fn on(cluster: &str) -> Self {
        let name = format!("understudy_{}", Uuid::now_v7().simple());
        carry_out(&format!("CREATE DATABASE {name}")).unwrap();
        let (address, options) = cluster.split_once('?').unwrap_or((cluster, ""));
        let address = address.rsplit_once('/').unwrap().0;
        Self {
            url: format!("{address}/{name}?{options}")
                .trim_end_matches('?')
                .to_owned(),
            home: Home::Cluster(name),
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Which kind of database it is.
    pub(crate) fn backend(&self) -> DbBackend {
        match &self.home {
            Home::Folder(_) => DbBackend::Sqlite,
            Home::Cluster(_) => DbBackend::Postgres,
        }
    }

    /// The folder that has the file and nothing else, if there is one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match &self.home {
            Home::Folder(folder) => Some(folder.path()),
            Home::Cluster(_) => None,
        }
    }

    /// A connection to it past the server, as somebody with another program has. It makes the file if that is not
    /// there.
    pub(crate) async fn connect(&self) -> DatabaseConnection {
        let url = match &self.home {
            Home::Folder(_) => format!("{}?mode=rwc", self.url),
            Home::Cluster(_) => self.url.clone(),
        };
        sea_orm::Database::connect(url).await.unwrap()
    }

    /// Keeps every write of a server waiting until what this returns is dropped.
    pub(crate) async fn hold_writes(&self) -> DatabaseTransaction {
        let transaction = self.connect().await.begin().await.unwrap();
        let touch = "UPDATE workspaces SET id = id";
        transaction.execute_unprepared(touch).await.unwrap();
        transaction
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Home::Cluster(name) = &self.home {
            // Whoever is connected yet, be it a server that was killed, is thrown out.
            let dropped = carry_out(&format!("DROP DATABASE {name} WITH (FORCE)"));
            // A second panic would end all stories, and hide the first.
            assert!(thread::panicking() || dropped.is_ok(), "{name}: {dropped:?}");
        }
    }
}

/// Has the cluster carry out a statement, and waits until it has. That takes no runtime of the story's: not every story
/// has one, and nobody can await anything where something is dropped.
fn carry_out(sql: &str) -> Result<(), DbErr> {
    static CLERK: LazyLock<Runtime> = LazyLock::new(|| {
        let mut clerk = Builder::new_multi_thread();
        clerk.worker_threads(1).enable_all().build().unwrap()
    });
    static CONNECTIONS: OnceCell<DatabaseConnection> = OnceCell::const_new();
    let (answer, answered) = mpsc::channel();
    let order = sql.to_owned();
    CLERK.spawn(async move {
        let connect = || async {
            let mut options = ConnectOptions::new(CLUSTER.as_deref().unwrap());
            options.max_connections(32).acquire_timeout(PATIENCE);
            sea_orm::Database::connect(options).await
        };
        let done = async {
            let db = CONNECTIONS.get_or_try_init(connect).await?;
            db.execute_unprepared(&order).await.map(|_| ())
        };
        answer.send(done.await).unwrap();
    });
    answered.recv().unwrap()
}
