//! Where the server listens: an address and a port, or a socket in the file system.

use std::{
    convert::Infallible,
    fmt, io,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    str::FromStr,
    time::Duration,
};

use socket2::{Domain, Protocol, Socket, Type};

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 1024;

/// What a Unix socket's path stands behind.
const UNIX: &str = "unix:";

/// A place to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// An address and a port.
    Address(SocketAddr),
    /// A Unix socket.
    Socket(PathBuf),
}

/// A text that names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a place to listen is an address and a port, as in 127.0.0.1:8000, or a socket, as in unix:/run/understudy.sock"
)]
pub(crate) struct NoPlace;

impl Place {
    /// Whether only this machine can reach it, by the address alone.
    pub(crate) fn is_loopback(&self) -> bool {
        match self {
            Self::Address(address) => address.ip().to_canonical().is_loopback(),
            Self::Socket(_) => false,
        }
    }
}

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        match text.strip_prefix(UNIX) {
            Some("") => Err(NoPlace),
            Some(path) => path
                .parse()
                .map(Self::Socket)
                .map_err(|impossible: Infallible| match impossible {}),
            None => text.parse().map(Self::Address).map_err(|_| NoPlace),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Socket(path) => write!(f, "{UNIX}{}", path.display()),
        }
    }
}

/// Listens on an address. A client that takes nothing of what it is sent for as long as `unread` is cut off, be it gone or
/// only not reading: what it is to be sent would stay in memory. Each connection has that from its listener.
///
/// # Errors
/// What the operating system says.
pub(crate) fn open(address: SocketAddr, unread: Duration) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Those whom the process before this one had connections to are no reason to wait. Elsewhere it would mean that
    // two may listen at once.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(unread))?;
    #[cfg(not(target_os = "linux"))]
    let _ = unread;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

#[cfg(unix)]
pub(crate) use unix::{SocketFile, claim};

/// There are none elsewhere.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) enum SocketFile {}

#[cfg(unix)]
mod unix {
    use std::{
        fs, io,
        os::unix::{
            fs::{FileTypeExt as _, MetadataExt as _},
            net::{UnixListener, UnixStream},
        },
        path::{Path, PathBuf},
    };

    /// The file of a socket, which is removed when this is dropped.
    #[derive(Debug)]
    pub(crate) struct SocketFile {
        path: PathBuf,
        identity: (u64, u64),
    }

    /// Listens on a Unix socket. The file that a process has left behind which did not end well is replaced.
    ///
    /// # Errors
    /// If somebody listens there, if there is a file that is no socket, or what the operating system says.
    pub(crate) fn claim(path: &Path) -> io::Result<(UnixListener, SocketFile)> {
        match fs::symlink_metadata(path) {
            Ok(found) if !found.file_type().is_socket() => {
                let what = "there is a file of that name, which is no socket";
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
            }
            Ok(_) => remove_stale(path)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let listener = UnixListener::bind(path)?;
        let file = SocketFile {
            path: path.to_owned(),
            identity: identity(path)?,
        };
        Ok((listener, file))
    }

    /// Removes the file of a socket that nobody listens on, which only shows when one tries to connect.
    fn remove_stale(path: &Path) -> io::Result<()> {
        match UnixStream::connect(path) {
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path),
            Err(error) => Err(error),
            Ok(_) => Err(io::Error::new(
                io::ErrorKind::AddrInUse,
                "another process listens there",
            )),
        }
    }

    fn identity(path: &Path) -> io::Result<(u64, u64)> {
        let found = fs::symlink_metadata(path)?;
        Ok((found.dev(), found.ino()))
    }

    impl Drop for SocketFile {
        fn drop(&mut self) {
            // Somebody may have put another one in its place, e.g. the server that is to follow this one.
            if identity(&self.path).is_ok_and(|found| found == self.identity)
                && let Err(error) = fs::remove_file(&self.path)
            {
                tracing::warn!(%error, path = %self.path.display(), "the socket's file was not removed");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_an_address_or_a_socket() {
        for text in [
            "127.0.0.1:8000",
            "[::1]:0",
            "unix:/run/understudy.sock",
            "unix:here.sock",
        ] {
            assert_eq!(text.parse::<Place>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "nowhere",
            "localhost:8000",
            "127.0.0.1",
            "127.0.0.1:70000",
            "unix:",
            "/run/a.sock",
        ] {
            assert_eq!(text.parse::<Place>(), Err(NoPlace), "{text}");
        }
    }
}
