//! `klinke calls`: lists calls, and shows what is kept of one.
//!
//! JSON, stable: `list --json` prints one [`CallSummary`] a line, `show --json` one line with the [`CallRecord`].
//! Times in JSON are UTC, those for people the site's own.

use std::io::{self, Write};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::output::UNWRITABLE;
use crate::call::actions::{Attendance, JobSheet};
use crate::call::line::{Destination, HangUp};
use crate::config::site::Site;
use crate::daemon::credentials;
use crate::daemon::store::Store;
use crate::record::{Answer, CallRecord, CallSummary, Ending};

/// Digits of a call's id in the list.
const ID_DIGITS_LISTED: usize = 8;

/// Letters of a site's name in the list, at least.
const SITE_WIDTH_MIN: usize = 8;

/// Arguments of `klinke calls`.
#[derive(Args)]
pub struct Calls {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    config: super::ConfigFile,
}

#[derive(Subcommand)]
enum What {
    /// Every call in a line, newest first.
    List {
        /// Only so many.
        #[arg(long, value_name = "N")]
        last: Option<usize>,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// What is kept of a call.
    Show {
        /// The call's id, or at least its first four digits.
        id: String,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
}

impl Calls {
    /// Runs it.
    ///
    /// # Errors
    /// No store yet, a wrong root key, an unknown call, damage.
    pub fn run(self) -> anyhow::Result<()> {
        let config = crate::config::load(&self.config.config)?;
        let root = credentials::root_key(&config.root_key_file)?;
        let mut store = Store::open_existing(&config.data_dir, root)?;
        let out = &mut io::stdout().lock();
        let done = match self.what {
            What::List { last, json } => list(&mut store, &config.sites, last, json, out),
            What::Show { id, json } => show(&mut store, &config.sites, &id, json, out),
        };
        // The store has errors of its own: what refuses here is standard output.
        done.map_err(|error| if error.is::<io::Error>() { error.context(UNWRITABLE) } else { error })
    }
}

fn list(
    store: &mut Store,
    sites: &[Site],
    last: Option<usize>,
    json: bool,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let ids = store.call_ids()?;
    let site_width = sites.iter().map(|site| site.id.chars().count()).max().unwrap_or(0).max(SITE_WIDTH_MIN);
    if !json && !ids.is_empty() {
        let (site, ended) = ("site", "ended");
        writeln!(out, "call      began             length  {site:site_width$}  {ended:20}  concern")?;
    }
    let mut unreadable = Vec::new();
    for id in ids.into_iter().take(last.unwrap_or(usize::MAX)) {
        match store.record(id) {
            Ok(record) if json => writeln!(out, "{}", serde_json::to_string(&CallSummary::from(&record))?)?,
            Ok(record) => writeln!(out, "{}", line(&CallSummary::from(&record), sites, site_width))?,
            Err(error) => unreadable.push(error),
        }
    }
    out.flush()?;
    for error in &unreadable {
        eprintln!("klinke: {error}");
    }
    match unreadable.len() {
        0 => Ok(()),
        count => bail!("{count} of the calls cannot be read"),
    }
}

fn line(call: &CallSummary, sites: &[Site], site_width: usize) -> String {
    let id = &call.id.to_string()[..ID_DIGITS_LISTED];
    let began = call.began.map_or_else(String::new, |at| local(at, &zone(&call.site, sites)));
    let length = length(call.length_ms);
    let mut concern = shown(call.concern.as_deref().unwrap_or("none taken up"));
    for (is, word) in [
        (call.emergency, " (emergency)"),
        (call.booked, ", appointment booked"),
        (call.cancelled, ", appointment cancelled"),
        (call.ticket, ", ticket opened"),
        (call.call_back, ", call-back noted"),
        (call.message, ", message left"),
        (call.open_job, ", nobody has taken the job"),
    ] {
        if is {
            concern.push_str(word);
        }
    }
    let ended = match &call.ending {
        Ending::HandedOver { .. } => "handed over".into(),
        other => ending(other),
    };
    format!("{id}  {began:16}  {length:>6}  {:site_width$}  {ended:20}  {concern}", shown(&call.site))
}

fn show(
    store: &mut Store,
    sites: &[Site],
    wanted: &str,
    json: bool,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let id = store.find(wanted)?;
    let record = store.record(id)?;
    if json {
        writeln!(out, "{}", serde_json::to_string(&record).context("cannot write the record as JSON")?)?;
    } else {
        write_record(&record, &zone(&record.site, sites), out)?;
    }
    Ok(out.flush()?)
}

fn write_record(record: &CallRecord, zone: &TimeZone, out: &mut impl Write) -> io::Result<()> {
    let mut row = |name: &str, value: &str| writeln!(out, "{:14}{}", shown(name), shown(value));
    row("Call", &record.id.to_string())?;
    let began = record.began.map_or_else(|| "not written".to_owned(), |at| local(at, zone));
    row("Began", &format!("{began} {}", zone.iana_name().unwrap_or("UTC")))?;
    row("Site", &record.site)?;
    row("Caller", record.caller.as_ref().map_or("not known", |number| number.reveal()))?;
    row("Told it's AI", if record.disclosed { "yes" } else { "no" })?;
    let emergency = if record.emergency { " (emergency)" } else { "" };
    row("Concern", &format!("{}{emergency}", record.concern.as_deref().unwrap_or("none taken up")))?;
    let widest = record.slots.iter().map(|slot| slot.value.reveal().chars().count()).max().unwrap_or(0);
    for slot in &record.slots {
        let confirmed = if slot.confirmed { ", confirmed" } else { "" };
        row(
            &format!("  {}", slot.name),
            &format!("{:widest$}  [{:.0} %{confirmed}]", slot.value.reveal(), slot.confidence * 100.0),
        )?;
    }
    for (label, visit) in [
        ("Booked", &record.appointment),
        ("Moved from", &record.moved_from),
        ("Cancelled", &record.cancelled),
    ] {
        let Some(visit) = visit else { continue };
        let (start, end) = (visit.start.strftime("%Y-%m-%d %H:%M"), visit.end.strftime("%H:%M"));
        row(label, &format!("{start} to {end}, {}, no. {}", visit.technician, visit.appointment))?;
    }
    let ticket = record.ticket.as_ref().map(|ticket| (format!("Ticket {}", ticket.number), &ticket.job));
    let call_back = record.call_back.as_ref().map(|job| ("Call back".to_owned(), job));
    let message = record.message.as_ref().map(|left| (format!("For {}", left.to), &left.job));
    for (label, JobSheet { concern, fields, on_call, .. }) in
        ticket.into_iter().chain(call_back).chain(message)
    {
        row(&label, concern)?;
        for (name, value) in fields {
            row(&format!("  {name}"), value.reveal())?;
        }
        for (name, value) in on_call.iter().flat_map(|it| attended(it)) {
            row(name, &value)?;
        }
    }
    for asked in &record.consulted {
        row("Asked", &format!("{}: {}", whither(&asked.destination), answered(asked.answer)))?;
    }
    match &record.ending {
        Ending::Unfinished => row("Ended", "no end written: still going on, or Klinke stopped in mid-call"),
        Ending::CutOff => row("Ended", "cut off: Klinke was ended in mid-call; the rest is not known"),
        written => row("Ended", &format!("{}, after {}", ending(written), length(record.length_ms))),
    }
}

fn ending(ending: &Ending) -> String {
    match ending {
        Ending::Completed => "completed".into(),
        Ending::HungUp { by: HangUp::Caller } => "the caller hung up".into(),
        Ending::HungUp { by: HangUp::Line } => "the line was lost".into(),
        Ending::HungUp { by: HangUp::Shutdown } => "Klinke was shut down".into(),
        Ending::HandedOver { destination, reason } => {
            format!("handed over to {} ({reason})", whither(destination))
        }
        Ending::CutOff => "cut off".into(),
        Ending::Unfinished => "no end written".into(),
    }
}

/// Who has taken a job, and who was rung before.
fn attended(attendance: &Attendance) -> Vec<(&'static str, String)> {
    let taken = attendance.taken_by.as_ref().map_or_else(
        || "nobody: the job is open".to_owned(),
        |taken| format!("{}, {}", taken.name, taken.at.strftime("%Y-%m-%d %H:%M")),
    );
    let tried = attendance.tried.iter().map(|tried| format!("{}: {}", tried.name, answered(tried.answer)));
    [("  taken by", taken)].into_iter().chain(tried.map(|tried| ("  rung", tried))).collect()
}

const fn answered(answer: Answer) -> &'static str {
    match answer {
        Answer::Accepted => "took the call",
        Answer::Declined => "declined",
        Answer::NoAnswer => "did not answer",
        Answer::Busy => "busy",
        Answer::Unreachable => "could not be reached",
        Answer::NoKey => "answered and pressed no key",
        Answer::HungUp => "answered and hung up",
        Answer::Unsupported => "could not be asked first",
        Answer::BrokenOff => "was still being asked when the call ended",
    }
}

fn whither(destination: &Destination) -> String {
    match destination {
        Destination::Extension(to) | Destination::Device(to) => to.clone(),
        Destination::Queue(queue) => format!("queue {queue}"),
        Destination::Fallback => "the dialplan".to_owned(),
    }
}

/// Where the site's clocks stand; UTC where the site is no longer configured.
fn zone(site: &str, sites: &[Site]) -> TimeZone {
    sites.iter().find(|known| known.id == site).map_or(TimeZone::UTC, |site| site.time_zone.clone())
}

fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn length(ms: u64) -> String {
    format!("{}:{:02}", ms / 60_000, ms / 1000 % 60)
}

/// `text` without what a terminal would obey: part of it came in over the telephone line.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use zeroize::Zeroizing;

