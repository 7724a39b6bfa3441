//! The capabilities of a call: what it may order at all. Made once when the call begins, of the site's file and the
//! number that the PBX shows, and looked at again where orders are carried out, so that a fault in the dialogue
//! reaches no further than the site's file does.

use super::{JobSheet, Order};
use crate::private::Private;

/// Fields of a job sheet: the slots of a form, and a time.
pub const FIELDS_MAX: usize = 32;
/// Characters of a value on a job sheet: longer than anything that one says in one breath.
pub const VALUE_CHARS_MAX: usize = 2_000;
/// What a job sheet may hold beside the slots of the site's forms.
const TIME_FIELD: &str = "start";

/// Why an order is refused. Names no value that a caller said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Beyond {
    /// No form of the site does that.
    #[error("no form of the site has the action {0}")]
    Action(&'static str),
    /// No form of the site sends somebody with that skill.
    #[error("no form of the site needs that skill")]
    Skill,
    /// A job sheet bears a title that is none of the site's intents.
    #[error("its concern is none of the site's")]
    Concern,
    /// A job sheet has a field that is no slot of the site's forms.
    #[error("one of its fields is no slot of the site's forms")]
    Field,
    /// A message is for somebody who is none of the site's recipients.
    #[error("its recipient is none of the site's")]
    Recipient,
    /// A job sheet names somebody who is never on call.
    #[error("it names somebody who is none of those on call")]
    OnCall,
    /// A job sheet is longer than one can be.
    #[error("its job sheet is longer than {FIELDS_MAX} fields of {VALUE_CHARS_MAX} characters")]
    TooLong,
}

/// What a call may order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Skills for which time may be held.
    pub skills: Vec<String>,
    /// Titles that a job sheet may bear.
    pub concerns: Vec<String>,
    /// Slots that a job sheet may hold.
    pub fields: Vec<String>,
    /// Whether something may be written down for colleagues.
    pub notes: bool,
    /// Whom messages may be left for.
    pub recipients: Vec<String>,
    /// Who may have been rung for a job.
    pub on_call: Vec<String>,
    /// Whether a ticket may be opened.
    pub tickets: bool,
    /// Whether an appointment that is the caller's may be cancelled.
    pub cancels: bool,
    /// Whether an appointment that is the caller's may be moved.
    pub moves: bool,
    /// The number that the caller calls from, written in one way ([`super::callable`]), where the PBX shows one.
    /// Bookings remember it.
    pub caller: Option<Private<String>>,
    /// Whether the site takes that number, with a name or a day, as proof.
    pub trusts_caller: bool,
}

impl Capabilities {
    /// Whether the call may order this.
    ///
    /// # Errors
    /// [`Beyond`]: why not.
    pub fn check(&self, order: &Order) -> Result<(), Beyond> {
        let may = |may: bool, action| if may { Ok(()) } else { Err(Beyond::Action(action)) };
        match order {
            Order::HoldAppointment { skill, .. } if self.skills.contains(skill) => Ok(()),
            Order::HoldAppointment { .. } => Err(Beyond::Skill),
            Order::BookAppointment { job, .. } => {
                may(!self.skills.is_empty(), "appointment").and_then(|()| self.check_sheet(job))
            }
            // gives back only what the call itself holds
            Order::ReleaseAppointment { .. } => Ok(()),
            Order::FindAppointment { .. } => may(self.changes(), "cancel_appointment or move_appointment"),
            Order::CancelAppointment { .. } => may(self.cancels, "cancel_appointment"),
            Order::MoveAppointment { .. } => may(self.moves, "move_appointment"),
            Order::OpenTicket { job, .. } => may(self.tickets, "ticket").and_then(|()| self.check_sheet(job)),
            Order::NoteCallBack { job } => may(self.notes, "call_back").and_then(|()| self.check_sheet(job)),
            Order::LeaveMessage { to, job } if self.recipients.contains(to) => self.check_sheet(job),
            Order::LeaveMessage { .. } => Err(Beyond::Recipient),
        }
    }

    /// Whether an appointment can be changed in a call of this site.
    #[must_use]
    pub const fn changes(&self) -> bool {
        self.cancels || self.moves
    }

    /// The number by which the caller's appointments are found, where the site trusts it.
    #[must_use]
    pub fn trusted_caller(&self) -> Option<&Private<String>> {
        self.caller.as_ref().filter(|_| self.trusts_caller)
    }

