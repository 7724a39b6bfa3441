//! The PBX: adapters that turn what a PBX, a file or a microphone does into a [`Line`].
//!
//! The contract is `call/line.rs`; here it gets its queues. Both are bounded. Events: when the call does not
//! read for a second, frames of the caller are dropped, never a digit or the end. Commands: the adapter reads
//! them as they come, one frame a tick.

pub mod asterisk;
pub mod audiosocket;
pub mod coding;
pub mod local;
pub mod rtp;

use tokio::sync::{OwnedSemaphorePermit, mpsc};

use crate::call::line::{Arrival, LineCommand, LineEvent};

/// Events that wait for a call: a second of frames, and [`EVENTS_RESERVED`].
pub const EVENTS_MAX: usize = 50 + EVENTS_RESERVED;
/// Places among them that frames may not take, so that digits and the end always get through.
pub const EVENTS_RESERVED: usize = 14;
/// Commands that wait for the adapter: 160 ms of frames; the call that sends more waits itself.
pub const COMMANDS_MAX: usize = 8;

/// A call as the shell gets it: just before it is answered, so that there is a record of every call that was.
///
/// Dropping `commands` without a last command (a call whose task has died) sends the caller to the dialplan's
/// fallback.
#[derive(Debug)]
pub struct Line {
    /// What the PBX said of it.
    pub arrival: Arrival,
    /// The site that the dialplan named; empty where it named none.
    pub site: String,
    /// What happens. Ends after [`LineEvent::HungUp`], or without it once the call has been let go.
    pub events: mpsc::Receiver<LineEvent>,
    /// What the call wants. Closed once the call is over: an error of sending says just that.
    pub commands: mpsc::Sender<LineCommand>,
    /// The place that [`Admission::Admitted`] gave the call. Kept until everything about it is done; note that
    /// an `async move` block which names only the other fields leaves it behind.
    pub seat: Option<OwnedSemaphorePermit>,
}

/// What the dialplan asks for: `Stasis(klinke,site=heating,lang=de)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The site; empty where it names none.
    pub site: &'a str,
    /// The language, as written there.
    pub language: Option<&'a str>,
}

/// Whether a call that arrives is taken.
#[derive(Debug)]
pub enum Admission {
    /// It is, on this place.
    Admitted(Option<OwnedSemaphorePermit>),
    /// It goes on in the dialplan at once, with this word as the reason: [`reason`], or one of the shell's own.
    Refused(&'static str),
}

/// The words that reach the dialplan as `KLINKE_REASON` without a call having chosen them.
pub mod reason {
    /// As many calls as the limit allows.
    pub const BUSY: &str = "busy";
    /// The machine does not keep up with the calls that it has.
    pub const OVERLOADED: &str = "overloaded";
    /// Models, voices or sites are not loaded, or cannot be.
    pub const NOT_READY: &str = "not_ready";
    /// The daemon is going down.
    pub const SHUTDOWN: &str = "shutdown";
    /// No site of that name.
    pub const UNKNOWN_SITE: &str = "unknown_site";
    /// Something broke on our side or between the PBX and us.
    pub const FAULT: &str = "fault";
    /// The call was found in the PBX and nobody looked after it, such as after a restart of the daemon.
    pub const ABANDONED: &str = "abandoned";
}
