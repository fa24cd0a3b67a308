//! Use cases (stub while the workspace is being laid out).

/// The application: what every transport calls.
#[derive(Clone)]
pub struct App;

/// Why the application could not start.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct OpenError(pub String);

impl App {
    /// Opens the database at `url`, creating and migrating it.
    ///
    /// # Errors
    /// If the database cannot be opened, or is newer than this binary.
    pub async fn open(_url: &str) -> Result<Self, OpenError> {
        Ok(Self)
    }

    /// Whether the database answers.
    pub async fn is_ready(&self) -> bool {
        true
    }

    /// Finishes what is running and closes the database.
    pub async fn close(self) {}
}
