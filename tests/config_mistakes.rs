//! Promise: every mistake in the configuration is named, all of them at once, with file, line, key, why, and what
//! to write instead; and nothing that can stand in a file makes Klinke fall over.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use klinke::config::{
    self, Config, FILE_BYTES_MAX, Files, MISTAKES_MAX, Mistake, Mistakes, PASSWORD_CREDENTIAL, Unreadable,
};
use proptest::prelude::*;

const DAEMON: &str = include_str!("../etc/demo/klinke.toml");
const SITE: &str = include_str!("../etc/demo/heating.toml");
const ASTERISK: &str = r#"
[asterisk]
url = "http://127.0.0.1:8088"
user = "klinke"
password_file = "password"
media_address = "127.0.0.1"
media_ports = "30000-30099"
"#;

/// Files in memory.
struct Memory(BTreeMap<PathBuf, Vec<u8>>);

/// Where systemd puts credentials, in memory.
const CREDENTIALS: &str = "/run/credentials/klinke.service";

impl Memory {
    fn new(daemon: impl Into<Vec<u8>>, site: impl Into<Vec<u8>>) -> Self {
        let file = |name: &str| Path::new("/etc/klinke").join(name);
        let password = (file("password"), b"correct horse\n".to_vec());
        Self(BTreeMap::from([
            (file("klinke.toml"), daemon.into()),
            (file("heating.toml"), site.into()),
            password,
        ]))
    }

    fn load(&self) -> Result<Config, Mistakes> {
        config::load_from(Path::new("/etc/klinke/klinke.toml"), self)
    }
}

impl Files for Memory {
    fn read(&self, path: &Path, bytes_max: usize) -> Result<Vec<u8>, Unreadable> {
        let bytes = self.0.get(path).ok_or(Unreadable::Missing)?;
        if bytes.len() > bytes_max { Err(Unreadable::TooLong(bytes_max)) } else { Ok(bytes.clone()) }
    }

    fn read_secret(&self, path: &Path) -> Result<Vec<u8>, Unreadable> {
        self.read(path, FILE_BYTES_MAX)
    }

    fn credentials(&self) -> Option<PathBuf> {
        Some(CREDENTIALS.into())
    }

    fn folder(&self, path: &Path) -> PathBuf {
        path.parent().unwrap().to_owned()
    }
}

#[test]
fn two_files_full_of_mistakes_are_told_all_of_them_at_once() {
    let mut files = Memory::new(include_str!("config_mistakes/klinke.toml"), "");
    files.0.insert("/etc/klinke/site.toml".into(), include_str!("config_mistakes/site.toml").into());
    files.0.insert("/etc/klinke/klinke.bin".into(), b"\xff\xfe\0abc".to_vec());
    insta::assert_snapshot!(files.load().unwrap_err());
}

/// What a slip in the demonstration's files has to be told as.
struct Slip {
    file: &'static str,
    right: &'static str,
    wrong: &'static str,
    /// Key and a part of the reason.
    told: (&'static str, &'static str),
    /// A part of what to write instead.
    instead: &'static str,
}

const fn site(
    right: &'static str,
    wrong: &'static str,
    told: (&'static str, &'static str),
    instead: &'static str,
) -> Slip {
    Slip { file: "heating.toml", right, wrong, told, instead }
}

const fn daemon(
    right: &'static str,
    wrong: &'static str,
    told: (&'static str, &'static str),
    instead: &'static str,
) -> Slip {
    Slip { file: "klinke.toml", right, wrong, told, instead }
}

