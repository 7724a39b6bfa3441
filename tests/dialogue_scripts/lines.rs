//! What Klinke does, as lines that people read.

use klinke::call::actions::{JobSheet, Order};
use klinke::call::dialogue::{DialogueOutput, Move};
use klinke::call::line::Destination;
use klinke::private::Private;
use klinke::record::Entry;

/// Fails where the lines are not the expected ones; indentation does not count.
#[track_caller]
pub fn same(lines: &[String], expected: &str) {
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert!(
        lines == expected,
        "Klinke did\n{}\n\nbut should have done\n{}\n",
        lines.join("\n"),
        expected.join("\n")
    );
}

/// An output as people read it.
pub fn line(output: &DialogueOutput) -> String {
    match output {
        DialogueOutput::Move(decided) => decision(decided),
        DialogueOutput::Say(phrase) if phrase.interruptible => format!("“{}”", phrase.text.reveal()),
        DialogueOutput::Say(phrase) => format!("“{}” to its end", phrase.text.reveal()),
        DialogueOutput::Order(_, order) => ordered(order),
        DialogueOutput::Keep(entry) => kept(entry),
        DialogueOutput::Listen(expects) => {
            let names: Vec<&str> = expects.iter().map(|expect| expect.name()).collect();
            format!("listen {}", names.join(" "))
        }
        DialogueOutput::SpeakSlowly => "speak slowly".to_owned(),
        DialogueOutput::Release { destination, reason } => {
            format!("release {} {reason}", whither(destination))
        }
        DialogueOutput::Consult { destination, ring_s } => {
            format!("consult {} {ring_s} s", whither(destination))
        }
        DialogueOutput::Accepted => "accepted".to_owned(),
        DialogueOutput::Return { answer } => format!("return {answer:?}"),
        DialogueOutput::Connect { reason } => format!("connect {reason}"),
        DialogueOutput::HangUp => "hang up".to_owned(),
    }
}

fn whither(destination: &Destination) -> &str {
    match destination {
        Destination::Extension(to) | Destination::Device(to) | Destination::Queue(to) => to,
        Destination::Fallback => "-",
    }
}

fn decision(decided: &Move) -> String {
    match decided {
        Move::TakeUp { intent, emergency: true } => format!("take up {intent}, an emergency"),
        Move::TakeUp { intent, emergency: false } => format!("take up {intent}"),
        Move::Ask { slot, again: 0 } => format!("ask {slot}"),
        Move::Ask { slot, again } => format!("ask {slot} again {again}"),
        Move::PassOver { slot } => format!("pass over {slot}"),
        Move::Confirm { slot } => format!("confirm {slot}"),
        Move::Correct { slots } => format!("correct {}", slots.join(" ")),
        Move::KeepWords { slot } => format!("keep words for {slot}"),
        Move::StepBack { slot } => format!("step back to {slot}"),
        Move::Answer { source } => format!("answer {source}"),
        Move::HandOver { reason } => format!("hand over {reason}"),
        Move::Disclose => "disclose".to_owned(),
        Move::AskConcern => "ask concern".to_owned(),
        Move::LookUp => "look up".to_owned(),
        Move::Offer => "offer".to_owned(),
        Move::ReadBack => "read back".to_owned(),
        Move::AskWhen => "ask when".to_owned(),
        Move::AskWhatIsWrong => "ask what is wrong".to_owned(),
        Move::OfferFurther { intent } => format!("offer further {intent}"),
        Move::AskAnythingElse => "ask anything else".to_owned(),
        Move::OfferHuman => "offer human".to_owned(),
        Move::Booked => "booked".to_owned(),
        Move::Noted => "noted".to_owned(),
        Move::Opened => "opened".to_owned(),
        Move::Cancelled => "cancelled".to_owned(),
        Move::Moved => "moved".to_owned(),
        Move::NotFound => "not found".to_owned(),
        Move::Leave => "leave it".to_owned(),
        Move::Repeat => "repeat".to_owned(),
        Move::Slower => "slower".to_owned(),
        Move::Resume => "resume".to_owned(),
        Move::Wait => "wait".to_owned(),
        Move::SayAi => "say ai".to_owned(),
        Move::SayPrivacy => "say privacy".to_owned(),
        Move::StopRecording => "stop recording".to_owned(),
        Move::SayDanger => "say danger".to_owned(),
        Move::AskPresence => "ask presence".to_owned(),
        Move::Consult => "consult".to_owned(),
        Move::Brief => "brief".to_owned(),
        Move::MessageNoted => "message noted".to_owned(),
        Move::RingOnCall => "ring on call".to_owned(),
        Move::JobTaken => "job taken".to_owned(),
        Move::NobodyOnCall => "nobody on call".to_owned(),
        Move::Connect => "connect".to_owned(),
        Move::ComeBack => "come back".to_owned(),
        Move::OfferCallBack => "offer call back".to_owned(),
        Move::Goodbye => "goodbye".to_owned(),
    }
}

fn ordered(order: &Order) -> String {
    match order {
        Order::HoldAppointment { skill, emergency, from, until, near } => {
            let emergency = if *emergency { " at once" } else { "" };
            let until = until.map(|until| format!(" until {until}")).unwrap_or_default();
            let near = near.map(|near| format!(" near {near}")).unwrap_or_default();
            format!("order hold {skill}{emergency} from {from}{until}{near}")
        }
        Order::BookAppointment { hold, job } => format!("order book {} {}", hold.0, sheet(job)),
        Order::ReleaseAppointment { hold } => format!("order release {}", hold.0),
        Order::NoteCallBack { job } => format!("order note {}", sheet(job)),
        Order::LeaveMessage { to, job } => format!("order message for {to} {}", sheet(job)),
        Order::OpenTicket { ticket, job } => format!("order ticket {ticket:?} {}", sheet(job)),
        Order::FindAppointment { claim, after } => {
            let text = |text: &Private<String>| text.reveal().clone();
            let known = [
                claim.code.as_ref().map(|code| format!(" code {}", text(code))),
                claim.family_name.as_ref().map(|name| format!(" name {}", text(name))),
                claim.day.map(|day| format!(" day {day}")),
                after.map(|after| format!(" after {after}")),
            ];
            format!("order find{}", known.into_iter().flatten().collect::<String>())
        }
        Order::CancelAppointment { appointment } => format!("order cancel {appointment}"),
        Order::MoveAppointment { appointment, hold } => format!("order move {appointment} to {}", hold.0),
    }
}

fn sheet(job: &JobSheet) -> String {
    let fields: Vec<String> =
        job.fields.iter().map(|(name, value)| format!("{name}={}", value.reveal())).collect();
    let emergency = if job.emergency { "!" } else { "" };
    format!("[{}{emergency}] {}", job.concern, fields.join("; "))
}

fn kept(entry: &Entry) -> String {
    match entry {
        Entry::Disclosed { wording, .. } => format!("keep disclosed {}…", &wording[..8]),
        Entry::Concern { title, .. } => format!("keep concern {title}"),
        Entry::Slot(slot) => {
            let confirmed = if slot.confirmed { ", confirmed" } else { "" };
            format!("keep {}={}{confirmed}", slot.name, slot.value.reveal())
        }
        other => format!("keep {other:?}"),
    }
}
