//! Requests over HTTP: who we are, how much of an answer is read, and what each failure is called.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::{Client, RequestBuilder, Url};
use rustls::ClientConfig;
use secrecy::{ExposeSecret, SecretString};

use super::super::error::AsteriskError;
use super::request::{ANSWER_BYTES_MAX, Answer, REQUEST_MS_MAX, Request};
use super::tls;
use crate::config;

/// Longest a connection may take; part of [`REQUEST_MS_MAX`].
const CONNECT_MS_MAX: u64 = 1_000;
/// Asterisk closes idle connections after 15 s (http.conf, session_keep_alive); we do before.
const IDLE_MS_MAX: u64 = 10_000;

/// The HTTP server of one Asterisk, seen by one user.
#[derive(Debug)]
pub struct Http {
    client: Client,
    tls: Option<Arc<ClientConfig>>,
    base: Url,
    user: String,
    password: SecretString,
}

impl Http {
    /// The server of the configuration. Connects to nothing.
    ///
    /// # Errors
    /// Where the address cannot be one of ARI, or nobody's certificate could be believed.
    pub fn new(config: &config::Asterisk) -> Result<Self, AsteriskError> {
        let base = base(&config.url)?;
        // reqwest is built without a choice of cryptography; another part of the program may have made ours
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_millis(CONNECT_MS_MAX))
            .pool_idle_timeout(Duration::from_millis(IDLE_MS_MAX));
        let tls = match base.scheme() {
            "https" => Some(tls::client(config.authorities.as_ref())?),
            _ => None,
        };
        let client = match &tls {
            Some(tls) => client.tls_backend_preconfigured(tls.clone()),
            None => client.tls_certs_only([]),
        };
        let client = client.build().map_err(|error| AsteriskError::Client { cause: words(&error) })?;
        Ok(Self {
            client,
            tls: tls.map(Arc::new),
            base,
            user: config.user.clone(),
            password: config.password.clone(),
        })
    }

    /// Where it is, for people.
    #[must_use]
    pub fn at(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// How to speak TLS to it; `None`: it speaks none.
    #[must_use]
    pub fn tls(&self) -> Option<Arc<ClientConfig>> {
        self.tls.clone()
    }

    /// Host and port.
    #[must_use]
    pub fn host(&self) -> (&str, u16) {
        let host = self.base.host_str().unwrap_or_default().trim_matches(['[', ']']);
        (host, self.base.port_or_known_default().unwrap_or(80))
    }

    /// Sends a request and reads its answer, within [`REQUEST_MS_MAX`].
    ///
    /// # Errors
    /// By what kept it from being answered.
    pub async fn exchange(&self, request: &Request) -> Result<Answer, AsteriskError> {
        let (operation, at) = (request.operation.clone(), self.at().to_owned());
        let limit = Duration::from_millis(REQUEST_MS_MAX);
        match tokio::time::timeout(limit, exchange(self.prepare(request))).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(Broken::Endless)) => {
                let cause = format!("more than {ANSWER_BYTES_MAX} bytes");
                Err(AsteriskError::Nonsense { operation, at, cause })
            }
            Ok(Err(Broken::Network(error))) => Err(match tls::refusal(&error) {
                Some((cause, hint)) => AsteriskError::Tls { operation, at, cause, hint },
                None if error.is_timeout() => {
                    AsteriskError::TooSlow { operation, at, limit_ms: CONNECT_MS_MAX }
                }
                None => AsteriskError::Unreachable { operation, at, cause: words(&error) },
            }),
            Err(_) => Err(AsteriskError::TooSlow { operation, at, limit_ms: REQUEST_MS_MAX }),
        }
    }

    /// Address of a request, and the header that proves who we are, for those who connect by themselves.
    ///
    /// # Errors
    /// Where the user cannot be written in a request.
    pub fn address(&self, request: &Request) -> Result<(Url, HeaderValue), AsteriskError> {
        let unusable = |cause: &str| AsteriskError::Address { cause: cause.into() };
        let mut request = self.prepare(request).build().map_err(|error| unusable(&words(&error)))?;
        let proof = request.headers_mut().remove(reqwest::header::AUTHORIZATION);
        Ok((request.url().clone(), proof.ok_or_else(|| unusable("user or password cannot be sent"))?))
    }

    fn prepare(&self, request: &Request) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("ari").extend(&request.path);
        }
        let prepared = self.client.request(request.method.clone(), url).query(&request.query);
        let prepared = match &request.body {
            Some(body) => prepared.json(body),
            None => prepared,
        };
        prepared.basic_auth(&self.user, Some(self.password.expose_secret()))
    }
}

enum Broken {
    Network(reqwest::Error),
    Endless,
}

async fn exchange(request: RequestBuilder) -> Result<Answer, Broken> {
    let mut response = request.send().await.map_err(Broken::Network)?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Broken::Network)? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(Broken::Endless);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status: response.status().as_u16(), body })
}

/// The address as the stem of every request.
fn base(url: &str) -> Result<Url, AsteriskError> {
    let unusable = |cause: &str| AsteriskError::Address { cause: cause.into() };
    let url = Url::parse(url).map_err(|error| unusable(&error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(unusable("it holds a user or a password, which belong into user and password"));
    }
    match url.scheme() {
        "http" | "https" if url.has_host() && url.query().is_none() && url.fragment().is_none() => Ok(url),
        "http" | "https" => Err(unusable("it has no host, or more than a host, a port and a path")),
        _ => Err(unusable("it does not begin with http:// or https://")),
    }
}

/// What an error of the network says, down to its root, without the address.
pub fn words(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(cause) = error.source() {
        error = cause;
    }
    error.to_string()
}
