//! The switchboard: the shell around each call. One task a call, one `select!`, one `match` over outputs.
//!
//! Nothing here waits while a frame is due: models, voice, calendar and store are asked through queues and
//! answer as inputs. A call that panics takes nobody with it: its line is dropped, and the adapter sends that
//! caller to the dialplan's fallback.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use super::clock::Clock;
use super::inference::Inference;
use super::pbx::{Admission, Line, Wanted, reason};
use super::scribe::{Scribe, Writing};
use super::store::{StoreHandle, new_call_id};
use super::vitals::Pulse;
use super::voice::Voice;
use super::watchdog::{CallUp, Vitals};
use crate::call::audio::tones::Tones;
use crate::call::hearing::JobResult;
use crate::call::line::{Arrival, Frame, HangUp, LineCommand, LineEvent};
use crate::call::{Call, Input, Onlooker, Output, SiteRooms};
use crate::clock::Instant;
use crate::config::Limits;
use crate::config::site::Language;
use crate::record::CallId;

/// Answers of models that may wait for their call. A call has two questions open at most.
const ANSWERS_MAX: usize = 8;
/// Answers of voice, calendar and store that may wait for their call.
const INPUTS_MAX: usize = 64;
/// A line that gives no frame for so long is dead. Longer than what ends the whole daemon where it is so on all
/// lines ([`FROZEN_MS_MAX`](super::watchdog::FROZEN_MS_MAX)).
const LINE_SILENT_MAX: Duration = Duration::from_secs(5);
/// How long the line may take to accept that a call is released.
const RELEASE_WAIT: Duration = Duration::from_secs(2);

/// Everything that calls share.
pub struct Switchboard {
    /// By the order in the configuration.
    pub sites: Vec<SiteRooms>,
    /// The models; sites have the same order.
    pub inference: Arc<Inference>,
    /// One voice a site, in the same order.
    pub voices: Vec<Arc<Voice>>,
    /// Where records and the calendar are.
    pub store: StoreHandle,
    /// Limits.
    pub limits: Limits,
    /// Signs of life, its calls' among them.
    pub vitals: Arc<Vitals>,
    /// The clock.
    pub clock: Clock,
    seats: Arc<Semaphore>,
    numbers: AtomicU64,
}

impl Switchboard {
    /// A switchboard with no calls. `sites` and `voices` in the order that `inference` was started with.
    #[must_use]
    pub fn new(
        sites: Vec<SiteRooms>,
        inference: Arc<Inference>,
        voices: Vec<Arc<Voice>>,
        store: StoreHandle,
        limits: Limits,
        vitals: Arc<Vitals>,
    ) -> Self {
        let seats = Arc::new(Semaphore::new(limits.calls_max.min(Semaphore::MAX_PERMITS)));
        let clock = Clock::start();
        Self { sites, inference, voices, store, limits, vitals, clock, seats, numbers: AtomicU64::new(0) }
    }

    /// Whether a call is taken, and its seat until it is over.
    #[must_use]
    pub fn admit(&self, wanted: Wanted<'_>) -> Admission {
        if self.place(wanted).is_none() {
            return Admission::Refused(reason::UNKNOWN_SITE);
        }
        if self.store.is_full() || self.vitals.is_overloaded() {
            return Admission::Refused(reason::OVERLOADED);
        }
        match Arc::clone(&self.seats).try_acquire_owned() {
            Ok(seat) => Admission::Admitted(Some(seat)),
            Err(_) => Admission::Refused(reason::BUSY),
        }
    }

    /// Takes no call any more and waits until those that are going on are over.
    pub async fn close(&self) {
        let all = u32::try_from(self.limits.calls_max).unwrap_or(u32::MAX);
        // Fails only where the semaphore is closed, which nobody does.
        let _ = self.seats.acquire_many(all).await;
    }

    fn place(&self, wanted: Wanted<'_>) -> Option<usize> {
        let names: Vec<_> =
            self.sites.iter().map(|rooms| (rooms.site.id.as_str(), rooms.site.language)).collect();
        choose(&names, wanted)
    }