const SLIPS: &[Slip] = &[
    daemon("threads = 1", "thread = 1", ("models.thread", "no such key"), "`threads`"),
    daemon("threads = 1", "threads = \"1\"", ("models.threads", "must be a whole number"), "1"),
    daemon("threads = 1", "threads = 0", ("models.threads", "out of range"), "from 1 to 64"),
    daemon("threads = 1", "calls_max = 1", ("models.calls_max", "no such key"), "in `limits`"),
    daemon("[limits]", "[limits]\nsites = []", ("limits.sites", "no such key"), "at the top of the file"),
    daemon("\"heating.toml\"", "\"heatin.toml\"", ("sites[1]", "no such file"), "a file that is there"),
    daemon(
        "\"heating.toml\"",
        "\"heating.toml\", \"./heating.toml\"",
        ("id", "already called"),
        "another name",
    ),
    daemon("sites = [\"heating.toml\"]", "sites = []", ("sites", "0 sites"), "heating.toml"),
    daemon("voice = \"de\"", "voice = \"en\"", ("voice.voice", "does not speak"), "leave it out"),
    daemon("voice = \"de\"", "voice = \"-w/etc/x\"", ("voice.voice", "letters, digits"), "\"de\""),
    daemon("password_file = \"password\"", "", ("asterisk.password_file", "is missing"), "password_file ="),
    daemon(
        "[asterisk]",
        "[asterisk]\nrequests = \"websockets\"",
        ("asterisk.requests", "\"websockets\" is not known here"),
        "\"websocket\"",
    ),
    daemon("http://", "http://u:p@", ("asterisk.url", "does not belong here"), "`password_file`"),
    daemon(
        "\"30000-30099\"",
        "\"30000-30002\"",
        ("asterisk.media_ports", "room for 1 calls"),
        "\"30000-30003\"",
    ),
    daemon(
        "media_address = \"127.0.0.1\"",
        "media_address = \"0.0.0.0\"",
        ("asterisk.media_address", "not an address"),
        "127.0.0.1",
    ),
    daemon(
        "media_address = \"127.0.0.1\"",
        "media_address = \"127.0.0.1\"\nmedia = \"udp\"",
        ("asterisk.media", "\"udp\" is not known here"),
        "\"rtp\"",
    ),
    daemon(
        "media_address = \"127.0.0.1\"",
        "media_address = \"127.0.0.1\"\nmedia = \"rtp\"\ncodec = \"slin16\"",
        ("asterisk.codec", "Asterisk carries no slin16 over rtp"),
        "\"g722\"",
    ),
    daemon(
        "media_address = \"127.0.0.1\"",
        "media_address = \"127.0.0.1\"\nmedia = \"audiosocket\"\ncodec = \"g722\"",
        ("asterisk.codec", "Asterisk carries no g722 over audiosocket"),
        "one of \"slin\", \"slin16\"",
    ),
    site("language = \"de\"", "language = \"DE\"", ("language", "not known"), "\"de\""),
    site("einer KI", "einem Computer", ("texts.disclosure", "Art. 50(1)"), "KI"),
    site("einer KI", "keiner KI", ("texts.disclosure", "Art. 50(1)"), "KI"),
    site(
        "einer KI.",
        "einer KI. Dieses Gespräch wird nicht aufgezeichnet, und alle Ihre Angaben werden verschlüsselt.",
        ("texts.disclosure", "at most 8 s"),
        "shorter",
    ),
    site(
        "{telephone}. Stimmt",
        "Stimmt",
        ("forms.visit.read_back", "does not say `{telephone}`"),
        "{telephone}",
    ),
    site(
        "unter {telephone} zurück",
        "unter {telefone}, {telephone} zurück",
        ("forms.call_back.read_back", "stands for nothing"),
        "{telephone}",
    ),
    site(
        "[\"07:30-13:00\"]",
        "[\"7.30 bis 13 Uhr\"]",
        ("opening_hours.friday[1]", "not a stretch"),
        "07:30-16:30",
    ),
    site(
        "[\"07:30-13:00\"]",
        "[\"07:30-13:00\", \"12:00-14:00\"]",
        ("opening_hours.friday[2]", "overlaps"),
        "do not overlap",
    ),
    site("form = \"water\"", "form = \"watr\"", ("intents[2].form", "no form \"watr\""), "\"water\""),
    site(
        "form = \"water\"",
        "form = \"water\"\nhand_over = true",
        ("intents[2].hand_over", "not both"),
        "one of",
    ),
    site(
        "\"wir haben einen Rohrbruch\"",
        "\"Wo sind Sie?\"",
        ("answers[2].examples[1]", "also an example of \"water_damage\""),
        "one of them",
    ),
    site(
        "name = \"invoice\"",
        "name = \"location\"",
        ("answers[2].id", "already called \"location\""),
        "another name",
    ),
    site(
        "form = \"water\"",
        "form = \"water\"\nhand_over_closed = \"290\"",
        ("intents[2].hand_over_closed", "it fills a form"),
        "leave it out",
    ),
    site("skill = \"water\"", "skill = \"watre\"", ("forms.water.skill", "no technician has"), "\"water\""),
    site("kind = \"telephone\"", "kind = \"phone\"", ("forms.visit.slots[3].kind", "not known"), "one of"),
    site("\"trade\"", "\"health\"", ("intents[1].emergency", "Annex III 5(d)"), "false"),
    site("grid_minutes = 30", "grid_minutes = 45", ("calendar.grid_minutes", "divide"), "30"),
    site("\"Europe/Berlin\"", "\"Europe/Belin\"", ("time_zone", "no time zone"), "\"Europe/Berlin\""),
    site("extension = \"200\"", "extension = 200", ("hand_over.extension", "must be a text"), "\"200\""),
];

