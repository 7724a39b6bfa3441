//! From entries to what a call adds up to.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AppointmentRecord, CallId, CallRecord, ConsultedRecord, Ending, Entry, MessageRecord, TicketRecord,
};
use crate::call::actions::{HoldId, JobSheet, Order, OrderId, Outcome};

/// A call in one line. Its JSON is what `klinke calls list --json` prints, one object a line, and is stable. It
/// names nobody: no number, no value of the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallSummary {
    /// The call.
    pub id: CallId,
    /// When it began.
    pub began: Option<Timestamp>,
    /// Which site took it.
    pub site: String,
    /// Title of the last concern taken up.
    pub concern: Option<String>,
    /// Whether it was triaged as the craftsman's emergency.
    pub emergency: bool,
    /// Whether an appointment was booked.
    pub booked: bool,
    /// Whether an appointment was cancelled.
    #[serde(default)]
    pub cancelled: bool,
    /// Whether a ticket was opened.
    #[serde(default)]
    pub ticket: bool,
    /// Whether a call-back was noted.
    pub call_back: bool,
    /// Whether a message was left.
    #[serde(default)]
    pub message: bool,
    /// Whether nobody on call has taken a job that was noted for them.
    #[serde(default)]
    pub open_job: bool,
    /// How it ended.
    #[serde(flatten)]
    pub ending: Ending,
    /// How long it was, in ms of sound.
    pub length_ms: u64,
}

impl From<&CallRecord> for CallSummary {
    fn from(record: &CallRecord) -> Self {
        Self {
            id: record.id,
            began: record.began,
            site: record.site.clone(),
            concern: record.concern.clone(),
            emergency: record.emergency,
            booked: record.appointment.is_some(),
            cancelled: record.cancelled.is_some(),
            ticket: record.ticket.is_some(),
            call_back: record.call_back.is_some(),
            message: record.message.is_some(),
            open_job: record.has_open_job(),
            ending: record.ending.clone(),
            length_ms: record.length_ms,
        }
    }
}

/// What the orders so far may still become.
#[derive(Default)]
struct Pending {
    offers: Vec<(HoldId, AppointmentRecord)>,
    bookings: Vec<(OrderId, HoldId)>,
    call_backs: Vec<(OrderId, JobSheet)>,
    /// Appointments of earlier calls that were found to be the caller's.
    found: Vec<(i64, AppointmentRecord)>,
    cancellations: Vec<(OrderId, i64)>,
    moves: Vec<(OrderId, (i64, HoldId))>,
    tickets: Vec<(OrderId, JobSheet)>,
    messages: Vec<(OrderId, MessageRecord)>,
}

impl CallRecord {
    /// What `entries`, in the order in which they were written, add up to: the last value of each slot, in the
    /// order in which the slots were first filled; what was booked and noted; [`Ending::Unfinished`] where the
    /// last entry is missing.
    #[must_use]
    pub fn from_entries(id: CallId, entries: &[Entry]) -> Self {
        let mut record = Self {
            id,
            began: None,
            site: String::new(),
            caller: None,
            disclosed: false,
            intent: None,
            concern: None,
            emergency: false,
            slots: Vec::new(),
            appointment: None,
            cancelled: None,
            moved_from: None,
            ticket: None,
            call_back: None,
            message: None,
            consulted: Vec::new(),
            ending: Ending::Unfinished,
            length_ms: 0,
        };
        let mut pending = Pending::default();
        for entry in entries {
            record.add(entry, &mut pending);
        }
        record
    }

