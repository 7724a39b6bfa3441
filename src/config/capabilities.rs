//! What a call of a site may order: of its forms, no more.

use super::site::{Action, Site};
use crate::call::actions::{Capabilities, callable};
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