#[test]
fn one_slip_is_one_mistake_at_its_line() {
    let right = [("klinke.toml", format!("{DAEMON}{ASTERISK}")), ("heating.toml", SITE.to_owned())];
    if let Err(mistakes) = Memory::new(&*right[0].1, &*right[1].1).load() {
        panic!("the demonstration itself: {mistakes}");
    }
    for &Slip { file, right: from, wrong, told: (key, why), instead } in SLIPS {
        let [daemon, site] = right.clone().map(|(name, text)| {
            assert!(name != file || text.contains(from), "{from} is not in {name}");
            if name == file { text.replacen(from, wrong, 1) } else { text }
        });
        let mistakes = Memory::new(daemon.as_str(), site.as_str()).load().expect_err(wrong);
        // the profile is read by both emergencies of the demonstration
        let expected = if wrong == "\"health\"" { 2 } else { 1 };
        assert_eq!(mistakes.len(), expected, "{wrong}: {mistakes}");
        let mistake = mistakes.iter().next().unwrap();
        assert_eq!(mistake.key, key, "{mistake}");
        assert!(mistake.why.contains(why), "{why}: {mistake}");
        assert!(mistake.instead.as_ref().is_some_and(|hint| hint.contains(instead)), "{instead}: {mistake}");
        assert_stands_in_its_file(mistake, &[("klinke.toml", &daemon), ("heating.toml", &site)]);
    }
}

/// A form that does without some of its slots, each time with one thing wrong.
#[test]
fn what_a_form_does_without_is_checked() {
    let form = |slot: &str, read_back: &str| {
        format!(
            "\n[forms.more]\naction = \"call_back\"\nslots = [\"name\", {slot}]\nread_back = \"{read_back}\"\n"
        )
    };
    let load = |form: &str| Memory::new(DAEMON, format!("{SITE}{form}")).load();
    let customer = "{ name = \"customer\", kind = \"digits\", ask = [\"?\"], optional = true }";
    let note = "{ name = \"why\", kind = \"note\", ask = [\"?\"], chars_max = 80 }";
    for right in
        [form(customer, "{name}[, {customer}]?"), form(note, "{name}?"), form(note, "{name}[, {why}]?")]
    {
        assert!(load(&right).is_ok(), "{right}");
    }
    for (form, key, why) in [
        (form(customer, "{name}?"), "read_back", "does not say `{customer}`"),
        (form(customer, "{name}, {customer}?"), "read_back", "`{customer}` may be empty"),
        (form(customer, "{name}[, {customer}?"), "read_back", "`[` without its other half"),
        (form(customer, "[{name}][, {customer}]?"), "read_back", "`[{name}]` never falls away"),
        (form(note, "{name}, {why}?"), "read_back", "`{why}` may be empty"),
        (form(note, "{name}[, {wy}]?"), "read_back", "`{wy}` stands for nothing"),
        (form(&note.replace("80", "10"), "{name}?"), "slots[2].chars_max", "out of range: 20 to 1000"),
        (form(&note.replace(", ask = [\"?\"]", ""), "{name}?"), "slots[2].ask", "missing"),
        (
            form(&customer.replace("optional = true", "chars_max = 80"), "{name}, {customer}?"),
            "slots[2].chars_max",
            "only a note",
        ),
    ] {
        let told = load(&form).expect_err(&form);
        let told = told.iter().next().expect("a mistake");
        assert_eq!(told.key, format!("forms.more.{key}"), "{told}");
        assert!(told.why.contains(why), "{why}: {told}");
    }
}

