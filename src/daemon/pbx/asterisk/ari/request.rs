//! One request to ARI as a value, and its answer: the same whichever way they travel (`http`, `over_socket`).

use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use super::super::error::AsteriskError;

/// Longest a request may take, from the wish to the last byte of the answer, on either way.
pub const REQUEST_MS_MAX: u64 = 2_000;
/// Longest answer that is read. A PBX with 200 of our calls answers with about 10 KB.
pub const ANSWER_BYTES_MAX: usize = 1 << 20;
/// How much of Asterisk's own words an error quotes.
const QUOTE_CHARS_MAX: usize = 120;
/// What an error hints at where the request itself knows nothing better.
const HINT: &str = "Asterisk's own log says more";

/// What is asked for, below `/ari`.
///
/// Path and query are plain: whoever sends the request writes them as its way wants it, so that a channel's name
/// never leaves its place.
#[derive(Clone, Debug)]
pub struct Request {
    /// What it is to do, for errors: "answer channel 17.4". No caller's number, no password.
    pub operation: String,
    /// HTTP's word for it.
    pub method: Method,
    /// Segments of the path: `["channels", "17.4", "answer"]`.
    pub path: Vec<String>,
    /// Names and values.
    pub query: Vec<(&'static str, String)>,
    /// JSON, where the request has one.
    pub body: Option<Value>,
    /// What to look at where it is refused.
    pub hint: &'static str,
}

impl Request {
    /// Reads.
    pub fn get(operation: impl Into<String>, path: &[&str]) -> Self {
        Self::new(Method::GET, operation.into(), path)
    }

    /// Does.
    pub fn post(operation: impl Into<String>, path: &[&str]) -> Self {
        Self::new(Method::POST, operation.into(), path)
    }

    /// Takes away.
    pub fn delete(operation: impl Into<String>, path: &[&str]) -> Self {
        Self::new(Method::DELETE, operation.into(), path)
    }

    fn new(method: Method, operation: String, path: &[&str]) -> Self {
        let path = path.iter().map(|&segment| segment.to_owned()).collect();
        Self { operation, method, path, query: Vec::new(), body: None, hint: HINT }
    }

    /// With one more value in the query.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// With this JSON.
    #[must_use]
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// With something better to look at where it is refused.
    #[must_use]
    pub const fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP's status.
    pub status: u16,
    /// Its body, at most 1 MiB.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body of an answer that says yes.
    ///
    /// # Errors
    /// What its status means for `request`, which was sent to `at`.
    pub fn success(self, request: Request, at: &str) -> Result<Vec<u8>, AsteriskError> {
        let (operation, at, status) = (request.operation, at.to_owned(), self.status);
        match status {
            200..=299 => Ok(self.body),
            401 | 403 => Err(AsteriskError::Unauthorised { operation, at, status }),
            404 => Err(AsteriskError::Gone { operation }),
            _ => {
                let (cause, hint) = (asterisks_words(&self.body), request.hint);
                Err(AsteriskError::Refused { operation, at, status, cause, hint })
            }
        }
    }
}

/// What Asterisk says of it, without what could be a name or a number in it.
fn asterisks_words(answer: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Said {
        #[serde(alias = "error")]
        message: String,
    }
    match serde_json::from_slice::<Said>(answer) {
        Ok(said) => {
            let words = said.message.split_whitespace().enumerate().map(|(nth, word)| blot(nth, word));
            words.collect::<Vec<_>>().join(" ").chars().take(QUOTE_CHARS_MAX).collect()
        }
        Err(_) => "without words".into(),
    }
}

/// Asterisk's own words are small letters but for the first one; whatever else stands there may be somebody's.
fn blot(nth: usize, word: &str) -> &str {
    let letters = word.trim_end_matches(['.', ',', ':', ';', '!']);
    let small = match letters.chars().next() {
        Some(first) if nth == 0 && first.is_ascii_uppercase() => &letters[1..],
        _ => letters,
    };
    if small.chars().all(|c| c.is_ascii_lowercase() || c == '\'') { word } else { "…" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asterisk_is_quoted_without_names_and_numbers() {
        let quoted =
            |message: &str| asterisks_words(serde_json::json!({ "message": message }).to_string().as_bytes());
        assert_eq!(quoted("Channel not in a bridge, can't go on."), "Channel not in a bridge, can't go on.");
        assert_eq!(quoted("no media for Weber at +49711 or sip:weber@pbx"), "no media for … at … or …");
        assert_eq!(quoted("Channel PJSIP/weber-1 not found"), "Channel … not found");
        assert_eq!(quoted("a\u{7}b"), "…");
        assert_eq!(quoted(&"ä".repeat(500)), "…");
        assert!(quoted(&"no ".repeat(500)).len() <= QUOTE_CHARS_MAX);
        assert_eq!(asterisks_words(br#"{"error":"Internal Server Error"}"#), "Internal … …");
        assert_eq!(asterisks_words(b"<html>"), "without words");
    }
}