    fn add(&mut self, entry: &Entry, pending: &mut Pending) {
        match entry {
            Entry::Began { at, site, caller } => {
                self.began = Some(*at);
                self.site.clone_from(site);
                self.caller.clone_from(caller);
            }
            Entry::Disclosed { .. } => self.disclosed = true,
            Entry::Concern { intent, title, emergency } => {
                self.intent = Some(intent.clone());
                self.concern = Some(title.clone());
                self.emergency = *emergency;
            }
            Entry::Slot(slot) => match self.slots.iter_mut().find(|kept| kept.name == slot.name) {
                Some(kept) => kept.clone_from(slot),
                None => self.slots.push(slot.clone()),
            },
            Entry::Ordered { id, order } => {
                pending.ordered(*id, order);
                self.taken(order);
            }
            Entry::Became { id, outcome } => self.became(*id, outcome, pending),
            Entry::Consulted { destination, answer } => {
                let destination = destination.clone();
                self.consulted.push(ConsultedRecord { destination, answer: *answer });
            }
            Entry::Ended { length, ending, .. } => {
                self.ending = ending.clone();
                self.length_ms = length.ms();
            }
        }
    }

    /// That somebody has taken a job is true before it is written on its sheet, also where the call ends meanwhile.
    fn taken(&mut self, order: &Order) {
        if let Order::OpenTicket { ticket: Some(number), job } = order
            && job.on_call.as_ref().is_some_and(|attendance| attendance.taken_by.is_some())
        {
            self.ticket = Some(TicketRecord { number: *number, job: job.clone() });
        }
    }

    fn became(&mut self, id: OrderId, outcome: &Outcome, pending: &mut Pending) {
        match outcome {
            Outcome::Held { hold, technician, start, end } => {
                let offer = AppointmentRecord {
                    appointment: 0,
                    technician: technician.clone(),
                    start: *start,
                    end: *end,
                };
                pending.offers.push((*hold, offer));
            }
            Outcome::Booked { appointment, .. } => {
                let hold = last(&pending.bookings, &id);
                if let Some(offer) = hold.and_then(|hold| last(&pending.offers, hold)) {
                    self.appointment = Some(AppointmentRecord { appointment: *appointment, ..offer.clone() });
                }
            }
            Outcome::Noted => {
                if let Some(job) = last(&pending.call_backs, &id) {
                    self.call_back = Some(job.clone());
                }
                if let Some(message) = last(&pending.messages, &id) {
                    self.message = Some(message.clone());
                }
            }
            Outcome::Found { appointment, technician, start, end, .. } => {
                let (technician, start, end) = (technician.clone(), *start, *end);
                let found = AppointmentRecord { appointment: *appointment, technician, start, end };
                pending.found.push((*appointment, found));
            }
            Outcome::Opened { ticket } => {
                if let Some(job) = last(&pending.tickets, &id) {
                    self.ticket = Some(TicketRecord { number: *ticket, job: job.clone() });
                }
            }
            Outcome::Cancelled => {
                let number = last(&pending.cancellations, &id);
                if let Some(found) = number.and_then(|number| last(&pending.found, number)) {
                    self.cancelled = Some(found.clone());
                }
            }
            Outcome::Moved { appointment } => {
                let Some((from, hold)) = last(&pending.moves, &id) else { return };
                self.moved_from = last(&pending.found, from).cloned();
                if let Some(offer) = last(&pending.offers, hold) {
                    let moved = AppointmentRecord { appointment: *appointment, ..offer.clone() };
                    pending.found.push((*appointment, moved.clone()));
                    self.appointment = Some(moved);
                }
            }
            Outcome::NothingFree
            | Outcome::HoldExpired
            | Outcome::Released
            | Outcome::NotFound
            | Outcome::Refused { .. }
            | Outcome::Failed { .. } => {}
        }
    }
}

impl Pending {
    fn ordered(&mut self, id: OrderId, order: &Order) {
        match order {
            Order::BookAppointment { hold, .. } => self.bookings.push((id, *hold)),
            Order::NoteCallBack { job } => self.call_backs.push((id, job.clone())),
            Order::LeaveMessage { to, job } => {
                self.messages.push((id, MessageRecord { to: to.clone(), job: job.clone() }));
            }
            Order::OpenTicket { job, .. } => self.tickets.push((id, job.clone())),
            Order::CancelAppointment { appointment } => self.cancellations.push((id, *appointment)),
            Order::MoveAppointment { appointment, hold } => self.moves.push((id, (*appointment, *hold))),
            Order::HoldAppointment { .. }
            | Order::ReleaseAppointment { .. }
            | Order::FindAppointment { .. } => {}
        }
    }
}

