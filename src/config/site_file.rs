//! A site's file: from its tree to a [`Site`], with everything that its sections say of each other checked.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::rc::Rc;

use jiff::tz::TimeZone;
use toml::de::DeTable;

use super::forms::{self, ReadForm};
use super::nearest::{instead, nearest};
use super::place::{Findings, Source};
use super::site::{Answer, Calendar, HandOver, Intent, Language, Profile, RING_S_DEFAULT, Site, Then, Words};
use super::spoken::check_placeholders;
use super::tree::{Item, Table, Written, unique};
use super::{destinations, hours, on_call, texts};
use crate::call::understanding::Land;

/// Intents and answers of a site.
const INTENTS_MAX: usize = 200;
/// Examples of an intent: fewer teach nothing.
const EXAMPLES_MIN: usize = 3;
/// Examples of an intent.
const EXAMPLES_MAX: usize = 100;
/// How long a colleague's telephone may ring.
const RING_S_RANGE: RangeInclusive<i64> = 5..=60;

/// What the sections of a file say of each other, gathered while reading and checked at the end.
#[derive(Default)]
struct Crossings {
    /// Forms that intents name.
    forms: Vec<Written>,
    /// Names of intents and answers: one name, one meaning.
    names: Vec<Written>,
    /// Examples with the name they belong to.
    examples: Vec<(String, Written)>,
    /// Slots that colleagues' telephones may show.
    shown: Vec<Written>,
}

/// Reads a site. `None`: why not was written down.
pub fn read(
    source: &Rc<Source>,
    tree: &DeTable<'_>,
    words_per_minute: u16,
    found: &Findings,
) -> Option<(Written, Site)> {
    let top = Table::root(source, tree, found);
    let mut crossings = Crossings::default();
    let id = top.need("id", "id = \"heating\"").and_then(|item| item.name());
    let name = top.need("name", "name = \"Heizung Wagner\"").and_then(|item| item.text());
    let language = language(&top);
    let time_zone = top.need("time_zone", "time_zone = \"Europe/Berlin\"").and_then(|item| time_zone(&item));
    let land = match top.get("land") {
        Some(item) => item.one_of(&Land::ALL.map(|land| (land.letters(), Some(land)))),
        None => Some(None),
    };
    let profile = match top.get("profile") {
        Some(item) => {
            item.one_of(&[("trade", Profile::Trade), ("health", Profile::Health), ("legal", Profile::Legal)])
        }
        None => Some(Profile::Trade),
    };
    let spoken = language.unwrap_or(Language::German);
    let texts = texts::read(top.need_table("texts"), spoken, words_per_minute);
    let recordings = top.get("recordings");
    let recordings =
        recordings.map_or(Some(None), |item| Some(Some(top.place.source.resolve(&item.text()?))));
    let holidays = top.get("closed_on_holidays").map_or(Some(false), |item| item.boolean());
    let opening_hours = hours::read(top.need_table("opening_hours"));
    let hand_over = hand_over(&top, &mut crossings);
    let on_call = top.get("on_call").map(|item| on_call::read(item.table()?));
    let intents = intents(&top, profile, &mut crossings);
    let answers: Vec<Option<Answer>> =
        top.tables("answers").into_iter().map(|table| answer(table, &mut crossings)).collect();
    let forms = forms::read(top.get("forms").and_then(|item| item.table()), spoken);
    let technicians: Vec<_> = top.tables("technicians").into_iter().map(hours::technician).collect();
    let calendar = calendar(&top);
    let words = words(&top);
    top.close();

    unique("intent or answer", crossings.names.iter(), found);
    check_examples(&crossings.examples, found);
    check_forms(&crossings.forms, &forms, found);
    check_shown(&crossings.shown, &forms, found);
    forms::check_changes(&forms, calendar.as_ref(), found);
    let urgent = intents.iter().flatten().filter(|intent| intent.emergency);
    forms::check_emergencies(urgent.flat_map(Intent::forms), &forms, found);
    forms::check_on_call(&forms, on_call.is_some(), found);
    unique("technician", technicians.iter().flatten().map(|(name, _)| name), found);
    let complete = technicians.iter().all(Option::is_some);
    let technicians: Vec<_> = technicians.into_iter().flatten().map(|(_, technician)| technician).collect();
    for skill in forms.iter().filter_map(|form| form.skill.as_ref()).filter(|_| complete) {
        hours::check_skill(skill, &technicians, found);
    }
    let (id, said) = (id?, texts?);
    let site = Site {
        id: id.text.clone(),
        name: name?,
        language: language?,
        time_zone: time_zone?,
        land: land?,
        profile: profile?,
        texts: said.texts,
        short: said.short,
        recordings: recordings?,
        opening_hours: opening_hours?,
        closed_on_holidays: holidays?,
        hand_over: hand_over?,
        on_call: on_call.map_or(Some(None), |read| read.map(Some))?,
        intents: intents?,
        answers: answers.into_iter().collect::<Option<_>>()?,
        forms: forms.into_iter().map(|read| read.form).collect::<Option<_>>()?,
        technicians,
        calendar: calendar?,
        words,
    };
    Some((id, site))
}