    fn check_sheet(&self, job: &JobSheet) -> Result<(), Beyond> {
        let JobSheet { concern, emergency: _, fields, family_name, on_call } = job;
        // a call-back of someone who has not said what it is about has no title
        if !concern.is_empty() && !self.concerns.contains(concern) {
            return Err(Beyond::Concern);
        }
        if fields.iter().any(|(name, _)| name != TIME_FIELD && !self.fields.contains(name)) {
            return Err(Beyond::Field);
        }
        let rung = on_call.iter().flat_map(|it| it.names());
        if rung.into_iter().any(|name| !self.on_call.iter().any(|known| known == name)) {
            return Err(Beyond::OnCall);
        }
        let mut values = fields.iter().map(|(_, value)| value).chain(family_name);
        let too_long = |value: &Private<String>| value.reveal().chars().count() > VALUE_CHARS_MAX;
        if fields.len() > FIELDS_MAX || values.any(too_long) {
            return Err(Beyond::TooLong);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::DateTime;

    use super::*;
    use crate::call::actions::{Attendance, Claim, HoldId, TakenBy};

    fn sheet(concern: &str, fields: &[(&str, &str)]) -> JobSheet {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned().into()));
        JobSheet { concern: concern.to_owned(), fields: fields.collect(), ..JobSheet::default() }
    }

    fn firm() -> Capabilities {
        Capabilities {
            skills: vec!["heating".to_owned()],
            concerns: vec!["Wartung".to_owned()],
            fields: vec!["name".to_owned()],
            notes: true,
            recipients: vec!["Frau Kern".to_owned()],
            on_call: vec!["Herr Yilmaz".to_owned()],
            ..Capabilities::default()
        }
    }

    #[test]
    fn what_the_sites_file_has_is_allowed_and_nothing_else() {
        let hold = |skill: &str| Order::HoldAppointment {
            skill: skill.to_owned(),
            emergency: false,
            from: DateTime::MIN,
            until: None,
            near: None,
        };
        let book = |job| Order::BookAppointment { hold: HoldId(1), job };
        let find = Order::FindAppointment { claim: Claim::default(), after: None };
        let message = |to: &str| Order::LeaveMessage { to: to.to_owned(), job: sheet("Wartung", &[]) };
        let taken_by = |by: &str| {
            let taken_by = Some(TakenBy { name: by.to_owned(), at: DateTime::MIN });
            JobSheet {
                on_call: Some(Box::new(Attendance { taken_by, ..Attendance::default() })),
                ..sheet("", &[])
            }
        };
        let long = "a".repeat(VALUE_CHARS_MAX + 1);
        let many: Vec<_> = (0..=FIELDS_MAX).map(|_| ("name", "Weber")).collect();
        for (order, expected) in [
            (hold("heating"), Ok(())),
            (hold("roofs"), Err(Beyond::Skill)),
            (book(sheet("Wartung", &[("name", "Weber"), ("start", "morgen")])), Ok(())),
            (book(sheet("Überweisung", &[])), Err(Beyond::Concern)),
            (book(sheet("", &[("skill", "roofs")])), Err(Beyond::Field)),
            (book(sheet("", &[("name", &long)])), Err(Beyond::TooLong)),
            (book(sheet("", &many)), Err(Beyond::TooLong)),
            (Order::NoteCallBack { job: sheet("", &[]) }, Ok(())),
            (Order::OpenTicket { ticket: None, job: sheet("", &[]) }, Err(Beyond::Action("ticket"))),
            (message("Frau Kern"), Ok(())),
            (message("Herr Niemand"), Err(Beyond::Recipient)),
            (Order::NoteCallBack { job: taken_by("Herr Yilmaz") }, Ok(())),
            (Order::NoteCallBack { job: taken_by("Herr Niemand") }, Err(Beyond::OnCall)),
            (find.clone(), Err(Beyond::Action("cancel_appointment or move_appointment"))),
            (Order::CancelAppointment { appointment: 1 }, Err(Beyond::Action("cancel_appointment"))),
            (
                Order::MoveAppointment { appointment: 1, hold: HoldId(1) },
                Err(Beyond::Action("move_appointment")),
            ),
        ] {
            assert_eq!(firm().check(&order), expected, "{order:?}");
        }
        let cancels = Capabilities { cancels: true, ..firm() };
        assert_eq!(cancels.check(&find), Ok(()));
        assert!(cancels.check(&Order::MoveAppointment { appointment: 1, hold: HoldId(1) }).is_err());
    }

    #[test]
    fn a_number_that_the_site_does_not_trust_proves_nothing() {
        let caller = Some("0711234567".to_owned().into());
        let call = Capabilities { caller, ..firm() };
        assert_eq!(call.trusted_caller(), None);
        assert!(Capabilities { trusts_caller: true, ..call }.trusted_caller().is_some());
    }
}