/// The last value under `key`.
fn last<'a, K: PartialEq, V>(pairs: &'a [(K, V)], key: &K) -> Option<&'a V> {
    pairs.iter().rev().find_map(|(known, value)| (known == key).then_some(value))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::call::line::{Destination, HangUp};
    use crate::clock::MediaTime;
    use crate::record::SlotRecord;

    const ID: CallId = CallId([1; 16]);

    fn slot(name: &str, value: &str, confirmed: bool) -> Entry {
        let value = value.to_owned().into();
        Entry::Slot(SlotRecord { name: name.to_owned(), value, confidence: 0.5, confirmed })
    }

    fn held(hold: i64, technician: &str) -> Outcome {
        let start = date(2026, 11, 12).at(8, 0, 0, 0);
        let end = date(2026, 11, 12).at(9, 0, 0, 0);
        Outcome::Held { hold: HoldId(hold), technician: technician.to_owned(), start, end }
    }

    #[test]
    fn the_last_word_on_a_slot_wins_and_keeps_its_place() {
        let entries = [slot("address", "Lindenstraße 4", false), slot("name", "Weber", true)];
        let corrected = slot("address", "Lindenstraße 6", true);
        let record = CallRecord::from_entries(ID, &[&entries[..], &[corrected]].concat());
        let read: Vec<_> =
            record.slots.iter().map(|slot| (slot.name.as_str(), slot.value.reveal().as_str())).collect();
        assert_eq!(read, [("address", "Lindenstraße 6"), ("name", "Weber")]);
    }

    #[test]
    fn the_booked_appointment_is_the_one_whose_hold_was_booked() {
        let book = Order::BookAppointment { hold: HoldId(2), job: JobSheet::default() };
        let entries = [
            Entry::Became { id: OrderId(0), outcome: held(1, "Frau Lang") },
            Entry::Became { id: OrderId(1), outcome: held(2, "Herr Yilmaz") },
            Entry::Ordered { id: OrderId(2), order: book },
            Entry::Became { id: OrderId(2), outcome: Outcome::Booked { appointment: 2, code: None } },
        ];
        let before = CallRecord::from_entries(ID, &entries[..3]);
        assert_eq!(before.appointment, None);
        let booked = CallRecord::from_entries(ID, &entries).appointment.unwrap();
        assert_eq!((booked.appointment, booked.technician.as_str()), (2, "Herr Yilmaz"));
    }

    #[test]
    fn a_record_without_an_end_is_unfinished() {
        let began = Entry::Began { at: Timestamp::UNIX_EPOCH, site: "heating".into(), caller: None };
        let record = CallRecord::from_entries(ID, std::slice::from_ref(&began));
        assert_eq!(record.ending, Ending::Unfinished);
        let ended = Entry::Ended {
            at: Timestamp::UNIX_EPOCH,
            length: MediaTime::from_ms(61_000),
            ending: Ending::HungUp { by: HangUp::Caller },
        };
        let record = CallRecord::from_entries(ID, &[began, ended]);
        assert_eq!((record.ending, record.length_ms), (Ending::HungUp { by: HangUp::Caller }, 61_000));
    }

    #[test]
    fn the_json_of_a_summary_is_flat() {
        let handed_over = Ending::HandedOver {
            destination: Destination::Extension("20".into()),
            reason: "caller_asked".into(),
        };
        let mut record = CallRecord::from_entries(ID, &[]);
        record.ending = handed_over;
        let json = serde_json::to_value(CallSummary::from(&record)).unwrap();
        assert_eq!(json["ending"], "handed_over");
        assert_eq!(json["reason"], "caller_asked");
        assert_eq!(serde_json::to_value(&record).unwrap()["ending"], "handed_over");
        let read: CallRecord = serde_json::from_value(serde_json::to_value(&record).unwrap()).unwrap();
        assert_eq!(read, record);
    }

    fn any_entry() -> impl Strategy<Value = Entry> {
        let text = "[a-zäöüß ]{0,8}";
        prop_oneof![
            (0i64..2_000_000_000, text, proptest::option::of(text)).prop_map(|(second, site, caller)| {
                let at = Timestamp::from_second(second).unwrap();
                Entry::Began { at, site, caller: caller.map(Into::into) }
            }),
            Just(Entry::Disclosed { at: MediaTime::START, wording: "00".into() }),
            (text, text, any::<bool>()).prop_map(|(intent, title, emergency)| Entry::Concern {
                intent,
                title,
                emergency
            }),
            ("[abc]", text, any::<bool>())
                .prop_map(|(name, value, confirmed)| slot(&name, &value, confirmed)),
            (0..4u64, 0..3i64, text).prop_map(|(id, hold, technician)| Entry::Became {
                id: OrderId(id),
                outcome: held(hold, &technician)
            }),
            (0..4u64, 0..3i64).prop_map(|(id, hold)| Entry::Ordered {
                id: OrderId(id),
                order: Order::BookAppointment { hold: HoldId(hold), job: JobSheet::default() }
            }),
            (0..4u64, 0..3i64).prop_map(|(id, appointment)| Entry::Became {
                id: OrderId(id),
                outcome: Outcome::Booked { appointment, code: None }
            }),
            (0..4u64, text).prop_map(|(id, concern)| Entry::Ordered {
                id: OrderId(id),
                order: Order::NoteCallBack { job: JobSheet { concern, ..JobSheet::default() } }
            }),
            (0..4u64).prop_map(|id| Entry::Became { id: OrderId(id), outcome: Outcome::Noted }),
            (0..100_000u64).prop_map(|ms| Entry::Ended {
                at: Timestamp::UNIX_EPOCH,
                length: MediaTime::from_ms(ms),
                ending: Ending::Completed
            }),
        ]
    }

    proptest! {
        #[test]
        fn entries_survive_their_json(entries in prop::collection::vec(any_entry(), 0..30)) {
            for entry in &entries {
                let json = serde_json::to_vec(entry).unwrap();
                prop_assert_eq!(&serde_json::from_slice::<Entry>(&json).unwrap(), entry);
            }
        }

        #[test]
        fn a_record_adds_up(entries in prop::collection::vec(any_entry(), 0..40)) {
            let record = CallRecord::from_entries(ID, &entries);
            for slot in &record.slots {
                let last = entries.iter().rev().find_map(|entry| match entry {
                    Entry::Slot(written) if written.name == slot.name => Some(written),
                    _ => None,
                });
                prop_assert_eq!(Some(slot), last);
            }
            let mut names: Vec<&str> = Vec::new();
            for entry in &entries {
                if let Entry::Slot(slot) = entry && !names.contains(&slot.name.as_str()) {
                    names.push(&slot.name);
                }
            }
            prop_assert_eq!(record.slots.iter().map(|slot| slot.name.as_str()).collect::<Vec<_>>(), names);
            let ended = entries.iter().any(|entry| matches!(entry, Entry::Ended { .. }));
            prop_assert_eq!(record.ending == Ending::Unfinished, !ended);
            if record.appointment.is_some() {
                let booked =
                    entries.iter().any(|entry| matches!(entry, Entry::Became { outcome: Outcome::Booked { .. }, .. }));
                prop_assert!(booked, "an appointment that nobody booked");
            }
            let read: CallRecord = serde_json::from_str(&serde_json::to_string(&record).unwrap()).unwrap();
            prop_assert_eq!(read, record);
        }
    }
}
