//! What ARI's event socket says, as far as a call needs it. Lenient: events and fields that Klinke does not
//! know are passed over, so that a newer Asterisk does not matter.
//!
//! Source: Asterisk's REST data models; checked against captures of Asterisk 16.28 and 22.10.1.

use serde::Deserialize;

use super::super::digits::Pressed;
use crate::call::line::{Arrival, Digit};
use crate::private::Private;

/// Something happened in the PBX.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A channel entered our application (`StasisStart`).
    Entered {
        /// Which.
        channel: String,
        /// What the PBX says of it.
        arrival: Arrival,
        /// What the dialplan wrote behind the application's name.
        arguments: Vec<String>,
    },
    /// The other side hung up (`ChannelHangupRequest`).
    HangUpRequested {
        /// Which channel.
        channel: String,
        /// Asked for inside the PBX, not by the far end.
        soft: bool,
    },
    /// A channel left our application (`StasisEnd`) or is no more (`ChannelDestroyed`).
    Left {
        /// Which.
        channel: String,
        /// Why it is no more: Q.850's number.
        cause: Option<u16>,
    },
    /// A key was pressed and released (`ChannelDtmfReceived`).
    Digit {
        /// On which channel.
        channel: String,
        /// Which key, when and for how long.
        pressed: Pressed,
    },
    /// The channel's telephone has put us on hold (`ChannelHold`) or taken us back (`ChannelUnhold`).
    Hold {
        /// Whose telephone.
        channel: String,
        /// On hold from now on, or not any more.
        on: bool,
    },
    /// Another program has registered our application's name (`ApplicationReplaced`).
    Replaced,
    /// Anything else.
    Other,
}

#[derive(Deserialize)]
struct Kind<'a> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'a, str>,
}

#[derive(Deserialize)]
struct OfChannel {
    channel: Channel,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    timestamp: String,
    #[serde(default)]
    duration_ms: i64,
    #[serde(default)]
    digit: String,
    #[serde(default)]
    soft: bool,
    #[serde(default)]
    cause: Option<u16>,
}

#[derive(Deserialize)]
struct Channel {
    id: String,
    #[serde(default)]
    caller: Caller,
    /// Since Asterisk 20.6, and only where the call was redirected.
    #[serde(default)]
    caller_rdnis: String,
    #[serde(default)]
    dialplan: Dialplan,
}

#[derive(Default, Deserialize)]
struct Caller {
    #[serde(default)]
    number: String,
}

#[derive(Default, Deserialize)]
struct Dialplan {
    #[serde(default)]
    exten: String,
}

impl Event {
    /// Reads one message of the socket.
    ///
    /// # Errors
    /// Where it is not JSON, has no type, or an event that Klinke knows lacks what it is about. The error's
    /// words hold nothing of the message.
    pub fn parse(message: &str) -> Result<Self, String> {
        let Kind { kind } = serde_json::from_str(message).map_err(|error| describe(&error))?;
        if kind == "ApplicationReplaced" {
            return Ok(Self::Replaced);
        }
        if ![
            "StasisStart",
            "StasisEnd",
            "ChannelHangupRequest",
            "ChannelDestroyed",
            "ChannelDtmfReceived",
            "ChannelHold",
            "ChannelUnhold",
        ]
        .contains(&kind.as_ref())
        {
            return Ok(Self::Other);
        }
        let event: OfChannel =
            serde_json::from_str(message).map_err(|error| format!("{kind}: {}", describe(&error)))?;
        let channel = event.channel.id;
        Ok(match kind.as_ref() {
            "StasisStart" => {
                let arrival = Arrival {
                    caller: non_empty(event.channel.caller.number).map(Private::new),
                    called: non_empty(event.channel.dialplan.exten),
                    redirected_from: non_empty(event.channel.caller_rdnis).map(Private::new),
                    language: argument(&event.args, "lang").map(str::to_owned).and_then(non_empty),
                };
                Self::Entered { channel, arrival, arguments: event.args }
            }
            "ChannelHangupRequest" => Self::HangUpRequested { channel, soft: event.soft },
            "ChannelHold" | "ChannelUnhold" => Self::Hold { channel, on: kind == "ChannelHold" },
            "ChannelDtmfReceived" => {
                let mut symbols = event.digit.chars();
                match (symbols.next().and_then(Digit::new), symbols.next()) {
                    (Some(digit), None) => {
                        let (at, duration_ms) = (event.timestamp.parse().ok(), event.duration_ms);
                        Self::Digit { channel, pressed: Pressed { digit, at, duration_ms } }
                    }
                    _ => return Err(format!("{kind}: no key of a telephone")),
                }
            }
            _ => Self::Left { channel, cause: event.cause },
        })
    }
}