fn language(top: &Table<'_>) -> Option<Language> {
    let item = top.need("language", "language = \"de\"")?;
    item.one_of(&[("de", Language::German), ("en", Language::English)])
}

fn time_zone(item: &Item<'_>) -> Option<TimeZone> {
    let name = item.text()?;
    let zone = TimeZone::get(&name).ok();
    if zone.is_none() {
        let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let near = nearest(&name, known.iter().map(String::as_str)).unwrap_or("Europe/Berlin");
        item.mistake(format!("there is no time zone \"{name}\""), format!("\"{near}\""));
    }
    zone
}

fn hand_over(top: &Table<'_>, crossings: &mut Crossings) -> Option<HandOver> {
    let Some(item) = top.get("hand_over") else { return Some(HandOver::default()) };
    let table = item.table()?;
    let destinations = |key| table.get(key).map_or(Some(Vec::new()), |item| destinations::read(&item));
    let (open, closed) = (destinations("extension"), destinations("extension_closed"));
    let announced = table.get("announced").map_or(Some(false), |item| item.boolean());
    let ring = table.get("ring_s_max").map_or(Some(RING_S_DEFAULT), |item| item.number(RING_S_RANGE));
    crossings.shown = table.texts("screen_pop");
    let screen_pop = crossings.shown.iter().map(|slot| slot.text.clone()).collect();
    table.close();
    Some(HandOver { open: open?, closed: closed?, announced: announced?, ring_s_max: ring?, screen_pop })
}

fn intents(top: &Table<'_>, profile: Option<Profile>, crossings: &mut Crossings) -> Option<Vec<Intent>> {
    let list = top.need("intents", "[[intents]] with name, title, examples, and form or hand_over");
    let list = list.and_then(|item| item.list().map(|list| (list, item)));
    let (list, item) = list?;
    if list.is_empty() || list.len() > INTENTS_MAX {
        item.mistake(format!("has {} intents; 1 to {INTENTS_MAX} are allowed", list.len()), None);
    }
    let read: Vec<_> = list.iter().map(|item| intent(item.table()?, profile, crossings)).collect();
    read.into_iter().collect()
}

fn intent(table: Table<'_>, profile: Option<Profile>, crossings: &mut Crossings) -> Option<Intent> {
    let name = table.need("name", "name = \"heating_failure\"").and_then(|item| item.name());
    let title = table.need("title", "title = \"Heizung ausgefallen\"").and_then(|item| item.text());
    let emergency = match table.get("emergency") {
        Some(item) => item.boolean().inspect(|&emergency| {
            if emergency && profile == Some(Profile::Health) {
                let why = "profile \"health\" switches the triage of emergencies off: ranking emergencies of patients \
                           is high-risk (EU AI Act, Annex III 5(d))";
                item.mistake(why, "false, and `hand_over = true` for what cannot wait".to_owned());
            }
        }),
        None => Some(false),
    };
    let then = then(&table, crossings);
    let closed = match table.get("hand_over_closed") {
        Some(item) if matches!(then, Some(Then::Form(_))) => {
            let why = "nobody is called at once in this concern: it fills a form";
            item.mistake(why, "leave it out; who asks for a human gets one by [hand_over]".to_owned());
            None
        }
        Some(item) => destinations::read(&item),
        None => Some(Vec::new()),
    };
    let form_closed = form_closed(&table, then.as_ref(), crossings);
    let announced = table.get("announced").map_or(Some(None), |item| item.boolean().map(Some));
    let examples = examples(&table, name.as_ref(), crossings);
    crossings.names.extend(name.clone());
    table.close();
    Some(Intent {
        name: name?.text,
        title: title?,
        emergency: emergency?,
        examples: examples?,
        then: then?,
        closed: closed?,
        form_closed: form_closed?,
        announced: announced?,
    })
}

