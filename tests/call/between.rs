//! Who hears whom, as a line would see it: holds everything that a call wants of the line against the order in which
//! colleagues are asked, and everything that sounds against the ear that it is meant for.

use std::collections::BTreeSet;

use klinke::call::line::{ColleagueEvent, LineCommand, LineEvent, VOICE_FRAME_SAMPLES};
use klinke::call::speech::{PhraseId, Rendered};
use klinke::call::{Event, Input, Output};
use klinke::record::Entry;

/// Sound for the caller.
const FOR_THE_CALLER: i16 = 1_000;
/// Sound for a colleague.
const FOR_A_COLLEAGUE: i16 = 2_000;
/// What is only ever said to colleagues begins or goes on with this.
const TO_COLLEAGUES: [&str; 2] = ["Hier ist die KI mit einem Anruf", "Annehmen: eins"];

/// Where asking a colleague stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// Nobody is asked.
    #[default]
    Nobody,
    Calling,
    Listening,
    Returning,
}

/// What was seen of a call, as far as its two ears go.
#[derive(Debug, Default)]
pub struct Between {
    stage: Stage,
    /// As it was when the last input came.
    before: Stage,
    to_colleagues: BTreeSet<PhraseId>,
    asked: usize,
    answered: usize,
}

impl Between {
    /// Something reached the call.
    pub fn input(&mut self, input: &Input) {
        if let Input::Line(LineEvent::Colleague(event)) = input {
            self.stage = match (self.stage, event) {
                (Stage::Calling, ColleagueEvent::Answered) => Stage::Listening,
                (_, ColleagueEvent::Gone(_)) => Stage::Nobody,
                (stage, _) => stage,
            };
        }
        self.before = self.stage;
    }

    /// The call wants something.
    pub fn output(&mut self, output: &Output) {
        match output {
            Output::Line(LineCommand::Frame(frame)) => {
                let sounds = frame.0[0];
                let fits = match self.stage {
                    Stage::Nobody | Stage::Calling => sounds != FOR_A_COLLEAGUE,
                    Stage::Listening => sounds != FOR_THE_CALLER,
                    Stage::Returning => sounds == 0,
                };
                assert!(fits, "{:?}, and the frame is {sounds}", self.stage);
            }
            Output::Line(LineCommand::Consult { .. }) => {
                assert_eq!(self.stage, Stage::Nobody, "two colleagues at once");
                (self.stage, self.asked) = (Stage::Calling, self.asked + 1);
            }
            Output::Line(LineCommand::Return) => {
                assert!(
                    matches!(self.stage, Stage::Calling | Stage::Listening),
                    "returned: {:?}",
                    self.stage
                );
                self.stage = Stage::Returning;
            }
            Output::Line(LineCommand::Connect { .. }) => assert_eq!(self.stage, Stage::Listening),
            Output::Line(_) => {}
            Output::Render { id, text, .. } => {
                let to_colleague = TO_COLLEAGUES.iter().any(|words| text.reveal().contains(words));
                assert_eq!(
                    to_colleague,
                    self.stage == Stage::Listening,
                    "{:?}: {}",
                    self.stage,
                    text.reveal()
                );
                assert_ne!(self.stage, Stage::Returning);
                if to_colleague {
                    self.to_colleagues.insert(*id);
                }
            }
            Output::Entry(Entry::Consulted { .. }) => self.answered += 1,
            Output::Entry(Entry::Ended { .. }) => {
                assert_eq!(self.asked, self.answered, "each colleague who is asked is in the record once");
            }
            // the caller's last sound may go out with the order to call somebody; nobody waits for its answer
            Output::Job(_) => assert_eq!(self.before, Stage::Nobody, "somebody is listened to: {output:?}"),
            Output::Event(Event::Heard { .. } | Event::Understood { .. }) => {
                assert_eq!(self.stage, Stage::Nobody, "somebody is listened to: {output:?}");
            }
            _ => {}
        }
    }

    /// The sound of a phrase tells whom it is for.
    pub fn sound(&self, id: PhraseId, samples: usize) -> Rendered {
        let level = if self.to_colleagues.contains(&id) { FOR_A_COLLEAGUE } else { FOR_THE_CALLER };
        vec![level; samples.div_ceil(VOICE_FRAME_SAMPLES) * VOICE_FRAME_SAMPLES].into()
    }
}
