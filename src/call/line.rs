//! The line: what a call looks like to everything behind it, whichever PBX, file or microphone it comes from.
//!
//! An adapter (`daemon/pbx/*`) delivers [`LineEvent`]s and carries out [`LineCommand`]s. It owns the clock of
//! the sound: exactly one [`LineEvent::Frame`] every 20 ms from the moment the call is answered (concealment or
//! silence where nothing arrived), and for each of them the call answers with exactly one
//! [`LineCommand::Frame`], which the adapter puts on the wire at once.
//!
//! The caller is heard at 8 kHz, which is what telephones carry and models hear. Our own voice is 16 kHz, for
//! telephones that carry more; an adapter with a narrow wire halves it at its edge (`audio/halfband`).

use serde::{Deserialize, Serialize};

use crate::private::Private;

/// Rate of the caller's sound inside a call.
pub const SAMPLE_RATE_HZ: u32 = 8_000;
/// Rate of our own voice inside a call.
pub const VOICE_RATE_HZ: u32 = 16_000;
/// Length of a frame.
pub const FRAME_MS: u32 = 20;
/// Samples in a frame of the caller.
pub const FRAME_SAMPLES: usize = (SAMPLE_RATE_HZ * FRAME_MS / 1000) as usize;
/// Samples in a frame of ours.
pub const VOICE_FRAME_SAMPLES: usize = (VOICE_RATE_HZ * FRAME_MS / 1000) as usize;

/// 20 ms of the caller: 160 samples at 8 kHz, 16 bit linear.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Frame(pub [i16; FRAME_SAMPLES]);

impl Frame {
    /// 20 ms of nothing.
    pub const SILENCE: Self = Self([0; FRAME_SAMPLES]);
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Frame(160)")
    }
}

/// 20 ms of Klinke: 320 samples at 16 kHz, 16 bit linear.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VoiceFrame(pub [i16; VOICE_FRAME_SAMPLES]);

impl VoiceFrame {
    /// 20 ms of nothing.
    pub const SILENCE: Self = Self([0; VOICE_FRAME_SAMPLES]);
}

impl std::fmt::Debug for VoiceFrame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VoiceFrame(320)")
    }
}

/// A telephone key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "char", into = "char")]
pub struct Digit(char);

impl TryFrom<char> for Digit {
    type Error = String;

    fn try_from(symbol: char) -> Result<Self, String> {
        Self::new(symbol).ok_or_else(|| format!("{symbol:?} is no telephone key"))
    }
}

impl From<Digit> for char {
    fn from(digit: Digit) -> Self {
        digit.0
    }
}

impl Digit {
    /// The key written `symbol`: `0` to `9`, `*`, `#`, `A` to `D`.
    #[must_use]
    pub const fn new(symbol: char) -> Option<Self> {
        match symbol {
            '0'..='9' | '*' | '#' | 'A'..='D' => Some(Self(symbol)),
            _ => None,
        }
    }

    /// The key as it is written.
    #[must_use]
    pub const fn symbol(self) -> char {
        self.0
    }
}

/// What the PBX says of a call when it hands it over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    /// The caller's number, as the PBX wrote it.
    pub caller: Option<Private<String>>,
    /// The number that was called.
    pub called: Option<String>,
    /// The number that the call was redirected from, where the PBX says so: whom the caller had wanted to reach.
    pub redirected_from: Option<Private<String>>,
    /// The language that the dialplan asks for (`lang=de`), as written there.
    pub language: Option<String>,
}

/// Why a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HangUp {
    /// The caller hung up.
    Caller,
    /// The PBX or the media path ended the call.
    Line,
    /// The daemon is going down.
    Shutdown,
}

/// A machine's tone among the caller's frames, as `audio::tones` finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// A fax machine that calls or answers (ITU-T T.30 CNG and V.21 flags, V.25 and V.8 answer tone).
    Fax,
    /// One clear beep, as an answering machine ends its greeting with.
    Beep,
    /// Sound that has hardly paused for five seconds: music, a noisy room, or somebody who talks and talks. Told
    /// again every two seconds.
    Lasting,
}