/// The value of `name=value` among the arguments of the dialplan.
#[must_use]
pub fn argument<'a>(arguments: &'a [String], name: &str) -> Option<&'a str> {
    arguments.iter().find_map(|argument| argument.trim().strip_prefix(name)?.strip_prefix('=')).map(str::trim)
}

/// serde's own words quote the message, which may be about a person.
pub(super) fn describe(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Data => "a field is missing or of another kind",
        serde_json::error::Category::Eof => "the JSON is cut off",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "not JSON",
    };
    format!("{what} (line {}, column {})", error.line(), error.column())
}

fn non_empty(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_call_is_read_with_what_the_dialplan_says() {
        let message = r#"{"type":"StasisStart","args":["site=heating"," lang=de "],"new":{"x":[1]},"channel":{
            "id":"pbx-1.4","caller":{"name":"","number":"+4930123456"},"dialplan":{"exten":"700"}}}"#;
        let Ok(Event::Entered { channel, arrival, arguments }) = Event::parse(message) else { panic!() };
        assert_eq!((channel.as_str(), arrival.called.as_deref()), ("pbx-1.4", Some("700")));
        assert_eq!(arrival.caller.unwrap().reveal(), "+4930123456");
        assert_eq!(argument(&arguments, "site"), Some("heating"));
        assert_eq!(argument(&arguments, "lang"), Some("de"));
        assert_eq!(argument(&arguments, "sit"), None);
    }

    #[test]
    fn hold_is_read_as_a_pbx_tells_it() {
        for (kind, on) in [("ChannelHold", true), ("ChannelUnhold", false)] {
            let message = format!(r#"{{"type":"{kind}","musicclass":"default","channel":{{"id":"a"}}}}"#);
            assert_eq!(Event::parse(&message), Ok(Event::Hold { channel: "a".to_owned(), on }));
        }
    }

    #[test]
    fn what_is_unknown_is_passed_over() {
        assert_eq!(Event::parse(r#"{"type":"PeerStatusChange","endpoint":{}}"#), Ok(Event::Other));
        assert_eq!(Event::parse(r#"{"type":"ApplicationReplaced"}"#), Ok(Event::Replaced));
    }

    #[test]
    fn nonsense_is_named_and_not_quoted() {
        for message in [
            "",
            "{",
            "[]",
            "4711",
            r#"{"kind":"4711"}"#,
            r#"{"type":4711}"#,
            r#"{"type":"StasisStart","channel":"4711"}"#,
            r#"{"type":"StasisEnd"}"#,
            r#"{"type":"ChannelDtmfReceived","digit":"4711","channel":{"id":"a"}}"#,
        ] {
            let error = Event::parse(message).unwrap_err();
            assert!(!error.contains("4711"), "{message}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_message_breaks_the_parser(message in ".{0,200}") {
            let _ = Event::parse(&message);
        }

        #[test]
        fn no_shape_of_a_known_event_breaks_the_parser(
            kind in "StasisStart|StasisEnd|ChannelHangupRequest|ChannelDestroyed|ChannelDtmfReceived|ChannelHold|ChannelUnhold",
            channel in r#"null|\[\]|7|"x"|\{\}|\{"id":(1|"a"|null),"caller":(null|\{\}|3)\}"#,
            rest in r#"|,"args":(null|\[1\]|"x")|,"digit":(5|"AB"|"")|,"soft":"x""#,
        ) {
            let _ = Event::parse(&format!(r#"{{"type":"{kind}","channel":{channel}{rest}}}"#));
        }
    }
}