/// A closed list, each time with one thing wrong.
#[test]
fn what_callers_choose_from_is_checked() {
    let form = |more: &str| {
        let slot = format!("{{ name = \"fuel\", ask = [\"Womit: {{choices}}?\"], {more} }}");
        format!(
            "\n[forms.more]\naction = \"call_back\"\nslots = [\"name\", {slot}]\nread_back = \"{{name}}, {{fuel}}?\"\n"
        )
    };
    let load = |form: &str| Memory::new(DAEMON, format!("{SITE}{form}")).load();
    let right =
        form("kind = \"choice\", choices = [{ value = \"Gas\", say = [\"gas\", \"Therme\"] }, \"Öl\"]");
    let config = load(&right).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let slot = config.sites[0].forms.iter().flat_map(|form| &form.slots).find(|slot| slot.name == "fuel");
    let said: Vec<_> = slot.expect("the slot").choices.iter().map(|choice| choice.say.join(" ")).collect();
    assert_eq!(said, ["Gas Therme", "Öl"]);
    for (more, key, why) in [
        ("kind = \"choice\"", "choices", "missing"),
        ("kind = \"choice\", choices = [\"Gas\"]", "choices", "has 1 choices; 2 to 8 are allowed"),
        ("kind = \"choice\", choices = [\"Gas\", \"gas\"]", "choices[2]", "would not tell it from \"Gas\""),
        (
            "kind = \"choice\", choices = [\"Gas\", { value = \"Öl\", say = [\"Gas\"] }]",
            "choices[2].say[1]",
            "would not tell it from \"Gas\"",
        ),
        ("kind = \"choice\", choices = [\"Gas\", { say = [\"Öl\"] }]", "choices[2].value", "missing"),
        ("kind = \"digits\", choices = [\"Gas\", \"Öl\"]", "choices", "only a choice"),
    ] {
        let told = load(&form(more)).expect_err(more);
        let told = told.iter().find(|told| told.why.contains(why)).unwrap_or_else(|| panic!("{told}"));
        assert_eq!(told.key, format!("forms.more.slots[2].{key}"), "{told}");
    }
}

/// What depends on another slot, each time with one thing wrong.
#[test]
fn what_can_never_be_asked_for_is_told() {
    let form = |fuel: &str, tank: &str| {
        let fuel = format!(
            "{{ name = \"fuel\", kind = \"choice\", ask = [\"?\"], choices = [\"Gas\", \"Öl\"]{fuel} }}"
        );
        let gate = "{ name = \"gate\", kind = \"yes_no\", ask = [\"?\"] }";
        let tank = format!("{{ name = \"tank\", kind = \"digits\", ask = [\"?\"], only_if = {{ {tank} }} }}");
        let said =
            if fuel.contains("only_if") { "{gate}[, {fuel}][, {tank}]" } else { "{fuel}, {gate}[, {tank}]" };
        format!(
            "\n[forms.more]\naction = \"call_back\"\nslots = [{fuel}, {gate}, {tank}]\nread_back = \"{said}?\"\n"
        )
    };
    let load = |form: &str| Memory::new(DAEMON, format!("{SITE}{form}")).load();
    for right in ["fuel = \"Gas\"", "fuel = [\"Öl\"], gate = true", "gate = false"] {
        let config = load(&form("", right)).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let slots: Vec<_> = config.sites[0].forms.iter().flat_map(|form| &form.slots).collect();
        let tank = slots.iter().find(|slot| slot.name == "tank").expect("the slot");
        assert_eq!(tank.only_if.len(), right.matches(" = ").count(), "{right}");
        assert!(tank.may_be_empty() && !tank.is_dispensable());
    }
    for (fuel, tank, key, why) in [
        ("", "fule = \"Gas\"", "slots[3].only_if.fule", "this form has no slot \"fule\""),
        ("", "fuel = \"Gsa\"", "slots[3].only_if.fuel", "\"Gsa\" is none of the choices of \"fuel\""),
        ("", "fuel = [\"Gas\", \"Strom\"]", "slots[3].only_if.fuel[2]", "\"Strom\" is none of the choices"),
        ("", "fuel = [\"Gas\", \"Öl\"]", "slots[3].only_if.fuel", "names every choice, so it always holds"),
        ("", "fuel = []", "slots[3].only_if.fuel", "names no value"),
        ("", "gate = \"ja\"", "slots[3].only_if.gate", "is answered by yes or no"),
        ("", "tank = \"1\"", "slots[3].only_if.tank", "neither a choice nor yes or no"),
        ("", "", "slots[3].only_if", "has 0 conditions"),
        (
            ", only_if = { fuel = \"Gas\" }",
            "gate = true",
            "slots[1].only_if",
            "waits for itself (fuel → fuel)",
        ),
    ] {
        let told = load(&form(fuel, tank)).expect_err(tank);
        let told = told.iter().find(|told| told.why.contains(why)).unwrap_or_else(|| panic!("{why}: {told}"));
        assert_eq!(told.key, format!("forms.more.{key}"), "{told}");
        assert!(told.instead.is_some(), "{told}");
    }
    let circle = "\n[forms.more]\naction = \"call_back\"\nslots = [\n\
        { name = \"a\", kind = \"yes_no\", ask = [\"?\"], only_if = { b = true } },\n\
        { name = \"b\", kind = \"yes_no\", ask = [\"?\"], only_if = { c = false } },\n\
        { name = \"c\", kind = \"yes_no\", ask = [\"?\"], only_if = { a = true } }]\nread_back = \"Ja[, {a}][, {b}][, {c}]?\"\n";
    let told = load(circle).expect_err(circle).to_string();
    assert!(told.contains("waits for itself (a → b → c → a)"), "{told}");
}

