//! Limits: what is said where a call would otherwise go on without anybody. Each ends in a sentence, heard to its
//! end because what interrupts it is no person, and in the dialplan's fallback with a word that tells it why: no
//! colleague is rung for a machine.

use super::leaving::Exit;
use super::open::Open;
use super::turn::Turn;
use super::{Dialogue, Move};
use crate::call::line::Destination;

/// What has been reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// On hold by the caller's telephone for too long.
    Hold,
    /// Sound without words for too long.
    Music,
    /// The caller is a machine.
    Machine,
    /// The caller is a fax.
    Fax,
}

impl Limit {
    /// The word for the dialplan (`docs/dialplan.md`).
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Music => "music",
            Self::Machine => "machine",
            Self::Fax => "fax",
        }
    }
}

impl Dialogue {
    /// Whether the call is being let go as soon as everything is said.
    #[must_use]
    pub const fn is_leaving(&self) -> bool {
        self.exit.is_some()
    }

    /// A limit was reached.
    pub(super) fn limit(&mut self, limit: Limit, turn: &mut Turn<'_>) {
        let away = matches!(limit, Limit::Hold | Limit::Music);
        match (&self.exit, &self.open) {
            (Some(_), _) => {}
            // Everything is done, and the caller has gone away from the telephone.
            (None, Open::Parting) if away => self.part(),
            (None, Open::AnythingElse | Open::Further(_)) if away => self.say_goodbye(turn),
            _ => {
                let texts = self.texts();
                let text = match limit {
                    Limit::Hold => &texts.hold,
                    Limit::Music => &texts.music,
                    Limit::Machine => &texts.machine,
                    Limit::Fax => &texts.fax,
                };
                turn.decide(Move::HandOver { reason: limit.reason().to_owned() });
                turn.say_to_its_end(text);
                self.leave(Destination::Fallback, limit.reason(), turn);
            }
        }
    }

    /// The call has reached its longest length: to a human, and the sentence is heard to its end.
    pub(super) fn too_long(&mut self, turn: &mut Turn<'_>) {
        match (&self.exit, &self.open) {
            (Some(_), _) => {}
            (None, Open::Parting) => self.part(),
            _ => {
                turn.decide(Move::HandOver { reason: "too_long".to_owned() });
                turn.say_to_its_end(&self.texts().hand_over);
                let destination = self.human(turn);
                self.leave(destination, "too_long", turn);
            }
        }
    }

    /// The caller's telephone has taken the call back: what was said last is said again, or, where he had asked for
    /// time, the open question.
    pub(super) fn resumed(&mut self, turn: &mut Turn<'_>) {
        self.silences = 0;
        if self.is_leaving() {
            return;
        }
        turn.decide(Move::Resume);
        turn.repeats = true;
        turn.say(&self.texts().resumed);
        if std::mem::take(&mut self.given_time) {
            self.ask_open(turn);
        } else {
            self.say_again(turn);
        }
    }

    /// The way out cannot wait any longer: nothing more is said.
    pub(super) fn out_of_time(&mut self) {
        self.speaking = false;
        self.exit.get_or_insert(Exit::HandOver { destination: Destination::Fallback, reason: "fault" });
    }
}
