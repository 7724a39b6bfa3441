//! Where callers can be handed to, as a site writes it: `"200"` is an extension of the dialplan, `"device:PJSIP/anna"`
//! a telephone, `"queue:service"` a queue. The characters are few on purpose: what stands here becomes part of a
//! line of the dialplan.

use super::tree::Item;
use crate::call::line::Destination;

/// Characters of an extension.
const EXTENSION_CHARS_MAX: usize = 32;
/// Characters of a telephone's or a queue's name.
const NAME_CHARS_MAX: usize = 80;
/// Colleagues that are asked one after the other.
const DESTINATIONS_MAX: usize = 8;

/// One destination, or a list of them.
pub fn read(item: &Item<'_>) -> Option<Vec<Destination>> {
    if item.is_text() || !item.is_destination() {
        return read_one(item).map(|destination| vec![destination]);
    }
    let list = item.list()?;
    if list.is_empty() || list.len() > DESTINATIONS_MAX {
        item.mistake(format!("has {} destinations; 1 to {DESTINATIONS_MAX} are allowed", list.len()), None);
        return None;
    }
    let read: Vec<_> = list.iter().map(read_one).collect();
    read.into_iter().collect()
}

/// One destination.
pub fn read_one(item: &Item<'_>) -> Option<Destination> {
    let text = item.text()?;
    let (why, instead) = match parse(&text) {
        Ok(destination) => return Some(destination),
        Err(Wrong::Extension) => (
            format!(
                "an extension of the dialplan has letters, digits, * # + _ -, and at most {EXTENSION_CHARS_MAX} of them"
            ),
            "\"200\"",
        ),
        Err(Wrong::Device) => (
            format!(
                "a telephone is written as the PBX dials it, technology and name: letters, digits, _ - . @ : + /, and at \
                 most {NAME_CHARS_MAX} of them"
            ),
            "\"device:PJSIP/anna\"",
        ),
        Err(Wrong::Queue) => (
            format!("a queue's name has letters, digits, _ - ., and at most {NAME_CHARS_MAX} of them"),
            "\"queue:service\"",
        ),
        Err(Wrong::Kind) => (
            "is neither an extension nor a `device:` nor a `queue:`".to_owned(),
            "\"200\", \"device:PJSIP/anna\" or \"queue:service\"",
        ),
    };
    item.mistake(why, instead.to_owned());
    None
}

/// What is wrong with a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Extension,
    Device,
    Queue,
    Kind,
}

fn parse(text: &str) -> Result<Destination, Wrong> {
    let made_of = |name: &str, others: &str, most: usize| {
        let good = |c: char| c.is_ascii_alphanumeric() || others.contains(c);
        !name.is_empty() && name.len() <= most && name.chars().all(good)
    };
    let (kind, name) = text.split_once(':').unwrap_or(("extension", text));
    match kind {
        "extension" if made_of(name, "*#+_-", EXTENSION_CHARS_MAX) => {
            Ok(Destination::Extension(name.to_owned()))
        }
        "device" if made_of(name, "_-.@:+/", NAME_CHARS_MAX) && is_dialled(name) => {
            Ok(Destination::Device(name.to_owned()))
        }
        "queue" if made_of(name, "_-.", NAME_CHARS_MAX) => Ok(Destination::Queue(name.to_owned())),
        "extension" => Err(Wrong::Extension),
        "device" => Err(Wrong::Device),
        "queue" => Err(Wrong::Queue),
        _ => Err(Wrong::Kind),
    }
}

/// Whether there is a technology and a name.
fn is_dialled(name: &str) -> bool {
    name.split_once('/').is_some_and(|(technology, name)| {
        !technology.is_empty() && technology.chars().all(|c| c.is_ascii_alphanumeric()) && !name.is_empty()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_kind_is_read_as_it_is_written() {
        assert_eq!(parse("200"), Ok(Destination::Extension("200".into())));
        assert_eq!(parse("*77#"), Ok(Destination::Extension("*77#".into())));
        assert_eq!(parse("extension:on-call"), Ok(Destination::Extension("on-call".into())));
        assert_eq!(parse("device:PJSIP/anna"), Ok(Destination::Device("PJSIP/anna".into())));
        let address = "PJSIP/trunk/sip:anna@10.0.0.7:5060";
        assert_eq!(parse(&format!("device:{address}")), Ok(Destination::Device(address.into())));
        assert_eq!(parse("queue:service-1"), Ok(Destination::Queue("service-1".into())));
    }

    #[test]
    fn what_a_dialplan_would_read_otherwise_is_refused() {
        for (text, wrong) in [
            ("", Wrong::Extension),
            ("200,1", Wrong::Extension),
            ("${EXTEN}", Wrong::Extension),
            ("device:anna", Wrong::Device),
            ("device:/anna", Wrong::Device),
            ("device:PJSIP/", Wrong::Device),
            ("device:PJSIP/a&PJSIP/b", Wrong::Device),
            ("device:PJSIP/a,30,G(x)", Wrong::Device),
            ("device:Local/200@ctx/n;1", Wrong::Device),
            ("queue:service,t", Wrong::Queue),
            ("queue:", Wrong::Queue),
            ("sip:anna", Wrong::Kind),
        ] {
            assert_eq!(parse(text), Err(wrong), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_taken_holds_no_character_of_the_dialplan(text in "(device:|queue:)?[ -~]{0,40}") {
            if let Ok(Destination::Extension(name) | Destination::Device(name) | Destination::Queue(name)) = parse(&text) {
                let of_the_dialplan = [',', '&', '$', '{', '(', ')', ';', '|', ' ', '"', '\''];
                prop_assert!(!name.contains(of_the_dialplan));
            }
        }
    }
}
