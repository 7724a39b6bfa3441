//! What reaches the dialogue and what it wants.

use super::{Limit, Move};
use crate::call::actions::{Order, OrderId, Outcome};
use crate::call::hearing::Expect;
use crate::call::line::{ColleagueEvent, Destination, Digit};
use crate::call::speech::Phrase;
use crate::call::understanding::Understood;
use crate::record::{Answer, Entry};

/// Something that concerns the conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum DialogueInput {
    /// The call was answered. The first input.
    Began,
    /// The caller said something, and this is what it means. Nothing understood (noise, a cough) is
    /// `Understood::default()`.
    Said {
        /// What it means.
        understood: Understood,
        /// How sure hearing is of the words, 0 to 1.
        confidence: f32,
    },
    /// The caller pressed a key.
    Digit(Digit),
    /// Nobody has spoken or pressed a key for the site's limit while the caller had the floor.
    Silence,
    /// Everything that was to be said has been said, or was interrupted: the caller has the floor.
    FloorFree {
        /// Whether it was interrupted. By what, is told next; until then nothing is decided.
        interrupted: bool,
    },
    /// An order was carried out, or not.
    Outcome(OrderId, Outcome),
    /// On the side of the colleague who is asked.
    Colleague(ColleagueEvent),
    /// The colleague did not answer, or pressed no key, in time.
    ColleagueOverdue,
    /// A colleague is still being called, and the caller hears nothing of it.
    StillTrying,
    /// The call has reached its longest length.
    TooLong,
    /// The caller's telephone has taken the call back from hold.
    Resumed,
    /// There is nobody to talk to: say so, and out.
    Limit(Limit),
    /// What is to be said on the way out is not heard, for far too long: out, at once.
    OutOfTime,
    /// A model or the voice failed: say so where possible, and out.
    Fault,
}

/// Something that the conversation wants. In order.
#[derive(Clone, Debug, PartialEq)]
pub enum DialogueOutput {
    /// What was decided; for people who watch.
    Move(Move),
    /// Say this after what is already queued.
    Say(Phrase),
    /// Do this.
    Order(OrderId, Order),
    /// Keep this.
    Keep(Entry),
    /// From now on, listen for this, likeliest first. Never empty.
    Listen(Vec<Expect>),
    /// From now on, speak slowly.
    SpeakSlowly,
    /// Let go of the call. Sent only when the floor is free; nothing follows.
    Release {
        /// Where to.
        destination: Destination,
        /// Reaches the dialplan.
        reason: &'static str,
    },
    /// Call a colleague. Sent only when the floor is free; what is said after he answered is for him.
    Consult {
        /// Whom.
        destination: Destination,
        /// How long his telephone may ring, in seconds.
        ring_s: u16,
    },
    /// The colleague has taken the job on: whatever happens next, that stands.
    Accepted,
    /// Let go of the colleague.
    Return {
        /// Why; for the record.
        answer: Answer,
    },
    /// Join caller and colleague; nothing follows.
    Connect {
        /// Reaches the dialplan.
        reason: &'static str,
    },
    /// End the call. Sent only when the floor is free; nothing follows.
    HangUp,
}