/// Only what fills a form can fill another one at night.
fn form_closed(table: &Table<'_>, then: Option<&Then>, crossings: &mut Crossings) -> Option<Option<String>> {
    let Some(item) = table.get("form_closed") else { return Some(None) };
    if matches!(then, Some(Then::HandOver(_))) {
        let why = "no form is filled in this concern: a human is called";
        item.mistake(why, "leave it out, or write hand_over_closed".to_owned());
        return None;
    }
    let form = item.written()?;
    crossings.forms.push(form.clone());
    Some(Some(form.text))
}

fn then(table: &Table<'_>, crossings: &mut Crossings) -> Option<Then> {
    match (table.get("form"), table.get("hand_over")) {
        (Some(form), None) => {
            let form = form.written()?;
            crossings.forms.push(form.clone());
            Some(Then::Form(form.text))
        }
        (None, Some(hand_over)) if hand_over.is_destination() => {
            destinations::read(&hand_over).map(Then::HandOver)
        }
        (None, Some(hand_over)) => match hand_over.boolean()? {
            true => Some(Then::HandOver(Vec::new())),
            false => {
                hand_over
                    .mistake("then nothing would happen", "`form = \"…\"` or `hand_over = true`".to_owned());
                None
            }
        },
        (Some(_), Some(hand_over)) => {
            hand_over.mistake(
                "a form is filled or a human is called, not both",
                "only one of `form` and `hand_over`".to_owned(),
            );
            None
        }
        (None, None) => {
            let why = "does not say what is to be done: neither `form` nor `hand_over`";
            table.found.mistake(&table.place, why, "form = \"visit\", or hand_over = true".to_owned());
            None
        }
    }
}

fn examples(table: &Table<'_>, owner: Option<&Written>, crossings: &mut Crossings) -> Option<Vec<String>> {
    let item = table.need("examples", "examples = [\"…\", \"…\", \"…\"], as callers say it")?;
    let examples = item.texts();
    if examples.len() < EXAMPLES_MIN || examples.len() > EXAMPLES_MAX {
        let why = format!(
            "has {} examples; {EXAMPLES_MIN} to {EXAMPLES_MAX} are needed to recognise a concern",
            examples.len()
        );
        item.mistake(why, "more of what callers say, in their words".to_owned());
    }
    let owner = owner.map_or_else(|| table.place.key.clone(), |name| name.text.clone());
    crossings.examples.extend(examples.iter().map(|example| (owner.clone(), example.clone())));
    Some(examples.into_iter().map(|example| example.text).collect())
}

fn answer(table: Table<'_>, crossings: &mut Crossings) -> Option<Answer> {
    let id = table.need("id", "id = \"opening_hours\"").and_then(|item| item.name());
    let examples = examples(&table, id.as_ref(), crossings);
    let text = table.need("text", "text = \"…\"").and_then(|item| item.written());
    if let Some(text) = &text {
        check_placeholders(text, &[], &[], table.found);
    }
    crossings.names.extend(id.clone());
    table.close();
    Some(Answer { id: id?.text, examples: examples?, text: text?.text })
}

