//! The move: what we decide to do in a turn.

use serde::{Deserialize, Serialize};

/// One decision. Its JSON is what `klinke try --json` prints and is stable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "move", rename_all = "snake_case")]
pub enum Move {
    /// Say who speaks, that it is an AI, and ask for the concern.
    Disclose,
    /// Ask again for the concern, in other words.
    AskConcern,
    /// Take up a concern.
    TakeUp {
        /// The site's intent.
        intent: String,
        /// Whether it is triaged as the craftsman's emergency.
        emergency: bool,
    },
    /// Ask for a slot of the form.
    Ask {
        /// Its name in the form.
        slot: String,
        /// How often it was asked before.
        again: u8,
    },
    /// Go on without a slot that the form does without.
    PassOver {
        /// Its name in the form.
        slot: String,
    },
    /// Ask whether a value was heard rightly.
    Confirm {
        /// The slot in doubt.
        slot: String,
    },
    /// Let the caller know that the calendar is being looked at.
    LookUp,
    /// Offer an appointment.
    Offer,
    /// Read everything back and ask whether it is right.
    ReadBack,
    /// Take over what the caller corrected.
    Correct {
        /// The slots that changed.
        slots: Vec<String>,
    },
    /// Note the caller's words as they were heard, in place of a value.
    KeepWords {
        /// The slot's name in the form.
        slot: String,
    },
    /// Go back to a question; what was stored there is dropped.
    StepBack {
        /// Its slot's name in the form.
        slot: String,
    },
    /// Ask when an appointment would suit.
    AskWhen,
    /// Ask what is wrong in what was read back.
    AskWhatIsWrong,
    /// Say that it is booked.
    Booked,
    /// Say that an appointment is cancelled.
    Cancelled,
    /// Say that an appointment is moved.
    Moved,
    /// Say that no appointment of the caller's was found.
    NotFound,
    /// Leave an appointment as it is.
    Leave,
    /// Say the number of a ticket.
    Opened,
    /// Say that a call-back is noted.
    Noted,
    /// Say that a message is noted.
    MessageNoted,
    /// Ring those on call for a job.
    RingOnCall,
    /// Say who has taken the job.
    JobTaken,
    /// Say that nobody on call was reached.
    NobodyOnCall,
    /// Answer from an approved text.
    Answer {
        /// Its id in the site's file.
        source: String,
    },
    /// Say again what was said last.
    Repeat,
    /// Say it again, slower from now on.
    Slower,
    /// Say that the caller is back from hold, and say again what was said last.
    Resume,
    /// Give the caller time.
    Wait,
    /// Say that this is an AI.
    SayAi,
    /// Say the second layer of the privacy notice.
    SayPrivacy,
    /// Confirm that nothing is being recorded.
    StopRecording,
    /// The fixed sentence about 112, then a human.
    SayDanger,
    /// Say that nobody was heard, and ask again.
    AskPresence,
    /// Ask whether another concern that the caller named is next.
    OfferFurther {
        /// The site's intent.
        intent: String,
    },
    /// Ask whether there is anything else.
    AskAnythingElse,
    /// Ask whether a human is wanted.
    OfferHuman,
    /// Hand over to a human.
    HandOver {
        /// `caller_asked`, `not_understood`, `danger`, `nothing_free`, `fault`, `silence`, `too_long`,
        /// `hold`, `music`, `machine`, `fax`, `on_call`.
        reason: String,
    },
    /// Call a colleague and ask whether he takes the call.
    Consult,
    /// Tell the colleague what it is about.
    Brief,
    /// Join caller and colleague.
    Connect,
    /// Nobody took the call: go on with the caller.
    ComeBack,
    /// Ask whether a call-back is wanted instead.
    OfferCallBack,
    /// Say goodbye and end the call.
    Goodbye,
}
