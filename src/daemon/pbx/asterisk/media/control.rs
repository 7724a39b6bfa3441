//! The text messages of a `chan_websocket` connection, plain or JSON: what Asterisk says of its end of the sound.
//!
//! Source: Asterisk's `chan_websocket`, 22.6 to 22.10, and captures of 22.10.1. Lenient: words and fields that
//! Klinke does not need are passed over.

use std::borrow::Cow;

use serde::Deserialize;

use crate::config::Codec;

/// What Asterisk says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// The sound can begin (`MEDIA_START`); `None`: coded in a way that Klinke does not know.
    Started(Option<Codec>),
    /// So many frames of ours wait (`STATUS`).
    Waiting(u32),
    /// No more for now (`MEDIA_XOFF`), or go on (`MEDIA_XON`).
    Full(bool),
    /// Anything else: a digit (ARI says so too), a mark.
    Other,
}

/// In which form a connection's messages are. `f(json)` in the dial string or `chan_websocket.conf` say which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `STATUS channel_id:m5 queue_length:0 …`
    Plain,
    /// `{"event":"STATUS","channel_id":"m5","queue_length":0,…}`
    Json,
}

impl Form {
    /// The question how much waits.
    #[must_use]
    pub const fn ask_status(self) -> &'static str {
        match self {
            Self::Plain => "GET_STATUS",
            Self::Json => r#"{"command":"GET_STATUS"}"#,
        }
    }

    /// The wish to throw away what waits.
    #[must_use]
    pub const fn flush(self) -> &'static str {
        match self {
            Self::Plain => "FLUSH_MEDIA",
            Self::Json => r#"{"command":"FLUSH_MEDIA"}"#,
        }
    }
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(default, borrow)]
    format: Option<Cow<'a, str>>,
    #[serde(default)]
    queue_length: Option<u32>,
}

impl Control {
    /// Reads a message, and in which form it is. What is no message at all is [`Control::Other`].
    #[must_use]
    pub fn parse(text: &str) -> (Self, Form) {
        if text.trim_start().starts_with('{') {
            let event: Option<Event<'_>> = serde_json::from_str(text).ok();
            let read = event.map(|event| Self::of(&event.event, event.format.as_deref(), event.queue_length));
            return (read.unwrap_or(Self::Other), Form::Json);
        }
        let mut words = text.split_ascii_whitespace();
        let event = words.next().unwrap_or_default();
        let (mut format, mut waiting) = (None, None);
        for (name, value) in words.filter_map(|word| word.split_once(':')) {
            match name {
                "format" => format = Some(value),
                "queue_length" => waiting = value.parse().ok(),
                _ => {}
            }
        }
        (Self::of(event, format, waiting), Form::Plain)
    }

    fn of(event: &str, format: Option<&str>, waiting: Option<u32>) -> Self {
        match (event, waiting) {
            ("MEDIA_START", _) => Self::Started(format.and_then(Codec::named)),
            ("STATUS", Some(waiting)) => Self::Waiting(waiting),
            ("MEDIA_XOFF", _) => Self::Full(true),
            ("MEDIA_XON", _) => Self::Full(false),
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_forms_say_the_same() {
        for (plain, json, control) in [
            (
                "MEDIA_START connection_id:c channel:WebSocket/c/0x7f channel_id:m5 format:slin16 ptime:20",
                r#"{"event":"MEDIA_START","format":"slin16","channel_variables":{"A":"b"}}"#,
                Control::Started(Some(Codec::Slin16)),
            ),
            ("MEDIA_START", r#"{"event":"MEDIA_START"}"#, Control::Started(None)),
            (
                "STATUS channel_id:m5 queue_length:245 xon_level:800 queue_full:false",
                r#"{"event":"STATUS","queue_length":245,"queue_full":false}"#,
                Control::Waiting(245),
            ),
            ("MEDIA_XOFF", r#"{"event":"MEDIA_XOFF","channel_id":"m5"}"#, Control::Full(true)),
            ("MEDIA_XON", r#"{"event":"MEDIA_XON"}"#, Control::Full(false)),
            ("DTMF_END digit:5 channel_id:m5", r#"{"event":"DTMF_END","digit":"5"}"#, Control::Other),
            ("STATUS queue_length:-1", r#"{"event":"STATUS","queue_length":-1}"#, Control::Other),
            ("", "{", Control::Other),
        ] {
            assert_eq!(Control::parse(plain), (control, Form::Plain), "{plain}");
            assert_eq!(Control::parse(json), (control, Form::Json), "{json}");
        }
    }

    proptest! {
        #[test]
        fn no_message_breaks_it(text in "\\{?.{0,200}") {
            let _ = Control::parse(&text);
        }

        #[test]
        fn no_shape_of_a_known_message_breaks_it(
            event in "MEDIA_START|STATUS|MEDIA_XOFF",
            value in r#"null|7|-7|4294967296|"x"|\[\]|\{\}"#,
        ) {
            let json = format!(r#"{{"event":"{event}","format":{value},"queue_length":{value}}}"#);
            prop_assert_eq!(Control::parse(&json).1, Form::Json);
            let _ = Control::parse(&format!("{event} format:{value} queue_length:{value}"));
        }
    }
}
