//! Fetches a file over HTTP: bounded, and going on where it was cut off, now or at the next try.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use reqwest::header::{CONTENT_RANGE, RANGE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};

use super::{WeightsError, sums};
use crate::models::catalogue::Sum;

/// Longest a connection may take.
const CONNECT_S_MAX: u64 = 15;
/// Longest that nothing may come on a connection.
const SILENCE_S_MAX: u64 = 60;
/// Tries in a row that bring nothing.
const FRUITLESS_MAX: u32 = 4;
/// Tries in all.
const TRIES_MAX: u32 = 200;
/// Redirects that are followed; vendors take two.
const REDIRECTS_MAX: usize = 5;
/// How long to wait before another try, times the fruitless ones so far.
const WAIT_MS: u64 = 500;

/// What is wanted.
pub struct Wanted<'a> {
    /// From where.
    pub url: &'a str,
    /// Its length.
    pub bytes: u64,
    /// Its sum.
    pub sha256: Sum,
}

/// Fetches files.
pub struct Fetcher {
    client: Client,
}

/// Why a try ended.
enum Cut {
    /// Another try may bring the rest.
    Short(String),
    /// It never will.
    Final(WeightsError),
}

impl Fetcher {
    /// Of what lies at `urls`. Proxies of the environment are used. Where one of the addresses is `https`, the
    /// system's certificates count.
    ///
    /// # Errors
    /// TLS cannot be spoken here.
    pub fn new<'a>(mut urls: impl Iterator<Item = &'a str>) -> Result<Self, WeightsError> {
        // reqwest is built without a choice of cryptography; another part of the program may have made ours
        let _ = rustls::crypto::ring::default_provider().install_default();
        let secure = urls.any(|url| url.starts_with("https"));
        let policy = Policy::custom(|attempt| {
            let was_secure = attempt.previous().iter().any(|url| url.scheme() == "https");
            match attempt.url().scheme() {
                "http" if was_secure => attempt.error("it redirects from https to http"),
                "http" | "https" if attempt.previous().len() <= REDIRECTS_MAX => attempt.follow(),
                _ => attempt.error(format!("it redirects more than {REDIRECTS_MAX} times, or elsewhere")),
            }
        });
        let client = Client::builder()
            .redirect(policy)
            .user_agent(concat!("klinke/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(CONNECT_S_MAX));
        let client = if secure { client } else { client.tls_certs_only([]) };
        let client = client.build();
        Ok(Self {
            client: client.map_err(|error| WeightsError::Unreachable {
                url: "anything by https".to_owned(),
                cause: chain(&error),
            })?,
        })
    }

    /// Fetches what is wanted into `part`, where an earlier try may have left its beginning. `seen` is told how
    /// many bytes are there. On success the file has the wanted length and sum; otherwise what came and may be the
    /// beginning of it stays for the next try.
    ///
    /// # Errors
    /// It cannot be had, or what came is something else.
    pub async fn fetch(
        &self,
        wanted: &Wanted<'_>,
        part: &Path,
        seen: &mut (dyn FnMut(u64) + Send),
    ) -> Result<(), WeightsError> {
        let resumed = length(part) > 0;
        self.bring(wanted, part, seen).await?;
        let checked = sums::check(part, wanted.url, wanted.sha256, Some(wanted.bytes));
        if checked.is_ok() {
            return Ok(());
        }
        // nothing of another file may become the beginning of the next try
        remove(part)?;
        if !resumed {
            return checked;
        }
        // the beginning may have been of another file
        self.bring(wanted, part, seen).await?;
        sums::check(part, wanted.url, wanted.sha256, Some(wanted.bytes)).inspect_err(|_| {
            let _ = fs::remove_file(part);
        })
    }

    /// Brings `part` to the wanted length.
    async fn bring(
        &self,
        wanted: &Wanted<'_>,
        part: &Path,
        seen: &mut (dyn FnMut(u64) + Send),
    ) -> Result<(), WeightsError> {
        let mut fruitless = 0;
        let mut said = String::new();
        for _ in 0..TRIES_MAX {
            let before = length(part);
            if before > wanted.bytes {
                remove(part)?;
                continue;
            }
            if before == wanted.bytes {
                seen(before);
                return Ok(());
            }
            match self.once(wanted, part, before, seen).await {
                Ok(()) => {}
                Err(Cut::Final(error)) => return Err(error),
                Err(Cut::Short(cause)) => said = cause,
            }
            fruitless = if length(part) > before { 0 } else { fruitless + 1 };
            if fruitless >= FRUITLESS_MAX {
                break;
            }
            tokio::time::sleep(Duration::from_millis(WAIT_MS * u64::from(fruitless))).await;
        }
        Err(WeightsError::Unreachable { url: wanted.url.to_owned(), cause: said })
    }

    /// One request; appends what comes.
    async fn once(
        &self,
        wanted: &Wanted<'_>,
        part: &Path,
        from: u64,
        seen: &mut (dyn FnMut(u64) + Send),
    ) -> Result<(), Cut> {
        let url = Url::parse(wanted.url).map_err(|error| {
            Cut::Final(WeightsError::Unreachable { url: wanted.url.to_owned(), cause: error.to_string() })
        })?;
        let mut request = self.client.get(url);
        if from > 0 {
            request = request.header(RANGE, format!("bytes={from}-"));
        }
        let silence = Duration::from_secs(SILENCE_S_MAX);
        let silent = |_| Cut::Short(format!("nothing came for {SILENCE_S_MAX} s"));
        let answer = tokio::time::timeout(silence, request.send()).await.map_err(silent)?;
        let answer = answer.map_err(|error| cut(wanted, &error))?;
        let goes_on = judge(wanted, &answer, from)?;
        let write = |cause| Cut::Final(WeightsError::file("write", part, cause));
        let mut at = if goes_on { from } else { 0 };
        let mut file = open(part, goes_on).map_err(write)?;
        let mut answer = answer;
        loop {
            let piece = tokio::time::timeout(silence, answer.chunk()).await.map_err(silent)?;
            let Some(piece) = piece.map_err(|error| Cut::Short(chain(&error)))? else { break };
            at += piece.len() as u64;
            if at > wanted.bytes {
                drop(file);
                remove(part).map_err(Cut::Final)?;
                let what = wanted.url.to_owned();
                return Err(Cut::Final(WeightsError::Length { what, wanted: wanted.bytes, got: at }));
            }
            file.write_all(&piece).map_err(write)?;
            seen(at);
        }
        file.sync_all().map_err(write)?;
        match at == wanted.bytes {
            true => Ok(()),
            false => Err(Cut::Short(format!("it ended after {at} of {} bytes", wanted.bytes))),
        }
    }
}

/// Whether the answer goes on where we are (else it begins anew), or why it is of no use.
fn judge(wanted: &Wanted<'_>, answer: &Response, from: u64) -> Result<bool, Cut> {
    let what = wanted.url.to_owned();
    let length = |got| Cut::Final(WeightsError::Length { what: what.clone(), wanted: wanted.bytes, got });
    match answer.status() {
        StatusCode::OK => match answer.content_length() {
            Some(got) if got != wanted.bytes => Err(length(got)),
            _ => Ok(false),
        },
        StatusCode::PARTIAL_CONTENT => {
            let range = answer.headers().get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
            match range.and_then(content_range) {
                Some((_, total)) if total != wanted.bytes => Err(length(total)),
                Some((first, _)) if first == from => Ok(true),
                _ => Err(Cut::Final(WeightsError::Unreachable {
                    url: what,
                    cause: format!(
                        "its answer is for another part ({})",
                        range.unwrap_or("it does not say which")
                    ),
                })),
            }
        }
        // what passes by itself, as servers that are busy say it
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            Err(Cut::Short(format!("the server answers {}", status.as_u16())))
        }
        status => Err(Cut::Final(WeightsError::Refused { url: what, status: status.as_u16() })),
    }
}

