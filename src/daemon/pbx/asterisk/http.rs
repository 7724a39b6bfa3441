//! HTTP to ARI: who we are, how long a request may take, how much of an answer is read, and what each failure
//! is called.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::AsteriskError;
use super::event::describe;
use crate::config;

/// Longest a request may take, from its connection to the last byte of the answer.
pub const REQUEST_MS_MAX: u64 = 2_000;
/// Longest a connection may take; part of the above.
const CONNECT_MS_MAX: u64 = 1_000;
/// Asterisk closes idle connections after 15 s (http.conf, session_keep_alive); we do before.
const IDLE_MS_MAX: u64 = 10_000;
/// Longest answer that is read. A PBX with 200 of our calls answers with about 10 KB.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// How much of Asterisk's own words an error quotes.
const QUOTE_CHARS_MAX: usize = 120;

/// The HTTP server of one Asterisk, seen by one user.
#[derive(Debug)]
pub struct Http {
    client: Client,
    base: Url,
    user: String,
    password: SecretString,
}

impl Http {
    /// The server of the configuration. Connects to nothing.
    ///
    /// # Errors
    /// Where the address cannot be one of ARI.
    pub fn new(config: &config::Asterisk) -> Result<Self, AsteriskError> {
        // reqwest is built without a choice of cryptography; another part of the program may have made ours
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tls_certs_only([])
            .connect_timeout(Duration::from_millis(CONNECT_MS_MAX))
            .pool_idle_timeout(Duration::from_millis(IDLE_MS_MAX))
            .build()
            .map_err(|error| AsteriskError::Client { cause: words(&error) })?;
        Ok(Self {
            client,
            base: base(&config.url)?,
            user: config.user.clone(),
            password: config.password.clone(),
        })
    }

    /// Where it is, for people.
    #[must_use]
    pub fn at(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Host and port of its HTTP server.
    #[must_use]
    pub fn host(&self) -> (&str, u16) {
        let host = self.base.host_str().unwrap_or_default().trim_matches(['[', ']']);
        (host, self.base.port_or_known_default().unwrap_or(80))
    }

    /// A request below `/ari`, with the proof of who we are.
    pub fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("ari").extend(path);
        }
        self.client.request(method, url).basic_auth(&self.user, Some(self.password.expose_secret()))
    }

    /// Sends a request and reads the JSON of its answer.
    ///
    /// # Errors
    /// By what kept it from succeeding; `operation` says in them what was to be done.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        operation: String,
        request: RequestBuilder,
    ) -> Result<T, AsteriskError> {
        let answer = self.send(operation.clone(), request).await?;
        serde_json::from_slice(&answer).map_err(|error| AsteriskError::Nonsense {
            operation,
            at: self.at().into(),
            cause: describe(&error),
        })
    }

    /// Sends a request and gives the bytes of its answer.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub async fn send(&self, operation: String, request: RequestBuilder) -> Result<Vec<u8>, AsteriskError> {
        let at = self.at().to_owned();
        let limit = Duration::from_millis(REQUEST_MS_MAX);
        let (status, answer) = match tokio::time::timeout(limit, exchange(request)).await {
            Ok(Ok(exchanged)) => exchanged,
            Ok(Err(Broken::Network(error))) if error.is_timeout() => {
                return Err(AsteriskError::TooSlow { operation, at, limit_ms: CONNECT_MS_MAX });
            }
            Ok(Err(Broken::Network(error))) => {
                return Err(AsteriskError::Unreachable { operation, at, cause: words(&error) });
            }
            Ok(Err(Broken::Endless)) => {
                let cause = format!("more than {ANSWER_BYTES_MAX} bytes");
                return Err(AsteriskError::Nonsense { operation, at, cause });
            }
            Err(_) => return Err(AsteriskError::TooSlow { operation, at, limit_ms: REQUEST_MS_MAX }),
        };
        match status {
            status if status.is_success() => Ok(answer),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(AsteriskError::Unauthorised { operation, at, status: status.as_u16() })
            }
            StatusCode::NOT_FOUND => Err(AsteriskError::Gone { operation }),
            status => Err(AsteriskError::Refused {
                operation,
                at,
                status: status.as_u16(),
                cause: asterisks_words(&answer),
                hint: "Asterisk's own log says more",
            }),
        }
    }
}

enum Broken {
    Network(reqwest::Error),
    Endless,
}

async fn exchange(request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), Broken> {
    let mut response = request.send().await.map_err(Broken::Network)?;
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Broken::Network)? {
        if answer.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(Broken::Endless);
        }
        answer.extend_from_slice(&chunk);
    }
    Ok((response.status(), answer))
}

/// The address as the stem of every request.
fn base(url: &str) -> Result<Url, AsteriskError> {
    let unusable = |cause: &str| AsteriskError::Address { cause: cause.into() };
    let url = Url::parse(url).map_err(|error| unusable(&error.to_string()))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(unusable("it holds a user or a password, which belong into user and password"));
    }
    match url.scheme() {
        "http" if url.has_host() && url.query().is_none() && url.fragment().is_none() => Ok(url),
        "http" => Err(unusable("it has no host, or more than a host, a port and a path")),
        "https" => Err(unusable(
            "TLS to ARI is not built yet; keep ARI on this machine's own address or in a network of its own",
        )),
        _ => Err(unusable("it does not begin with http://")),
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

fn asterisks_words(answer: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Said {
        #[serde(alias = "error")]
        message: String,
    }
    match serde_json::from_slice::<Said>(answer) {
        Ok(said) => said.message.chars().filter(|c| !c.is_control()).take(QUOTE_CHARS_MAX).collect(),
        Err(_) => "without words".into(),
    }
}
