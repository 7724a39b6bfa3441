//! Loose ends: what is written rightly and can still never come to pass. Questions that nobody will ever hear, slots
//! that nobody fills, people who can never be booked or reached.

use super::Config;
use super::site::{Action, Form, Site, WeekHours};

/// Something that can never come to pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LooseEnd {
    /// The key, with the site's name before it.
    pub key: String,
    /// Why not.
    pub what: String,
    /// What to write instead.
    pub instead: &'static str,
}

/// All of them, in the order of the files.
#[must_use]
pub fn loose_ends(config: &Config) -> Vec<LooseEnd> {
    config.sites.iter().flat_map(of_site).collect()
}

fn of_site(site: &Site) -> Vec<LooseEnd> {
    let mut found = Vec::new();
    forms(site, &mut found);
    technicians(site, &mut found);
    hours(site, &mut found);
    on_call(site, &mut found);
    found
}

/// Whether callers can come to a form: by a concern, or because no colleague who was asked takes the call.
fn is_led_to(site: &Site, form: &Form) -> bool {
    let by_intent = site.intents.iter().any(|it| it.fills(&form.name));
    let asks_first =
        site.hand_over.announced || site.intents.iter().any(|intent| intent.announced == Some(true));
    let first = site.forms.iter().find(|form| form.action == Action::CallBack);
    by_intent || (asks_first && first.is_some_and(|first| first.name == form.name))
}

fn forms(site: &Site, found: &mut Vec<LooseEnd>) {
    let mut add = |key: String, what: String, instead| {
        found.push(LooseEnd { key: format!("{}: {key}", site.id), what, instead });
    };
    for form in &site.forms {
        let name = &form.name;
        if !is_led_to(site, form) {
            let questions = form.slots.iter().map(|slot| slot.ask.len()).sum::<usize>();
            let what = format!("no intent leads to it: none of its {questions} questions is ever asked");
            add(format!("forms.{name}"), what, "an intent with this form, or leave it out");
            continue;
        }
        for slot in &form.slots {
            let (asks, heard) = (slot.ask.len(), usize::from(slot.asks_max()));
            if asks > heard {
                let what = format!(
                    "has {asks} ways to ask; the last {} are never heard, because it is asked for {heard} times at most",
                    asks - heard
                );
                add(
                    format!("forms.{name}.{}.ask", slot.name),
                    what,
                    "as many questions as asks_max, or more asks_max",
                );
            }
        }
    }
    for shown in &site.hand_over.screen_pop {
        let mut forms = site.forms.iter().filter(|form| is_led_to(site, form));
        if !forms.any(|form| form.slots.iter().any(|slot| slot.name == *shown)) {
            let what =
                format!("nobody ever fills the slot \"{shown}\": no intent leads to a form that has it");
            add("hand_over.screen_pop".to_owned(), what, "a slot that is asked for");
        }
    }
}

fn technicians(site: &Site, found: &mut Vec<LooseEnd>) {
    let wanted = |skill: &String| {
        let mut forms = site.forms.iter().filter(|form| is_led_to(site, form));
        forms.any(|form| matches!(&form.action, Action::Appointment { skill: wanted } if wanted == skill))
    };
    for technician in &site.technicians {
        let key = format!("{}: technicians.{}", site.id, technician.name);
        if is_never(&technician.working_hours) && is_never(&technician.emergency_hours) {
            found.push(LooseEnd {
                key: format!("{key}.working_hours"),
                what: "nobody can be booked: there is no hour in the week".to_owned(),
                instead: "the hours, or leave this entry out",
            });
        }
        if !technician.skills.iter().any(wanted) {
            found.push(LooseEnd {
                key: format!("{key}.skills"),
                what: "no appointment that callers can ask for needs any of these".to_owned(),
                instead: "the skill of a form, or leave this entry out",
            });
        }
    }
}

fn hours(site: &Site, found: &mut Vec<LooseEnd>) {
    if is_never(&site.opening_hours) && !site.hand_over.open.is_empty() {
        found.push(LooseEnd {
            key: format!("{}: hand_over.extension", site.id),
            what: "nobody is ever put through there: opening_hours has no hour in the week".to_owned(),
            instead: "[opening_hours] as they are, or only extension_closed",
        });
    }
}

fn on_call(site: &Site, found: &mut Vec<LooseEnd>) {
    let Some(on_call) = &site.on_call else { return };
    let mut add = |key: &str, what: String, instead| {
        found.push(LooseEnd { key: format!("{}: on_call{key}", site.id), what, instead });
    };
    let rings = |form: &Form| form.action == Action::OnCall && is_led_to(site, form);
    if !site.forms.iter().any(rings) {
        let what = "nobody is ever rung: no form that callers come to has the action on_call".to_owned();
        add("", what, "a form with action = \"on_call\" and an intent that leads to it, or leave this out");
    }
    if let Some((day, time)) = on_call.gap() {
        let what = format!("nobody is on call on {day:?} at {:02}:{:02}", time.hour(), time.minute());
        add(".people", what, "somebody without hours, or hours that fill the week");
    }
}

fn is_never(hours: &WeekHours) -> bool {
    jiff::civil::Weekday::Monday.cycle_forward().take(7).all(|day| hours.on(day).is_empty())
}