/// First byte and whole length of `bytes 5-9/10` (RFC 9110, 14.4).
fn content_range(text: &str) -> Option<(u64, u64)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    Some((range.split_once('-')?.0.parse().ok()?, total.parse().ok()?))
}

fn cut(wanted: &Wanted<'_>, error: &reqwest::Error) -> Cut {
    let cause = chain(error);
    if error.is_redirect() || error.is_builder() {
        return Cut::Final(WeightsError::Unreachable { url: wanted.url.to_owned(), cause });
    }
    Cut::Short(cause)
}

/// An error and what is behind it, without the address, which stands in our own words.
fn chain(error: &reqwest::Error) -> String {
    let mut words = Vec::new();
    let mut next: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(error) = next {
        words.push(error.to_string());
        next = error.source();
    }
    match words.is_empty() {
        true => "the request failed".to_owned(),
        false => words.join(": "),
    }
}

fn open(part: &Path, goes_on: bool) -> std::io::Result<File> {
    OpenOptions::new().create(true).write(true).append(goes_on).truncate(!goes_on).open(part)
}

fn length(part: &Path) -> u64 {
    fs::metadata(part).map_or(0, |found| found.len())
}

fn remove(part: &Path) -> Result<(), WeightsError> {
    fs::remove_file(part).map_err(|cause| WeightsError::file("remove", part, cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        assert_eq!(content_range("bytes 5-9/10"), Some((5, 10)));
        for other in ["bytes 5-9/*", "5-9/10", "bytes */10", "", "bytes -5/10"] {
            assert_eq!(content_range(other), None, "{other}");
        }
    }
}
