//! What is written and allowed, but departs from the strict legal defaults, with the article it touches. An
//! engineer's reading, not legal advice.

use super::{Config, MediaPath};

/// A setting that departs from a strict default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Departure {
    /// The key, with the site's name before it where it is a site's.
    pub key: String,
    /// What it means.
    pub what: String,
    /// Which article it touches.
    pub article: &'static str,
}

/// Every departure, in the order of the files. Switching the disclosure off is none: it cannot be done.
#[must_use]
pub fn departures(config: &Config) -> Vec<Departure> {
    let mut departures = Vec::new();
    let mut departs = |key: &str, what: &str, article| {
        departures.push(Departure { key: key.to_owned(), what: what.to_owned(), article });
    };
    if let Some(asterisk) = &config.asterisk {
        let plain = asterisk.url.strip_prefix("http://");
        if plain.is_some_and(|server| !is_this_machine(server)) {
            let what = "the password and callers' numbers cross the network unencrypted; use https, keep that network \
                        to the PBX and Klinke, or run both on one machine";
            departs("asterisk.url", what, "GDPR Art. 32(1)(a)");
        }
        // by WebSocket sound goes where requests go
        let private = asterisk.media == Some(MediaPath::WebSocket) && plain.is_none_or(is_this_machine);
        if !asterisk.media_address.is_loopback() && !private {
            let what = "callers' voices cross the network unencrypted; keep that network to the PBX and Klinke, run \
                        both on one machine, or let sound go by media = \"websocket\" under an https url";
            departs("asterisk.media_address", what, "GDPR Art. 32(1)(a)");
        }
    }
    for site in &config.sites {
        let hand_over = &site.hand_over;
        for (key, extension) in [("extension", &hand_over.open), ("extension_closed", &hand_over.closed)] {
            if extension.is_empty() {
                let what = "not written: who asks for a human is sent on in the dialplan after Klinke; make sure \
                            that a human answers there";
                departs(&format!("{}: hand_over.{key}", site.id), what, "GDPR Art. 22(3)");
            }
        }
        let by_number = site.forms.iter().any(|form| form.action.changes());
        if by_number && site.calendar.trust_caller_number {
            let what = "who calls from a number, or forges it, and knows a name or a day hears of that appointment and \
                        can change it; set it only where the line's provider checks callers' numbers";
            departs(&format!("{}: calendar.trust_caller_number", site.id), what, "GDPR Art. 32(1)(b)");
        }
    }
    departures
}

/// What the shipped files leave to be written, marked by « »: the keys that still have it.
#[must_use]
pub fn unwritten(config: &Config) -> Vec<String> {
    let mut keys = Vec::new();
    for site in &config.sites {
        let technicians = site.technicians.iter().map(|who| ("technicians.name", &who.name));
        let places = site.words.places.iter().map(|place| ("words.places", place));
        let texts = [
            ("name", &site.name),
            ("texts.disclosure", &site.texts.disclosure),
            ("texts.privacy", &site.texts.privacy),
        ];
        let all = texts.into_iter().chain(technicians).chain(places);
        keys.extend(
            all.filter(|(_, text)| text.contains(['«', '»'])).map(|(key, _)| format!("{}: {key}", site.id)),
        );
    }
    keys
}

fn is_this_machine(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => authority.split([':', '/']).next(),
    };
    let host = host.unwrap_or_default();
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_several_names() {
        for name in ["localhost", "localhost:8088", "127.0.0.1:8088", "127.1.2.3/asterisk", "[::1]:8088"] {
            assert!(is_this_machine(name), "{name}");
        }
        for name in ["pbx:8088", "192.168.1.5", "[fe80::1]:8088", "localhost.example.com"] {
            assert!(!is_this_machine(name), "{name}");
        }
    }
}