    use super::*;
    use crate::call::actions::{HoldId, Order, OrderId, Outcome};
    use crate::clock::MediaTime;
    use crate::record::envelope::RootKey;
    use crate::record::{CallId, Entry, SlotRecord};

    fn store() -> (tempfile::TempDir, Store) {
        let directory = tempfile::tempdir().unwrap();
        let mut store = Store::open(directory.path(), RootKey::new(&Zeroizing::new([1; 32]))).unwrap();
        store.append(CallId([0xab; 16]), &booked()).unwrap();
        let began =
            Entry::Began { at: "2026-11-09T09:00:00Z".parse().unwrap(), site: "x".into(), caller: None };
        store.append(CallId([0xcd; 16]), &[began]).unwrap();
        (directory, store)
    }

    fn booked() -> Vec<Entry> {
        let job = JobSheet::default();
        let (start, end) = (date(2026, 11, 12).at(8, 0, 0, 0), date(2026, 11, 12).at(9, 0, 0, 0));
        let slot = |name: &str, value: &str, confirmed| {
            let value = value.to_owned().into();
            Entry::Slot(SlotRecord { name: name.into(), value, confidence: 0.87, confirmed })
        };
        vec![
            Entry::Began {
                at: "2026-11-09T08:03:12Z".parse().unwrap(),
                site: "heating".into(),
                caller: Some("0711\u{1b}[2J22".to_owned().into()),
            },
            Entry::Disclosed { at: MediaTime::START, wording: "00".into() },
            Entry::Concern { intent: "outage".into(), title: "Heizung fällt aus".into(), emergency: true },
            slot("name", "Frau Müller-Lüdenscheidt", true),
            slot("address", "Lindenstraße 4, 70173 Stuttgart", false),
            Entry::Became {
                id: OrderId(1),
                outcome: Outcome::Held { hold: HoldId(7), technician: "Herr Yılmaz".into(), start, end },
            },
            Entry::Ordered { id: OrderId(2), order: Order::BookAppointment { hold: HoldId(7), job } },
            Entry::Became { id: OrderId(2), outcome: Outcome::Booked { appointment: 7, code: None } },
            Entry::Ended {
                at: "2026-11-09T08:05:00Z".parse().unwrap(),
                length: MediaTime::from_ms(107_900),
                ending: Ending::HandedOver {
                    destination: Destination::Extension("20".into()),
                    reason: "caller_asked".into(),
                },
            },
        ]
    }

