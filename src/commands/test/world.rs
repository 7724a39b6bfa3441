//! The world of a test: pretend sound around the real call, with a calendar of its own on disk that goes away again.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use anyhow::Context;
use jiff::Timestamp;
use jiff::civil::{DateTime, date};

use super::telephone::Followed;
use crate::call::actions::{Capabilities, Order, OrderId, Outcome};
use crate::call::hearing::{Job, JobResult};
use crate::call::line::{Absence, Arrival, ColleagueEvent, Digit, FRAME_MS, LineCommand, VoiceFrame};
use crate::call::speech::Rendered;
use crate::call::{Event, Onlooker, SiteRooms};
use crate::commands::trial::Scratch;
use crate::config::Limits;
use crate::config::site::Site;
use crate::daemon::store::{Store, new_call_id};
use crate::record::{CallId, Entry};
use crate::sim::account::Account;
use crate::sim::caller::Act;
use crate::sim::pretend::{Colleague, Faults, Pretend};
use crate::sim::script::{Asked, Conversation, Script};
use crate::sim::world::{self, World};

/// When a call begins that does not say it: a Monday morning.
const BEGINS: DateTime = date(2026, 11, 23).at(9, 5, 0, 0);
/// Frames until something happens with a colleague's telephone.
const COLLEAGUE_FRAMES: u32 = 150;

/// Holds the calls of a conversation, one after the other, in one calendar.
pub fn hold(rooms: &SiteRooms, conversation: &Conversation) -> anyhow::Result<Vec<Account>> {
    let scratch = Scratch::new()?;
    let (mut store, _) = scratch.store()?;
    let mut accounts: Vec<Account> = Vec::new();
    let mut at = BEGINS;
    for script in &conversation.calls {
        at = script.at.unwrap_or(at);
        let begins = at
            .to_zoned(rooms.site.time_zone.clone())
            .with_context(|| format!("{at} is no moment at this site"))?
            .timestamp();
        let code = accounts.iter().rev().find_map(|account| account.code.as_deref());
        let script = &script.with_code(code.unwrap_or_default());
        let arrival = Arrival { caller: script.number.clone().map(Into::into), ..Arrival::default() };
        let capabilities = rooms.site.capabilities(arrival.caller.as_ref());
        let mut test = TestWorld::new(rooms, script, (store, capabilities), new_call_id()?);
        world::hold(rooms, Limits::SHIPPED, arrival, begins, &mut test);
        store = test.store;
        accounts.push(test.account);
    }
    Ok(accounts)
}

struct TestWorld {
    pretend: Pretend,
    site: Arc<Site>,
    capabilities: Capabilities,
    store: Store,
    call: CallId,
    account: Account,
    begun: Rc<Cell<usize>>,
    frames: u64,
}

impl TestWorld {
    fn new(
        rooms: &SiteRooms,
        script: &Script,
        (store, capabilities): (Store, Capabilities),
        call: CallId,
    ) -> Self {
        let begun = Rc::new(Cell::new(0));
        let telephone = Followed::new(script, Rc::clone(&begun));
        let mut pretend = Pretend::new(script, Box::new(telephone), Faults::default());
        pretend.colleagues = script.colleagues.iter().map(colleague).collect();
        let site = Arc::clone(&rooms.site);
        let account = Account::new(site.language);
        Self { pretend, site, capabilities, store, call, account, begun, frames: 0 }
    }
}

fn colleague(asked: &Asked) -> Colleague {
    let key = |symbol| Digit::new(symbol).map(ColleagueEvent::Digit);
    let answers = |symbol| {
        let pressed: Vec<_> = key(symbol).into_iter().map(|key| (COLLEAGUE_FRAMES, key)).collect();
        Colleague::who_answers(COLLEAGUE_FRAMES, &pressed)
    };
    match asked {
        Asked::Accepts => answers('1'),
        Asked::Declines => answers('2'),
        Asked::NoAnswer => Colleague::absent(COLLEAGUE_FRAMES, Absence::NoAnswer),
        Asked::NoKey => Colleague::who_answers(COLLEAGUE_FRAMES, &[]),
        Asked::Busy => Colleague::absent(1, Absence::Busy),
    }
}

impl Onlooker for TestWorld {
    fn event(&mut self, event: &Event) {
        self.account.event(event);
        self.pretend.event(event);
    }
}

impl World for TestWorld {
    fn answer(&mut self, job: Job) -> Option<JobResult> {
        self.pretend.answer(job)
    }

    fn render(&mut self, text: &str, slowly: bool) -> Option<Rendered> {
        self.pretend.render(text, slowly)
    }

    fn carry_out(&mut self, id: OrderId, order: Order, at: Timestamp) -> Outcome {
        let now = at.to_zoned(self.site.time_zone.clone());
        self.store
            .carry_out(self.call, (&self.site, &self.capabilities), (id, &order), &now)
            .unwrap_or_else(|error| Outcome::Failed { cause: error.to_string() })
    }

    fn keep(&mut self, entry: Entry) -> bool {
        self.account.keep(entry);
        true
    }

    fn caller(&mut self, heard: &VoiceFrame) -> Act {
        self.frames += 1;
        let act = self.pretend.caller(heard);
        self.account.stepped(self.begun.get(), self.frames * u64::from(FRAME_MS));
        act
    }

    fn asked(&mut self, command: &LineCommand) -> Option<ColleagueEvent> {
        self.pretend.asked(command)
    }

    fn colleague(&mut self) -> Option<ColleagueEvent> {
        self.pretend.colleague()
    }
}