/// What happens on the line. In the order in which it happened.
#[derive(Clone, Debug, PartialEq)]
pub enum LineEvent {
    /// 20 ms of the caller.
    Frame(Frame),
    /// The caller pressed a key. Reported once, when it is released or recognised.
    Digit(Digit),
    /// The caller typed instead of speaking (`klinke try --text`): one whole utterance, heard without doubt.
    Typed(Private<String>),
    /// The caller's telephone has put us on hold: nobody hears us, and what arrives is nobody's voice.
    Held,
    /// The caller's telephone has taken us back.
    Resumed,
    /// A machine's tone was heard in the frames so far. Told by whoever carries frames to the call (the shell, the
    /// pretend world), the same for every kind of line, so that no decision of the call looks at samples.
    Tone(Tone),
    /// The call is over. Nothing follows.
    HungUp(HangUp),
    /// Of the colleague who was called by [`LineCommand::Consult`].
    Colleague(ColleagueEvent),
}

/// What happens on a colleague's side, in this order: `Calling`, then `Answered` with `Digit`s, and `Gone` at any
/// moment. Every [`LineCommand::Consult`] ends in exactly one `Gone`, unless the call ends or `Connect` succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColleagueEvent {
    /// The colleague's telephone is called. What Klinke says is still for the caller, and reaches him if there is no
    /// music.
    Calling {
        /// Whether the PBX plays music to the caller.
        music: bool,
    },
    /// The colleague listens: from now on the frames both ways are his, and the caller waits.
    Answered,
    /// The colleague pressed a key.
    Digit(Digit),
    /// There is no colleague (any more), and the frames are the caller's again.
    Gone(Absence),
}

/// Why there is no colleague.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// Nobody answered.
    NoAnswer,
    /// The telephone is in use.
    Busy,
    /// Refused at the telephone itself.
    Declined,
    /// No such telephone, not registered, no way to it.
    Unreachable,
    /// He answered, and hung up.
    HungUp,
    /// As [`LineCommand::Return`] wanted it.
    Returned,
    /// Colleagues cannot be asked first on this line: nobody was called.
    Unsupported,
}

/// What a colleague's telephone or screen is told of a call: as shipped nothing that the caller said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScreenPop {
    /// The call record's number. The call does not know it: the shell writes it in.
    pub call: String,
    /// The site's name in the configuration.
    pub site: String,
    /// The concern's title from the site's file; empty: none was taken up.
    pub concern: String,
    /// Whether it was triaged as the craftsman's emergency, or life is in danger.
    pub emergency: bool,
    /// Slot name → value as it is written, of those slots that the site's file lists.
    pub fields: Vec<(String, Private<String>)>,
}

/// Where a call goes when Klinke lets go of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// An extension in the PBX's dialplan.
    Extension(String),
    /// A telephone, as the PBX writes it: `PJSIP/anna`.
    Device(String),
    /// A queue of the PBX.
    Queue(String),
    /// On in the dialplan, after the point where Klinke was called: the site's own fallback.
    Fallback,
}

/// What the call wants of the line.
#[derive(Clone, Debug, PartialEq)]
pub enum LineCommand {
    /// 20 ms of Klinke, for the wire now.
    Frame(VoiceFrame),
    /// Let go of the call and send it there; `reason` reaches the dialplan as a channel variable.
    /// Nothing follows.
    Release {
        /// Where to.
        destination: Destination,
        /// One of the words in `docs/dialplan.md`.
        reason: &'static str,
        /// For the colleague.
        screen: ScreenPop,
    },
    /// Call a colleague while the caller waits, with music where the PBX has some.
    Consult {
        /// Whom. Never the fallback.
        destination: Destination,
        /// For the colleague.
        screen: ScreenPop,
        /// How long the call means to let it ring: the PBX ends it a little later in any case.
        ring: std::time::Duration,
    },
    /// Join the caller and the colleague who listens, and leave. Nothing follows.
    Connect {
        /// Reaches the dialplan.
        reason: &'static str,
    },
    /// Let go of the colleague, ringing or not. [`ColleagueEvent::Gone`] follows.
    Return,
    /// End the call. Nothing follows.
    HangUp,
}