/// When to stop asking and when to confirm, each time with one thing wrong.
#[test]
fn patience_and_confirmation_are_checked() {
    let form = |more: &str, read_back: &str| {
        let slot = format!("{{ name = \"customer\", kind = \"digits\", ask = [\"?\"], {more} }}");
        format!(
            "\n[forms.more]\naction = \"call_back\"\nslots = [\"name\", {slot}]\nread_back = \"{read_back}\"\n"
        )
    };
    let load = |form: &str| Memory::new(DAEMON, format!("{SITE}{form}")).load();
    for (more, read_back) in [
        ("asks_max = 2", "{name}, {customer}?"),
        ("asks_max = 2, else = \"skip\"", "{name}[, {customer}]?"),
        ("else = \"note\", confirm = \"always\"", "{name}[, {customer}]?"),
        ("confirm = \"never\"", "{name}?"),
    ] {
        let loaded = load(&form(more, read_back));
        assert!(loaded.is_ok(), "{}", loaded.expect_err(more));
    }
    for (more, read_back, key, why) in [
        ("asks_max = 0", "{name}, {customer}?", "slots[2].asks_max", "out of range: 1 to 5"),
        ("else = \"hangup\"", "{name}, {customer}?", "slots[2].else", "\"hangup\" is not known here"),
        ("else = \"skip\"", "{name}, {customer}?", "read_back", "`{customer}` may be empty"),
        ("confirm = \"maybe\"", "{name}, {customer}?", "slots[2].confirm", "\"maybe\" is not known here"),
        ("confirm = \"always\"", "{name}?", "read_back", "does not say `{customer}`"),
    ] {
        let told = load(&form(more, read_back)).expect_err(more);
        let told = told.iter().next().expect("a mistake");
        assert_eq!(told.key, format!("forms.more.{key}"), "{told}");
        assert!(told.why.contains(why), "{why}: {told}");
    }
    let hasty = SITE.replace("kind = \"address\"", "kind = \"address\"\nconfirm = \"never\"");
    let told = Memory::new(DAEMON, hasty).load().expect_err("an emergency").to_string();
    assert!(told.contains("somebody may be sent to a wrong address"), "{told}");
    let note = form("else = \"note\"", "{name}?").replace("digits", "note");
    assert!(load(&note).expect_err("a note").to_string().contains("a note is kept as it was heard"));
}

