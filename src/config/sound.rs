//! How the sound of a call travels between Asterisk and us: on which path, in which code.

use super::tree::Table;

/// The paths that Asterisk offers to a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaPath {
    /// RTP over UDP: every Asterisk (`chan_rtp`).
    Rtp,
    /// AudioSocket over TCP: Asterisk 18 and later (`chan_audiosocket`).
    AudioSocket,
    /// WebSocket: Asterisk 20.16, 22.6, 23 and later (`chan_websocket`).
    WebSocket,
}

impl MediaPath {
    /// Every path as it is written, the preferred one first.
    pub const WORDS: [(&str, Self); 3] =
        [("rtp", Self::Rtp), ("audiosocket", Self::AudioSocket), ("websocket", Self::WebSocket)];

    /// As it is written.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rtp => "rtp",
            Self::AudioSocket => "audiosocket",
            Self::WebSocket => "websocket",
        }
    }

    /// Whether Asterisk carries sound in this code on this path, both ways. RTP has no payload type for 16 kHz
    /// linear: Asterisk would send it and silently drop what comes back. AudioSocket is for linear sound.
    #[must_use]
    pub const fn carries(self, codec: Codec) -> bool {
        match self {
            Self::Rtp => !matches!(codec, Codec::Slin16),
            Self::AudioSocket => matches!(codec, Codec::Slin | Codec::Slin16),
            Self::WebSocket => true,
        }
    }
}

/// How sound is coded. The words are Asterisk's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 A-law, 8 kHz.
    Alaw,
    /// G.711 µ-law, 8 kHz.
    Ulaw,
    /// G.722, 16 kHz in 64 kbit/s.
    G722,
    /// 16 bit linear, 8 kHz.
    Slin,
    /// 16 bit linear, 16 kHz.
    Slin16,
}

impl Codec {
    /// Every code as it is written.
    pub const WORDS: [(&str, Self); 5] = [
        ("alaw", Self::Alaw),
        ("ulaw", Self::Ulaw),
        ("g722", Self::G722),
        ("slin", Self::Slin),
        ("slin16", Self::Slin16),
    ];

    /// As Asterisk writes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Alaw => "alaw",
            Self::Ulaw => "ulaw",
            Self::G722 => "g722",
            Self::Slin => "slin",
            Self::Slin16 => "slin16",
        }
    }

    /// The code of that name.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|&(_, codec)| codec)
    }

    /// Whether it carries what lies above 4 kHz.
    #[must_use]
    pub const fn is_wide(self) -> bool {
        matches!(self, Self::G722 | Self::Slin16)
    }
}

/// Path and code as `[asterisk]` has them; the outer `None`: a mistake, the inner ones: chosen for each call.
pub fn read(table: &Table<'_>) -> Option<(Option<MediaPath>, Option<Codec>)> {
    let media = table.get("media");
    let codec = table.get("codec");
    let path = match &media {
        Some(item) => item.one_of(&or_auto(&MediaPath::WORDS)),
        None => Some(None),
    };
    let code = match &codec {
        Some(item) => item.one_of(&or_auto(&Codec::WORDS)),
        None => Some(None),
    };
    let (path, code) = (path?, code?);
    if let (Some(path), Some(code), Some(item)) = (path, code, &codec)
        && !path.carries(code)
    {
        let fitting: Vec<_> = Codec::WORDS.iter().filter(|(_, code)| path.carries(*code)).collect();
        let fitting: Vec<_> = fitting.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let why = format!("Asterisk carries no {} over {}", code.word(), path.word());
        item.mistake(why, format!("\"auto\", or one of {}", fitting.join(", ")));
        return None;
    }
    Some((path, code))
}

fn or_auto<T: Copy>(words: &[(&'static str, T)]) -> Vec<(&'static str, Option<T>)> {
    let words = words.iter().map(|&(word, value)| (word, Some(value)));
    std::iter::once(("auto", None)).chain(words).collect()
}
