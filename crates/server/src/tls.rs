//! TLS: the certificate that clients are shown, and how another one takes its place while the server runs.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use rustls::{
    InconsistentKeys, ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject as _},
    },
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use crate::exposed;

/// Why a certificate cannot be used. Each message names the file that is to be mended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadCertificate {
    /// The file is not there, or not in PEM.
    #[error("cannot read the certificate {}: {source}", .path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: pem::Error,
    },
    /// The file is not there, or not in PEM.
    #[error("cannot read the private key {}: {source}", .path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: pem::Error,
    },
    /// Each may be right by itself.
    #[error("the private key {} does not belong to the certificate {}", .key.display(), .certificate.display())]
    Mismatch {
        /// The file of the key.
        key: PathBuf,
        /// The file of the certificate.
        certificate: PathBuf,
    },
    /// What is in the files is no certificate or key that can be used.
    #[error("cannot use the certificate {} with the private key {}: {source}", .certificate.display(), .key.display())]
    Unusable {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// What is wrong.
        source: rustls::Error,
    },
}

/// A certificate in two files, and what was last read of them. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    shown: Arc<Shown>,
}

/// What new connections are shown.
#[derive(Debug)]
struct Shown(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Certificate {
    /// Reads a certificate with its chain, and its key, from files in PEM.
    ///
    /// # Errors
    /// If a file is not there or not what it should be, or the two do not belong together.
    pub(crate) fn read(chain: PathBuf, key: PathBuf) -> Result<Self, BadCertificate> {
        let shown = read(&chain, &key)?;
        Ok(Self {
            chain,
            key,
            shown: Arc::new(Shown(RwLock::new(Arc::new(shown)))),
        })
    }

    /// Reads the files again. Connections that are open stay as they are; new ones are shown what is in the files now.
    ///
    /// # Errors
    /// As [`read`](Self::read); then what was shown before is shown again.
    pub(crate) fn read_again(&self) -> Result<(), BadCertificate> {
        let shown = Arc::new(read(&self.chain, &self.key)?);
        *self.shown.0.write().unwrap_or_else(PoisonError::into_inner) = shown;
        Ok(())
    }

    /// What a listener needs.
    ///
    /// # Errors
    /// None, unless the library has no version of TLS for its own ciphers.
    pub(crate) fn config(&self) -> Result<ServerConfig, rustls::Error> {
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Shown>::clone(&self.shown);
        Ok(ServerConfig::builder_with_provider(Arc::new(provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(resolver))
    }
}

/// The one provider of cryptography in this process.
pub(crate) fn provider() -> CryptoProvider {
    ring::default_provider()
}

fn read(certificate: &Path, key: &Path) -> Result<CertifiedKey, BadCertificate> {
    let unreadable = |source| BadCertificate::Certificate {
        path: certificate.to_owned(),
        source,
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(unreadable)?;
    if chain.is_empty() {
        return Err(unreadable(pem::Error::NoItemsFound));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|source| BadCertificate::Key {
        path: key.to_owned(),
        source,
    })?;
    exposed::warn_of_file(key);
    let (certificate, key) = (certificate.to_owned(), key.to_owned());
    CertifiedKey::from_der(chain, private, &provider()).map_err(|error| match error {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            BadCertificate::Mismatch { key, certificate }
        }
        source => BadCertificate::Unusable {
            certificate,
            key,
            source,
        },
    })
}