/// A form that changes appointments, each time with one thing wrong.
#[test]
fn a_form_by_which_nobody_could_change_an_appointment_is_told() {
    let form = |action: &str, slots: &str, read_back: &str| {
        let code = "{ name = \"code\", kind = \"digits\", ask = [\"Die Terminnummer?\"] }";
        let slots = slots.replace("CODE", code);
        format!(
            "\n[forms.change]\naction = \"{action}_appointment\"\nslots = [{slots}]\nread_back = \"{read_back}\"\n"
        )
    };
    let trusted = SITE.replace("[calendar]", "[calendar]\ntrust_caller_number = true");
    let load = |site: &str, form: &str| Memory::new(DAEMON, format!("{site}{form}")).load();
    for (action, slots) in
        [("cancel", "CODE"), ("cancel", "CODE, \"name\", \"date_time\""), ("move", "\"name\", CODE")]
    {
        let right = form(action, slots, "{start}, {technician}?");
        assert!(load(SITE, &right).is_ok(), "{right}");
    }
    let by_number = form("cancel", "\"name\"", "{start}?");
    let departures = config::departures(&load(&trusted, &by_number).unwrap());
    assert!(departures.iter().any(|departure| departure.key.ends_with("calendar.trust_caller_number")));
    for (form, key, why) in [
        (by_number, "action", "nobody could show that an appointment is his"),
        (form("cancel", "\"address\"", "{start}?"), "slots", "nothing that shows whose"),
        (form("cancel", "CODE, \"telephone\"", "{start}?"), "slots", "\"telephone\", which shows nothing"),
        (
            form("cancel", "CODE, { name = \"c\", kind = \"digits\", ask = [\"?\"] }", "{start}?"),
            "slots",
            "twice",
        ),
        (form("move", "CODE, \"date_time\"", "{start}?"), "slots", "a day that is said here is the new one"),
        (form("move", "CODE", "Stimmt das?"), "read_back", "does not say `{start}`"),
        (form("cancel", "CODE", "{old_start}, {start}?"), "read_back", "stands for nothing"),
        (
            form("cancel", "CODE", "{start}?") + "skill = \"heating\"\n",
            "skill",
            "only an appointment needs a skill",
        ),
    ] {
        let told = single(load(SITE, &form));
        assert_eq!(told.key, format!("forms.change.{key}"), "{told}");
        assert!(told.why.contains(why) && told.instead.is_some(), "{why}: {told}");
    }
}

/// Line and column lead to the place, and the excerpt shows it.
fn assert_stands_in_its_file(mistake: &Mistake, files: &[(&str, &str)]) {
    let name = mistake.file.file_name().unwrap().to_str().unwrap();
    let (_, text) = files.iter().find(|(file, _)| *file == name).expect("one of ours");
    let Some(at) = &mistake.position else { return };
    let line = text.lines().nth(at.line - 1).unwrap_or_default();
    assert!(at.column <= line.chars().count() + 1, "{mistake}");
    let (before, width) = at.caret;
    assert!(width >= 1 && before + width <= at.excerpt.chars().count().max(before + 1), "{mistake}");
}

fn single(result: Result<Config, Mistakes>) -> Mistake {
    let mistakes = result.unwrap_err();
    assert_eq!(mistakes.len(), 1, "{mistakes}");
    mistakes.iter().next().unwrap().clone()
}

#[test]
fn a_file_that_is_no_configuration_is_told_as_what_it_is() {
    let missing = single(config::load(Path::new("/nowhere/klinke.toml")));
    assert_eq!((missing.position.is_none(), missing.why.contains("no such file")), (true, true), "{missing}");

    let folder = tempfile::tempdir().unwrap();
    let is_folder = single(config::load(folder.path()));
    assert!(is_folder.why.contains("is not a file"), "{is_folder}");

    let binary = single(Memory::new(b"\x7fELF\x02\x01\x01\0\xff\xfe".as_slice(), SITE).load());
    assert!(binary.why.contains("UTF-8 (byte 8"), "{binary}");

    let huge = "# and so on\n".repeat(FILE_BYTES_MAX / 12 + 1);
    let file = folder.path().join("klinke.toml");
    std::fs::write(&file, &huge).unwrap();
    let too_long = single(config::load(&file));
    assert!(too_long.why.contains("longer than 1048576 bytes"), "{too_long}");

    let endless = single(config::load(Path::new("/dev/zero")));
    assert!(endless.why.contains("is not a file"), "{endless}");
}

/// A megabyte of nonsense takes neither minutes nor a thousand pages.
#[test]
fn a_hundred_thousand_mistakes_are_cut_short() {
    let keys: String = (0..80_000).map(|nth| format!("k{nth}=1\n")).collect();
    let mistakes = Memory::new(keys + DAEMON, SITE).load().unwrap_err();
    assert_eq!(mistakes.len(), MISTAKES_MAX);
    assert!(mistakes.to_string().starts_with("the first 200 mistakes"));
}

