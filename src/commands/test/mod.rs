//! `klinke test`: conversations that an administrator has written down, held with his site as fast as the machine
//! can: typed words, the real understanding, dialogue and calendar, a clock turned by hand. No models, no voice.

mod find;
mod report;
mod telephone;
mod world;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;

use self::find::{Found, find};
use self::report::{Report, Tally};
use super::tongue::Tongue;
use crate::call::SiteRooms;
use crate::clock::Instant;
use crate::config::site::Site;
use crate::daemon::clock::Clock;
use crate::models::sentences::SentenceEncoder;
use crate::sim::account::Account;
use crate::sim::script::{Conversation, SCRIPT_LINE_BYTES_MAX, SCRIPT_LINES_MAX, What};
use crate::sim::verdict::{self, Failure, Told};

/// Longest conversation file that is read.
const FILE_BYTES_MAX: u64 = (SCRIPT_LINES_MAX * SCRIPT_LINE_BYTES_MAX) as u64;
/// Conversations that are held at a time: more than a small machine has cores for gains nothing.
const AT_A_TIME_MAX: usize = 8;

/// Arguments of `klinke test`.
#[derive(Args)]
pub struct Test {
    /// Folders with a site.toml and its conversations (*.txt, also in folders below), or single conversations.
    #[arg(value_name = "DIR|FILE", required = true)]
    paths: Vec<PathBuf>,
    /// The site's file, where it is not the site.toml of the folder or of one above it.
    #[arg(long, value_name = "FILE")]
    site: Option<PathBuf>,
    /// One JSON object a conversation, and a last one that sums up.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    tongue: Tongue,
}

/// What became of one conversation.
pub struct Held {
    /// Its file.
    pub file: PathBuf,
    /// What it says.
    pub text: String,
    /// What it is.
    pub conversation: Conversation,
    /// One a call.
    pub accounts: Vec<Account>,
    /// What did not hold.
    pub failures: Vec<Failure>,
    /// Values that colleagues were told.
    pub told: Told,
}

impl Test {
    /// Runs it.
    ///
    /// # Errors
    /// A file that cannot be used, or conversations that did not go as they are written.
    pub fn run(self) -> anyhow::Result<()> {
        let clock = Clock::start();
        let mut tally = Tally::default();
        let report = Report::new(self.tongue.language(), self.json);
        let encoder = SentenceEncoder::for_sites(None);
        for Found { site: file, conversations } in find(&self.paths, self.site.as_deref())? {
            let site = crate::config::load_site(&file)?;
            let read =
                conversations.into_iter().map(|path| read(path, &site)).collect::<anyhow::Result<_>>()?;
            for held in hold_all(SiteRooms::with_meaning(site, encoder.clone()), read)? {
                report.conversation(&held, &mut tally)?;
            }
        }
        let took: Duration = clock.now().since(Instant::START);
        report.summary(&tally, took)?;
        match tally.not_as_written() {
            0 => Ok(()),
            count => bail!("{}", report.verdict(count, &tally)),
        }
    }
}

type Read = (PathBuf, String, Conversation);

fn read(path: PathBuf, site: &Site) -> anyhow::Result<Read> {
    let unusable = || format!("cannot use the conversation {}", path.display());
    let text = super::read_text(&path, FILE_BYTES_MAX).with_context(unusable)?;
    let conversation = Conversation::parse(&text).with_context(unusable)?;
    let mut expected = conversation.calls.iter().flat_map(|call| &call.expected);
    let wrong = expected.find_map(|expected| Some((expected.line, unknown(&expected.what, site)?)));
    if let Some((line, why)) = wrong {
        bail!("cannot use the conversation {}: line {line}: {why}", path.display());
    }
    Ok((path, text, conversation))
}

/// A name in an expectation that the site does not have can never come true, or never fail.
fn unknown(what: &What, site: &Site) -> Option<String> {
    let intents = || site.intents.iter().map(|intent| intent.name.as_str());
    let answers = || site.answers.iter().map(|answer| answer.id.as_str());
    let used = |name: &str| site.intents.iter().any(|it| it.fills(name));
    let slots = || site.forms.iter().filter(|form| used(&form.name)).flat_map(|form| &form.slots);
    let (kind, name, known): (_, _, Vec<&str>) = match what {
        What::Intent(name) => ("intent or answer", name, intents().chain(answers()).collect()),
        What::Concern(name) => ("intent", name, intents().collect()),
        What::Answered(name) => ("answer", name, answers().collect()),
        What::Asked(name) | What::Stored(name, _) => {
            ("slot", name, slots().map(|slot| slot.name.as_str()).collect())
        }
        _ => return None,
    };
    if known.contains(&name.as_str()) {
        return None;
    }
    let mut known = known;
    known.sort_unstable();
    known.dedup();
    Some(format!("the site has no {kind} \"{name}\"; there are: {}", known.join(", ")))
}

/// Holds them, several at a time; in the order in which they were given.
fn hold_all(rooms: SiteRooms, read: Vec<Read>) -> anyhow::Result<Vec<Held>> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = threads.min(AT_A_TIME_MAX).min(read.len());
    let next = AtomicUsize::new(0);
    let held: Mutex<Vec<(usize, anyhow::Result<Held>)>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((at, read)) = taken(&read, &next) {
                    let done = hold(&rooms, read);
                    if let Ok(mut held) = held.lock() {
                        held.push((at, done));
                    }
                }
            });
        }
    });
    let mut held = held.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    held.sort_by_key(|(at, _)| *at);
    held.into_iter().map(|(_, held)| held).collect()
}

fn taken<'a>(read: &'a [Read], next: &AtomicUsize) -> Option<(usize, &'a Read)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    read.get(at).map(|read| (at, read))
}

fn hold(rooms: &SiteRooms, (file, text, conversation): &Read) -> anyhow::Result<Held> {
    let accounts = world::hold(rooms, conversation)
        .with_context(|| format!("cannot hold the conversation {}", shown(file)))?;
    let pairs = || conversation.calls.iter().zip(&accounts);
    let failures = pairs().flat_map(|(script, account)| verdict::failures(script, account)).collect();
    let mut told = Told::default();
    for (script, account) in pairs() {
        let Told { wrong, unchecked, all } = verdict::told(script, account);
        told = Told { wrong: told.wrong + wrong, unchecked: told.unchecked + unchecked, all: told.all + all };
    }
    let (file, text, conversation) = (file.clone(), text.clone(), conversation.clone());
    Ok(Held { file, text, conversation, accounts, failures, told })
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
