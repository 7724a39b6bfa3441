//! Names of what we make in the PBX for a call. They are made of the caller's channel, so that whoever finds one
//! later knows whose it is.

const MEDIA_PREFIX: &str = "klinke-media-";
const BRIDGE_PREFIX: &str = "klinke-bridge-";
const COLLEAGUE_PREFIX: &str = "klinke-colleague-";
/// What Asterisk appends for the far half of a Local channel.
const FAR_HALF: &str = ";2";

/// Name of the media channel of a call.
pub fn media_channel(caller: &str) -> String {
    format!("{MEDIA_PREFIX}{caller}")
}

/// Name of the bridge of a call.
pub fn bridge(caller: &str) -> String {
    format!("{BRIDGE_PREFIX}{caller}")
}

/// Name of the channel to the colleague who is asked.
pub fn colleague_channel(caller: &str) -> String {
    format!("{COLLEAGUE_PREFIX}{caller}")
}

/// Name of that channel's far half, where it goes through the dialplan.
pub fn far_half(channel: &str) -> String {
    format!("{channel}{FAR_HALF}")
}

/// Whose media channel that is, if it is one.
pub fn media_owner(channel: &str) -> Option<&str> {
    channel.strip_prefix(MEDIA_PREFIX)
}

/// Whose bridge that is, if it is one of ours.
pub fn bridge_owner(bridge: &str) -> Option<&str> {
    bridge.strip_prefix(BRIDGE_PREFIX)
}

/// What a channel is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose<'a> {
    /// A caller's own.
    Caller(&'a str),
    /// The media channel of that caller.
    Media(&'a str),
    /// The colleague who is asked for that caller.
    Colleague(&'a str),
    /// The far half of the way to him, which tells nothing that the near one does not.
    FarHalf(&'a str),
}

impl<'a> Whose<'a> {
    /// Reads a channel's name.
    pub fn of(channel: &'a str) -> Self {
        if let Some(owner) = channel.strip_prefix(MEDIA_PREFIX) {
            return Self::Media(owner);
        }
        let Some(owner) = channel.strip_prefix(COLLEAGUE_PREFIX) else { return Self::Caller(channel) };
        owner.strip_suffix(FAR_HALF).map_or(Self::Colleague(owner), Self::FarHalf)
    }

    /// The caller for whom we made it; `None`: it is a caller's own.
    pub const fn owner(self) -> Option<&'a str> {
        match self {
            Self::Caller(_) => None,
            Self::Media(owner) | Self::Colleague(owner) | Self::FarHalf(owner) => Some(owner),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_tells_whose_it_is() {
        let colleague = colleague_channel("1.7");
        assert_eq!(Whose::of(&media_channel("1.7")), Whose::Media("1.7"));
        assert_eq!(Whose::of(&colleague), Whose::Colleague("1.7"));
        assert_eq!(Whose::of(&far_half(&colleague)), Whose::FarHalf("1.7"));
        assert_eq!(Whose::of("1.7;2").owner(), None);
        assert_eq!(bridge_owner(&bridge("1.7")), Some("1.7"));
    }
}
