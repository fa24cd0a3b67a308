//! Persistence (stub while the workspace is being laid out).

/// Applying and inspecting migrations.
pub mod migrate {
    /// One migration, and whether the database has it.
    pub struct MigrationState {
        /// Its name, e.g. `m0001_campaigns`.
        pub name: String,
        /// Whether it is applied.
        pub applied: bool,
    }
    /// Why a migration command failed.
    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    pub struct MigrateError(pub String);

    /// Applies all pending migrations; returns their names.
    ///
    /// # Errors
    /// If the database cannot be opened, is newer than the binary, or a migration fails.
    pub async fn up(_url: &str) -> Result<Vec<String>, MigrateError> {
        Ok(vec![])
    }
    /// Takes back the last `steps` migrations; returns their names.
    ///
    /// # Errors
    /// As [`up`].
    pub async fn down(_url: &str, _steps: u32) -> Result<Vec<String>, MigrateError> {
        Ok(vec![])
    }
    /// All migrations this binary knows, in order.
    ///
    /// # Errors
    /// If the database cannot be opened.
    pub async fn status(_url: &str) -> Result<Vec<MigrationState>, MigrateError> {
        Ok(vec![])
    }
}