fn calendar(top: &Table<'_>) -> Option<Calendar> {
    let defaults = Calendar {
        visit_minutes: 60,
        grid_minutes: 30,
        lead_minutes: 120,
        lead_minutes_emergency: 30,
        horizon_days: 30,
        hold_minutes: 5,
        travel_minutes: 0,
        trust_caller_number: false,
    };
    let Some(item) = top.get("calendar") else { return Some(defaults) };
    let table = item.table()?;
    let visit = table.get("visit_minutes").map_or(Some(defaults.visit_minutes), |item| item.number(5..=720));
    let grid = match table.get("grid_minutes") {
        Some(item) => item.number::<u16>(5..=60).filter(|grid| {
            let fits = 60 % grid == 0;
            if !fits {
                item.mistake("does not divide an hour", "one of 5, 6, 10, 12, 15, 20, 30, 60".to_owned());
            }
            fits
        }),
        None => Some(defaults.grid_minutes),
    };
    let lead = table.get("lead_minutes").map_or(Some(defaults.lead_minutes), |item| item.number(0..=20_160));
    let urgent = table.get("lead_minutes_emergency");
    let urgent = urgent.map_or(Some(defaults.lead_minutes_emergency), |item| item.number(0..=20_160));
    let horizon = table.get("horizon_days").map_or(Some(defaults.horizon_days), |item| item.number(1..=366));
    let hold = table.get("hold_minutes").map_or(Some(defaults.hold_minutes), |item| item.number(1..=60));
    let travel =
        table.get("travel_minutes").map_or(Some(defaults.travel_minutes), |item| item.number(0..=480));
    let trust = table.get("trust_caller_number");
    let trust = trust.map_or(Some(defaults.trust_caller_number), |item| item.boolean());
    table.close();
    Some(Calendar {
        visit_minutes: visit?,
        grid_minutes: grid?,
        lead_minutes: lead?,
        lead_minutes_emergency: urgent?,
        horizon_days: horizon?,
        hold_minutes: hold?,
        travel_minutes: travel?,
        trust_caller_number: trust?,
    })
}

fn words(top: &Table<'_>) -> Words {
    let Some(table) = top.get("words").and_then(|item| item.table()) else { return Words::default() };
    let texts = |key| table.texts(key).into_iter().map(|written| written.text).collect();
    let words = Words {
        streets: texts("streets"),
        places: texts("places"),
        names: texts("names"),
        words: texts("words"),
    };
    table.close();
    words
}

/// One sentence cannot teach two intents.
fn check_examples(examples: &[(String, Written)], found: &Findings) {
    let mut seen: BTreeMap<String, &(String, Written)> = BTreeMap::new();
    for example in examples {
        let (owner, written) = example;
        let bare = bare(&written.text);
        match seen.get(&bare) {
            Some((other, earlier)) if other != owner => {
                let why = format!(
                    "is also an example of \"{other}\" (line {}); one sentence cannot mean both",
                    earlier.place.line()
                );
                found.mistake(&written.place, why, "keep it in one of them".to_owned());
            }
            Some((_, earlier)) => {
                let why = format!("says the same as line {}", earlier.place.line());
                found.mistake(&written.place, why, "leave it out".to_owned());
            }
            None => {
                seen.insert(bare, example);
            }
        }
    }
}

/// The words alone, as hearing delivers them.
fn bare(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

fn check_forms(used: &[Written], forms: &[ReadForm], found: &Findings) {
    let known: Vec<&str> = forms.iter().map(|form| form.name.text.as_str()).collect();
    for form in used.iter().filter(|form| !known.contains(&form.text.as_str())) {
        let why = format!("there is no form \"{}\"", form.text);
        let hint = instead(&form.text, &known)
            .unwrap_or_else(|| format!("[forms.{}] with action, slots and read_back", form.text));
        found.mistake(&form.place, why, hint);
    }
}

/// What is to be shown must be something that is asked for.
fn check_shown(shown: &[Written], forms: &[ReadForm], found: &Findings) {
    let slots = forms.iter().filter_map(|read| read.form.as_ref()).flat_map(|form| &form.slots);
    let known: Vec<&str> = slots.map(|slot| slot.name.as_str()).collect();
    if forms.iter().any(|read| read.form.is_none()) {
        return;
    }
    for slot in shown.iter().filter(|slot| !known.contains(&slot.text.as_str())) {
        let hint = instead(&slot.text, &known).unwrap_or_else(|| "a slot of one of the forms".to_owned());
        found.mistake(&slot.place, format!("no form has a slot \"{}\"", slot.text), hint);
    }
}
