//! TLS to Asterisk: whom we believe, and what a certificate that we do not believe is called.
//!
//! A PBX on the premises has a certificate of its own, so `[asterisk] ca_file` says whose word counts, and then
//! nobody else's. Without it the system's own store counts. The host's name is always checked.

use std::error::Error;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{CertificateError, ClientConfig, RootCertStore};

use super::super::error::AsteriskError;
use crate::config::Authorities;

/// TLS 1.2 or 1.3 with whom we believe.
///
/// # Errors
/// Where nobody can be believed.
pub fn client(authorities: Option<&Authorities>) -> Result<ClientConfig, AsteriskError> {
    let unusable = |cause: String| AsteriskError::Trust { cause };
    let mut roots = RootCertStore::empty();
    match authorities {
        Some(authorities) => {
            for certificate in &authorities.certificates {
                let file = authorities.file.display();
                let cause =
                    |error: rustls::Error| unusable(format!("{file} has an unusable certificate: {error}"));
                roots.add(certificate.clone()).map_err(cause)?;
            }
        }
        None => {
            let found = rustls_native_certs::load_native_certs();
            // a store of the system often has some that nobody can use
            let (usable, _) = roots.add_parsable_certificates(found.certs);
            if usable == 0 {
                let why = found.errors.first().map_or_else(String::new, |error| format!(" ({error})"));
                return Err(unusable(format!("this system has no certificates of authorities{why}")));
            }
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| unusable(error.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// The name that the certificate has to be for.
///
/// # Errors
/// Where the host of the address is neither a name nor an address.
pub fn name(host: &str) -> Result<ServerName<'static>, AsteriskError> {
    ServerName::try_from(host.to_owned()).map_err(|_| AsteriskError::Address {
        cause: "its host is no name that a certificate can be for".into(),
    })
}

/// What TLS says somewhere below `error`, with a hint where it is about the certificate.
pub fn refusal(error: &(dyn Error + 'static)) -> Option<(String, &'static str)> {
    let mut next = Some(error);
    while let Some(error) = next {
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let tls = error.downcast_ref().or_else(|| inner.and_then(|inner| inner.downcast_ref()));
        if let Some(tls) = tls {
            return Some(told(tls));
        }
        next = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn told(error: &rustls::Error) -> (String, &'static str) {
    let certificate = match error {
        rustls::Error::InvalidCertificate(certificate) => certificate,
        rustls::Error::InvalidMessage(_) => {
            return (error.to_string(), "is that port the one of tlsbindaddr in http.conf?");
        }
        rustls::Error::AlertReceived(_) | rustls::Error::PeerIncompatible(_) => {
            return (error.to_string(), "TLS 1.2 or later is needed; compare the tls settings in http.conf");
        }
        _ => return (error.to_string(), "compare the tls settings in http.conf"),
    };
    let (cause, hint) = match certificate {
        CertificateError::UnknownIssuer => (
            "nobody whom we believe vouches for its certificate".to_owned(),
            "name the PBX's own authority in [asterisk] ca_file (the certificate that signed tlscertfile)",
        ),
        CertificateError::BadSignature => (
            "its certificate is not by whom we believe, but by somebody of the same name".to_owned(),
            "was the PBX's authority made anew? Put its certificate as it is now into [asterisk] ca_file",
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            certificate.to_string(),
            "write the name that the certificate is for into [asterisk] url, or make one whose subjectAltName has \
             this host",
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            certificate.to_string(),
            "renew the certificate of the PBX, and look at the clocks of both machines",
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            (certificate.to_string(), "look at the clocks of both machines")
        }
        CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => (
            "its certificate is an authority's own".to_owned(),
            "let that authority sign one for the host (basicConstraints CA:FALSE) and put that into tlscertfile",
        ),
        other => (other.to_string(), "look at tlscertfile in http.conf"),
    };
    (cause, hint)
}
