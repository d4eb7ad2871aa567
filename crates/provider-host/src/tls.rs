//! The certificate authorities that a tenant's connections trust.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::error::Error;
use std::sync::{Arc, LazyLock};

/// The certificate authorities that one tenant trusts: the public ones, its
/// own, or both. Whatever it adds, no other tenant trusts.
#[derive(Clone, Debug)]
pub struct RootCertificates(Arc<RootCertStore>);

/// Why a certificate authority cannot be trusted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RootCertificatesError {
    /// The text is not PEM, or what it holds cannot be read.
    #[error(
        "the certificates cannot be read: {source}; give them as PEM, each from BEGIN CERTIFICATE to END CERTIFICATE"
    )]
    Unreadable {
        /// What the parser reported.
        source: Box<dyn Error + Send + Sync>,
    },
    /// There is no certificate in the text.
    #[error(
        "no certificate found; expected at least one, from BEGIN CERTIFICATE to END CERTIFICATE"
    )]
    Empty,
}

/// The authorities that Mozilla's programs trust. They are the same for all
/// and never change, so tenants may share the list.
static PUBLIC: LazyLock<Arc<RootCertStore>> = LazyLock::new(|| {
    let anchors = webpki_roots::TLS_SERVER_ROOTS.iter().cloned();
    Arc::new(anchors.collect())
});

impl RootCertificates {
    /// The public authorities. This is the default.
    #[must_use]
    pub fn public() -> Self {
        Self(Arc::clone(&PUBLIC))
    }

    /// The authorities in `pem`, and no others.
    ///
    /// # Errors
    ///
    /// If there is none, or one cannot be read.
    pub fn only(pem: &[u8]) -> Result<Self, RootCertificatesError> {
        with(RootCertStore::empty(), pem)
    }

    /// The public authorities, and those in `pem`.
    ///
    /// # Errors
    ///
    /// If there is none in `pem`, or one cannot be read.
    pub fn public_and(pem: &[u8]) -> Result<Self, RootCertificatesError> {
        with(RootCertStore::clone(&PUBLIC), pem)
    }

    pub(crate) fn store(&self) -> Arc<RootCertStore> {
        Arc::clone(&self.0)
    }
}

impl Default for RootCertificates {
    fn default() -> Self {
        Self::public()
    }
}

fn with(mut store: RootCertStore, pem: &[u8]) -> Result<RootCertificates, RootCertificatesError> {
    let before = store.len();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(unreadable)?;
        store.add(certificate).map_err(unreadable)?;
    }
    if store.len() == before {
        return Err(RootCertificatesError::Empty);
    }
    Ok(RootCertificates(Arc::new(store)))
}

fn unreadable(error: impl Error + Send + Sync + 'static) -> RootCertificatesError {
    RootCertificatesError::Unreadable {
        source: Box::new(error),
    }
}

#[cfg(test)]
mod tests {
    use super::{RootCertificates, RootCertificatesError};

    fn certificate() -> String {
        let certified = rcgen::generate_simple_self_signed(["ai.example".to_owned()]).unwrap();
        certified.cert.pem()
    }

    #[test]
    fn own_authorities_stand_alone_or_beside_the_public_ones() {
        let public = RootCertificates::public().store().len();
        assert!(public > 100, "{public}");
        let two = certificate() + &certificate();
        assert_eq!(
            RootCertificates::only(two.as_bytes())
                .unwrap()
                .store()
                .len(),
            2
        );
        let both = RootCertificates::public_and(two.as_bytes()).unwrap();
        assert_eq!(both.store().len(), public + 2);
        assert_eq!(RootCertificates::public().store().len(), public);
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        for text in [
            "",
            "certificate",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ] {
            let refused = RootCertificates::only(text.as_bytes()).unwrap_err();
            assert!(matches!(refused, RootCertificatesError::Empty), "{text}");
        }
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let refused = RootCertificates::only(broken.as_bytes()).unwrap_err();
        assert!(
            matches!(refused, RootCertificatesError::Unreadable { .. }),
            "{refused}"
        );
    }
}