    fn printed(print: impl FnOnce(&mut Store, &mut Vec<u8>) -> anyhow::Result<()>) -> String {
        let (_directory, mut store) = store();
        let mut out = Vec::new();
        print(&mut store, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_list_reads_well() {
        insta::assert_snapshot!(printed(|store, out| list(store, &[], None, false, out)));
        insta::assert_snapshot!(printed(|store, out| list(store, &[], Some(1), true, out)));
    }

    #[test]
    fn a_record_reads_well() {
        insta::assert_snapshot!(printed(|store, out| show(store, &[], "abab", false, out)));
        insta::assert_snapshot!(printed(|store, out| show(store, &[], "cdcdcd", false, out)));
    }

    #[test]
    fn the_json_of_a_record_reads_back() {
        let json = printed(|store, out| show(store, &[], "ABAB", true, out));
        assert_eq!(json.lines().count(), 1);
        let read: CallRecord = serde_json::from_str(&json).unwrap();
        assert_eq!(read, CallRecord::from_entries(CallId([0xab; 16]), &booked()));
        insta::assert_snapshot!(json);
    }

    #[test]
    fn times_are_the_sites_own() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(local("2026-07-09T22:03:12Z".parse().unwrap(), &berlin), "2026-07-10 00:03");
    }
}