    /// Holds a call to its end; its record is on disk on return. `None`: the site is unknown, or the system gives
    /// no randomness, and the line was dropped.
    pub async fn hold(&self, line: Line, onlooker: &mut (dyn Onlooker + Send)) -> Option<CallId> {
        let wanted = Wanted { site: &line.site, language: line.arrival.language.as_deref() };
        let place = self.place(wanted)?;
        let spoken = self.sites[place].site.language;
        if wanted.language.is_some_and(|language| !spoken.is_meant_by(language)) {
            log::warn!(
                "the dialplan asks site {:?} for a language it does not have (lang=); the call is held in {:?}",
                wanted.site,
                spoken.code()
            );
        }
        let _seat = line.seat;
        let id = new_call_id().inspect_err(|error| log::error!("the call is not taken: {error}")).ok()?;
        let (inputs, answers) = mpsc::channel(INPUTS_MAX);
        let site = Arc::clone(&self.sites[place].site);
        let capabilities = site.capabilities(line.arrival.caller.as_ref());
        let scribe = Scribe::start(self.store.clone(), id, (site, capabilities), inputs.clone());
        let mut shell = Shell {
            board: self,
            id,
            place,
            number: self.numbers.fetch_add(1, Ordering::Relaxed),
            began: self.clock.now(),
            caller: Frame::SILENCE,
            up: None,
            renders: JoinSet::new(),
            commands: line.commands,
            writing: scribe.writing.clone(),
            inputs,
        };
        shell.run(line.arrival, line.events, answers, onlooker).await;
        // nobody hears them any more, and nothing of a call may outlive it
        shell.renders.shutdown().await;
        self.inference.forget(shell.number);
        drop(shell);
        scribe.finish().await;
        Some(id)
    }
}

/// One call's way to the world.
struct Shell<'a> {
    board: &'a Switchboard,
    id: CallId,
    place: usize,
    number: u64,
    began: Instant,
    caller: Frame,
    /// From the first frame on: until then the PBX may take its time.
    up: Option<CallUp>,
    /// Sentences that are made into sound.
    renders: JoinSet<()>,
    commands: mpsc::Sender<LineCommand>,
    writing: mpsc::Sender<Writing>,
    inputs: mpsc::Sender<Input>,
}

