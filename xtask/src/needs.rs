//! What tests need of the machine beside cargo, and how to get it.

use std::fmt;
use std::process::{Command, Stdio};

use understudy_tests::{browser, postgres::Binaries};

use crate::pypi;
use crate::step::{answers, finish, say};

/// Something that tests need.
pub(crate) struct Need {
    name: &'static str,
    /// What it is called in Debian.
    package: &'static str,
    is_there: fn() -> bool,
    /// What does not happen where it is missing.
    without: &'static str,
}

const POSTGRESQL: Need = Need {
    name: "PostgreSQL",
    package: "postgresql",
    is_there: || Binaries::find().is_some(),
    without: "the stories will not run on PostgreSQL",
};

const WITHOUT_NPM: &str = "GraphiQL will not be built, nor the clients of others be tried";

const TOOLS: [Need; 6] = [
    Need {
        name: "bash",
        package: "bash",
        is_there: || answers("bash", &["--version"]),
        without: "the README's session will not be tried",
    },
    Need {
        name: "curl",
        package: "curl",
        is_there: || answers("curl", &["--version"]),
        without: "the README's session will not be tried",
    },
    Need {
        name: "Node.js",
        package: "nodejs",
        is_there: || answers("node", &["--version"]),
        without: WITHOUT_NPM,
    },
    Need {
        name: "npm",
        package: "npm",
        is_there: || answers("npm", &["--version"]),
        without: WITHOUT_NPM,
    },
    Need {
        name: "Chromium",
        package: "chromium",
        is_there: || browser::find().is_some(),
        without: "GraphiQL will not be tried",
    },
    Need {
        name: "Python 3.11 or newer with venv",
        package: "python3-venv",
        is_there: pypi::is_there,
        without: "no scanner will be tried",
    },
];

/// Installs packages. Debian would make a cluster of its own and start it, now and whenever the machine starts. The
/// tests have no use for it, so it is told not to, for as long as this takes.
const INSTALL: &str = r#"
    wishes=/etc/postgresql-common/createcluster.d
    trap 'rm -f $wishes/understudy-tests.conf; rmdir -p --ignore-fail-on-non-empty $wishes' EXIT
    trap 'exit 1' INT TERM
    mkdir -p $wishes
    echo 'create_main_cluster = false' > $wishes/understudy-tests.conf
    export DEBIAN_FRONTEND=noninteractive
    apt-get update --quiet
    apt-get install --yes --quiet --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
"#;

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            package,
            without,
            ..
        } = self;
        write!(
            f,
            "{name} is not on this machine: {without} (install it, on Debian the package {package})"
        )
    }
}

/// Installs what is missing where that is possible without asking anyone. What is missing still.
pub(crate) fn provide(postgresql: bool) -> Vec<Need> {
    let needs = TOOLS.into_iter().chain(postgresql.then_some(POSTGRESQL));
    let missing: Vec<_> = needs.filter(|need| !(need.is_there)()).collect();
    if missing.is_empty() {
        return missing;
    }
    if let Some(mut install) = installer() {
        let packages: Vec<_> = missing.iter().map(|need| need.package).collect();
        say(format_args!("installing {}", packages.join(", ")));
        // If it fails it says why, and what is missing will be told.
        let _ = finish(install.args(packages).stdin(Stdio::null()));
    }
    missing.into_iter().filter(|need| !(need.is_there)()).collect()
}

/// What installs the packages that are added to its arguments, if whoever runs this may do so.
fn installer() -> Option<Command> {
    if !answers("apt-get", &["--version"]) {
        return None;
    }
    let user = Command::new("id").arg("-u").output().ok()?;
    let mut command = if user.stdout == b"0\n" {
        Command::new("sh")
    } else if answers("sudo", &["--non-interactive", "true"]) {
        let mut command = Command::new("sudo");
        command.args(["--non-interactive", "sh"]);
        command
    } else {
        return None;
    };
    command.args(["-c", INSTALL, "install"]);
    Some(command)
}