#[test]
fn what_is_not_toml_is_told_with_its_line_and_the_other_file_is_still_read() {
    let daemon = DAEMON.replace("threads = 1", "threads = = 1").replace("pitch = 50", "pitch 50");
    let mistakes = Memory::new(daemon, SITE).load().unwrap_err();
    let lines: Vec<_> = mistakes.iter().filter_map(|mistake| Some(mistake.position.as_ref()?.line)).collect();
    let line = |text: &str| DAEMON.lines().position(|line| line == text).unwrap() + 1;
    assert!(lines.contains(&line("threads = 1")) && lines.contains(&line("pitch = 50")), "{mistakes}");

    let site = SITE.replace("id = \"heating\"", "id = heating");
    let daemon = DAEMON.replace("threads = 1", "threads = 0");
    let mistakes = Memory::new(daemon, site).load().unwrap_err();
    let files: Vec<_> = mistakes.iter().map(|mistake| mistake.file.file_name().unwrap()).collect();
    assert_eq!(files, ["klinke.toml", "heating.toml"], "{mistakes}");
}

#[test]
fn a_password_is_never_printed() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("heating.toml", SITE);
    write("password", "hunter2");
    for line in [
        "password = \"hunter2\"",
        "password = hunter2",
        "Password=\"hunter2\"",
        "\"ari_password\" = 'hunter2'",
    ] {
        write("klinke.toml", &format!("{DAEMON}{ASTERISK}{line}\n"));
        let mistakes = config::load(&folder.path().join("klinke.toml")).unwrap_err();
        assert!(!format!("{mistakes}{mistakes:?}").contains("hunter2"), "{mistakes}");
    }
    write("klinke.toml", &format!("{DAEMON}{ASTERISK}"));
    let config = {
        use std::os::unix::fs::PermissionsExt;
        let file = folder.path().join("password");
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).unwrap();
        let open = single(config::load(&folder.path().join("klinke.toml")));
        assert!(open.why.contains("0640") && open.instead.unwrap().contains("chmod 600"));
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
        config::load(&folder.path().join("klinke.toml")).unwrap()
    };
    assert!(!format!("{config:?}").contains("hunter2"));
}

/// One site, one name, in as many languages as it has files.
#[test]
fn a_site_may_speak_two_languages_but_not_one_of_them_twice() {
    let daemon = DAEMON.replace("\"heating.toml\"", "\"heating.toml\", \"english.toml\"");
    let mut files = Memory::new(daemon, SITE);
    let named_twice = |files: &Memory| match files.load() {
        Ok(_) => false,
        Err(mistakes) => mistakes.iter().any(|mistake| mistake.why.contains("already called")),
    };
    files.0.insert("/etc/klinke/english.toml".into(), SITE.replace("\"de\"", "\"en\"").into());
    assert!(!named_twice(&files));
    files.0.insert("/etc/klinke/english.toml".into(), SITE.into());
    assert!(named_twice(&files));
}

#[test]
fn a_file_of_authorities_is_looked_into() {
    let asterisk =
        ASTERISK.replace("http://", "https://").replace("[asterisk]", "[asterisk]\nca_file = \"ca.pem\"");
    let mut files = Memory::new(format!("{DAEMON}{asterisk}"), SITE);
    let missing = single(files.load());
    assert!(missing.why.contains("/etc/klinke/ca.pem cannot be used: there is no such file"), "{missing}");
    let authority = authority();
    let (half, _) = authority.split_at(authority.len() / 2);
    let swapped = authority.replace("CERTIFICATE", "PRIVATE KEY");
    let no_certificate = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    let two = format!("{authority}{no_certificate}");
    for (pem, why) in [
        ("", "holds no certificate in PEM"),
        ("correct horse", "holds no certificate in PEM"),
        ("\u{0}\u{1}", "holds no certificate in PEM"),
        (half, "cut off or damaged"),
        (swapped.as_str(), "holds no certificate in PEM"),
        (no_certificate, "something else than a certificate as number 1"),
        (two.as_str(), "something else than a certificate as number 2"),
    ] {
        files.0.insert("/etc/klinke/ca.pem".into(), pem.into());
        let told = single(files.load());
        assert_eq!(told.key, "asterisk.ca_file");
        assert!(told.why.contains(why) && told.instead.as_ref().unwrap().contains("tlscertfile"), "{told}");
    }
    files.0.insert("/etc/klinke/ca.pem".into(), format!("Some words.\n{authority}{authority}").into());
    let read = files.load().unwrap().asterisk.unwrap().authorities.unwrap();
    assert_eq!((read.certificates.len(), read.file), (2, "/etc/klinke/ca.pem".into()));
}

