//! What a site's file lets a call order and whom it lets it reach: no more.

use super::site::{Action, Site, Then};
use crate::call::actions::{Capabilities, callable};
use crate::call::line::Destination;
use crate::private::Private;

impl Site {
    /// Whom messages can be left for.
    pub fn recipients(&self) -> impl Iterator<Item = &str> {
        let messages = self.forms.iter().filter(|form| form.action == Action::Message);
        messages
            .flat_map(|form| &form.slots)
            .flat_map(|slot| &slot.choices)
            .map(|choice| choice.value.as_str())
    }

    /// Where callers are sent, or telephones are rung: `[hand_over]`, the concerns' own, those on call.
    pub fn destinations(&self) -> impl Iterator<Item = &Destination> {
        let hand_over = self.hand_over.open.iter().chain(&self.hand_over.closed);
        let concerns = self.intents.iter().flat_map(|intent| {
            let at_once = match &intent.then {
                Then::HandOver(to) => to.as_slice(),
                Then::Form(_) => &[],
            };
            at_once.iter().chain(&intent.closed)
        });
        let people = self.on_call.iter().flat_map(|on_call| &on_call.people).map(|who| &who.telephone);
        let way_out = self.on_call.iter().filter_map(|on_call| on_call.way_out.as_ref());
        hand_over.chain(concerns).chain(people).chain(way_out)
    }

    /// Whether a colleague may be asked before he gets a caller or a job.
    #[must_use]
    pub fn asks_first(&self) -> bool {
        let concern = self.intents.iter().any(|intent| intent.announced == Some(true));
        self.hand_over.announced || concern || self.on_call.is_some()
    }

    /// Names of the site's own people, as callers hear them: who can be booked, rung or left a message for.
    pub fn people(&self) -> impl Iterator<Item = &str> {
        let booked = self.technicians.iter().map(|who| who.name.as_str());
        let rung = self.on_call.iter().flat_map(|on_call| &on_call.people).map(|who| who.name.as_str());
        booked.chain(rung).chain(self.recipients())
    }

    /// The capabilities of a call from the number that the PBX shows, if it shows one.
    #[must_use]
    pub fn capabilities(&self, shown: Option<&Private<String>>) -> Capabilities {
        let does = |action: &Action| self.forms.iter().any(|form| form.action == *action);
        let skills = self.forms.iter().filter_map(|form| match &form.action {
            Action::Appointment { skill } => Some(skill.clone()),
            _ => None,
        });
        let moves = does(&Action::MoveAppointment);
        // an appointment that was booked under an earlier file keeps the skill that it was booked with
        let skills =
            skills.chain(self.technicians.iter().filter(|_| moves).flat_map(|who| who.skills.clone()));
        Capabilities {
            skills: skills.collect(),
            concerns: self.intents.iter().map(|intent| intent.title.clone()).collect(),
            fields: self.forms.iter().flat_map(|form| &form.slots).map(|slot| slot.name.clone()).collect(),
            notes: !self.forms.is_empty(),
            recipients: self.recipients().map(str::to_owned).collect(),
            tickets: does(&Action::Ticket) || does(&Action::OnCall),
            on_call: self.on_call.iter().flat_map(|it| &it.people).map(|who| who.name.clone()).collect(),
            cancels: does(&Action::CancelAppointment),
            moves,
            caller: shown.and_then(|shown| callable(shown.reveal())).map(Private::new),
            trusts_caller: self.calendar.trust_caller_number,
        }
    }
}