impl Shell<'_> {
    async fn run(
        &mut self,
        arrival: Arrival,
        mut events: mpsc::Receiver<LineEvent>,
        mut answers: mpsc::Receiver<Input>,
        onlooker: &mut (dyn Onlooker + Send),
    ) {
        let (reply, mut models) = mpsc::channel::<JobResult>(ANSWERS_MAX);
        let clock = self.board.clock;
        let rooms = &self.board.sites[self.place];
        let mut out = Vec::new();
        let at = clock.wall();
        onlooker.began(at, &rooms.site.id, &arrival);
        let mut call = Call::begin(self.since_begin(), at, rooms, self.board.limits, arrival, &mut out);
        self.carry_out(&mut out, &reply, onlooker).await;
        let mut dead = clock.timer(clock.now() + LINE_SILENT_MAX);
        let mut tones = Tones::default();
        while !call.is_over() {
            let due = call.deadline().map(|due| clock.timer(due + self.began.since(Instant::START)));
            let input = tokio::select! {
                biased;
                event = events.recv() => Input::Line(event.unwrap_or(LineEvent::HungUp(HangUp::Line))),
                Some(result) = models.recv() => Input::Job(result),
                Some(input) = answers.recv() => input,
                () = tokio::time::sleep_until(dead) => {
                    log::error!("a line has given nothing for {} s; its call ends", LINE_SILENT_MAX.as_secs());
                    Input::Line(LineEvent::HungUp(HangUp::Line))
                }
                () = sleep_until(due) => Input::Tick,
            };
            if let Input::Line(LineEvent::Frame(frame)) = &input {
                // what the call does not listen to, a colleague above all, nobody else gets to hear
                self.caller = if call.listens() { *frame } else { Frame::SILENCE };
                self.up.get_or_insert_with(|| self.board.vitals.call()).frame();
                dead = clock.timer(clock.now() + LINE_SILENT_MAX);
            }
            let now = self.since_begin();
            let tone = match &input {
                Input::Line(event) if call.listens() => tones.of(event),
                _ => None,
            };
            for input in std::iter::once(input).chain(tone.map(Input::Line)) {
                onlooker.input(now, &input);
                call.handle(now, input, &mut out);
                self.carry_out(&mut out, &reply, onlooker).await;
            }
        }
    }

    fn since_begin(&self) -> Instant {
        Instant::START + self.board.clock.now().since(self.began)
    }

    async fn carry_out(
        &mut self,
        out: &mut Vec<Output>,
        reply: &mpsc::Sender<JobResult>,
        onlooker: &mut (dyn Onlooker + Send),
    ) {
        for output in out.drain(..) {
            match output {
                Output::Line(LineCommand::Frame(frame)) => {
                    onlooker.frames(&self.caller, &frame);
                    // A line that does not keep up hears a gap, never a delay.
                    let _ = self.commands.try_send(LineCommand::Frame(frame));
                }
                Output::Line(command) => self.leave(command).await,
                Output::Job(job) => self.board.inference.submit(self.place, self.number, job, reply),
                Output::Render { id, text, slowly } => {
                    let (voice, inputs) = (Arc::clone(&self.board.voices[self.place]), self.inputs.clone());
                    let vitals = Arc::clone(&self.board.vitals);
                    let asked = Pulse::default();
                    while self.renders.try_join_next().is_some() {}
                    self.renders.spawn(async move {
                        let sound = voice.render(text.reveal(), slowly).await;
                        vitals.rendered(asked.silent_for());
                        let sound = sound.inspect_err(|error| log::error!("voice: {error}")).ok();
                        let _ = inputs.send(Input::Rendered(id, sound)).await;
                    });
                }
                Output::Order(id, order) => self.write(Writing::Order(id, order, self.board.clock.wall())),
                Output::Entry(entry) => self.write(Writing::Entry(entry)),
                Output::Event(event) => onlooker.event(&event),
            }
        }
    }

    /// Hands over a command that must arrive: on a line that is busy it waits a little.
    async fn leave(&self, mut command: LineCommand) {
        if let LineCommand::Release { screen, .. } | LineCommand::Consult { screen, .. } = &mut command {
            screen.call = self.id.to_string();
        }
        if tokio::time::timeout(RELEASE_WAIT, self.commands.send(command)).await.is_err() {
            log::error!("the line did not take what the call wants of it in time; it is dropped");
        }
    }

    fn write(&self, writing: Writing) {
        if self.writing.try_send(writing).is_err() {
            log::error!("store: too much of one call waits to be written; the call goes to its way out");
            let _ = self.inputs.try_send(Input::KeepFailed);
        }
    }
}

async fn sleep_until(due: Option<tokio::time::Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// The site that is wanted in the language that is wanted, or else in the first one it has. An empty name stands
/// for the first site.
fn choose(sites: &[(&str, Language)], wanted: Wanted<'_>) -> Option<usize> {
    let (first, _) = sites.first()?;
    let name = if wanted.site.is_empty() { first } else { wanted.site };
    let speaks = |language| sites.iter().position(|(id, spoken)| *id == name && spoken.is_meant_by(language));
    wanted.language.and_then(speaks).or_else(|| sites.iter().position(|(id, _)| *id == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_answers_in_the_language_that_is_wanted_where_it_has_it() {
        use Language::{English, German};
        let sites = [("heating", German), ("bakery", English), ("heating", English), ("bakery", German)];
        let choose = |site, language| choose(&sites, Wanted { site, language });
        assert_eq!(choose("heating", None), Some(0));
        assert_eq!(choose("heating", Some("en")), Some(2));
        assert_eq!(choose("heating", Some("EN-gb")), Some(2));
        assert_eq!(choose("bakery", Some("de_AT")), Some(3));
        assert_eq!(choose("bakery", Some("fr")), Some(1), "the first language it has");
        assert_eq!(choose("", None), Some(0));
        assert_eq!(choose("", Some("en")), Some(2));
        assert_eq!((choose("plumber", Some("de")), choose("Heating", None)), (None, None));
        assert_eq!(super::choose(&[], Wanted::default()), None);
    }
}