/// The certificate of an authority, in PEM.
fn authority() -> String {
    let key = rcgen::KeyPair::generate().unwrap();
    rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap().pem()
}

#[test]
fn a_systemd_credential_goes_before_the_password_file() {
    use secrecy::ExposeSecret;
    let mut files = Memory::new(format!("{DAEMON}{ASTERISK}"), SITE);
    let password =
        |files: &Memory| files.load().unwrap().asterisk.unwrap().password.expose_secret().to_owned();
    assert_eq!(password(&files), "correct horse");
    files.0.insert(Path::new(CREDENTIALS).join(PASSWORD_CREDENTIAL), b"battery staple".to_vec());
    assert_eq!(password(&files), "battery staple");
    let daemon = format!("{DAEMON}{}", ASTERISK.replace("password_file = \"password\"", ""));
    files.0.insert("/etc/klinke/klinke.toml".into(), daemon.into());
    assert_eq!(password(&files), "battery staple");
}

/// One change to a text.
#[derive(Clone, Debug)]
enum Change {
    Drop(prop::sample::Index, usize),
    Insert(prop::sample::Index, String),
    Swap(prop::sample::Index, prop::sample::Index),
    Copy(prop::sample::Index, prop::sample::Index),
    Value(prop::sample::Index, &'static str),
}

const VALUES: [&str; 14] = [
    "",
    "0",
    "-1",
    "1e9",
    "99999999999999999999",
    "true",
    "\"\"",
    "\"{\"",
    "[]",
    "[[], {}]",
    "{}",
    "1979-05-27",
    "\"ß\\u0000\"",
    "[\"a\", 5]",
];

fn change() -> impl Strategy<Value = Change> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), 1..200_usize).prop_map(|(from, length)| Change::Drop(from, length)),
        (at(), "[\\PC\\n\"=\\[\\]{}]{1,12}").prop_map(|(to, text)| Change::Insert(to, text)),
        (at(), at()).prop_map(|(one, other)| Change::Swap(one, other)),
        (at(), at()).prop_map(|(from, to)| Change::Copy(from, to)),
        (at(), prop::sample::select(&VALUES[..])).prop_map(|(line, value)| Change::Value(line, value)),
    ]
}

fn changed(text: &str, changes: &[Change]) -> String {
    changes.iter().fold(text.to_owned(), |text, change| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut characters: Vec<char> = text.chars().collect();
        if lines.is_empty() {
            return text;
        }
        match change {
            Change::Drop(from, length) => {
                let from = from.index(characters.len());
                characters.drain(from..(from + length).min(characters.len()));
                return characters.into_iter().collect();
            }
            Change::Insert(to, more) => {
                let to = to.index(characters.len());
                characters.splice(to..to, more.chars());
                return characters.into_iter().collect();
            }
            Change::Swap(one, other) => {
                let (one, other) = (one.index(lines.len()), other.index(lines.len()));
                lines.swap(one, other);
            }
            Change::Copy(from, to) => {
                let line = lines[from.index(lines.len())].clone();
                lines.insert(to.index(lines.len()), line);
            }
            Change::Value(line, value) => {
                let line = line.index(lines.len());
                if let Some((key, _)) = lines[line].split_once('=') {
                    lines[line] = format!("{key}= {value}");
                }
            }
        }
        lines.join("\n") + "\n"
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_becomes_of_the_files_each_mistake_has_its_place(
        daemon in prop::collection::vec(change(), 0..3),
        site in prop::collection::vec(change(), 0..6),
    ) {
        let (daemon, site) = (changed(&format!("{DAEMON}{ASTERISK}"), &daemon), changed(SITE, &site));
        if let Err(mistakes) = Memory::new(daemon.as_str(), site.as_str()).load() {
            prop_assert!(mistakes.to_string().lines().count() > mistakes.len());
            for mistake in mistakes.iter() {
                prop_assert!(mistake.why != "cannot be used", "gave up without a reason: {}", mistake);
                assert_stands_in_its_file(mistake, &[("klinke.toml", &daemon), ("heating.toml", &site)]);
            }
        }
    }

    #[test]
    fn bytes_without_any_sense_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(Memory::new(bytes.clone(), SITE).load().is_err());
        prop_assert!(Memory::new(DAEMON, bytes).load().is_err());
    }
}
