//! Music, televisions, machines; and people who are none of it.

use super::*;

const LIMITS: Limits = Limits { music_s_max: 30, turns_max: 120, ..Limits::SHIPPED };

/// A watch at a moment that moves on.
struct Moment {
    watch: Watch,
    now: Instant,
}

impl Moment {
    fn new() -> Self {
        let mut moment = Self { watch: Watch::new(Instant::START, LIMITS), now: Instant::START };
        moment.tell(Sign::Floor(true));
        moment
    }

    fn tell(&mut self, sign: Sign<'_>) -> Option<Alarm> {
        self.watch.handle(self.now, sign)
    }

    /// Lets time pass; the first alarm and after how many ms.
    fn pass(&mut self, ms: u64) -> Option<(Alarm, u64)> {
        let until = self.now + Duration::from_millis(ms);
        let begun = self.now;
        while let Some(due) = self.watch.deadline().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            if let Some(alarm) = self.tell(Sign::Time) {
                return Some((alarm, u64::try_from(self.now.since(begun).as_millis()).unwrap_or(u64::MAX)));
            }
        }
        self.now = until;
        None
    }

    fn says(&mut self, text: &str, pause_ms: u64) -> Option<Alarm> {
        self.pass(3_000);
        let transcript = Transcript::typed(text);
        let (length, pause) = (Duration::from_millis(1_500), Some(Duration::from_millis(pause_ms)));
        self.tell(Sign::Said(Said { transcript: &transcript, length, pause, understood: true }))
    }
}

#[test]
fn sound_without_an_answer_is_asked_about_at_half_of_the_limit_and_ends_the_call_at_the_limit() {
    let mut moment = Moment::new();
    assert_eq!(moment.pass(100_000), None, "silence is somebody else's");
    moment.tell(Sign::Sound);
    assert_eq!(moment.pass(60_000), Some((Alarm::AskPresence, 15_000)));
    assert_eq!(moment.pass(60_000), Some((Alarm::Music, 15_000)));
    assert_eq!(moment.pass(60_000), None, "an alarm that ends the call is raised once");
}

#[test]
fn only_the_callers_own_time_counts_and_sound_under_our_voice_is_nobodys() {
    let mut moment = Moment::new();
    moment.tell(Sign::Floor(false));
    moment.tell(Sign::Sound);
    assert!(!moment.watch.hears_sound());
    moment.tell(Sign::Floor(true));
    moment.tell(Sign::Sound);
    assert_eq!(moment.pass(10_000), None);
    moment.tell(Sign::Floor(false));
    assert_eq!(moment.pass(45_000), None, "the privacy notice takes its time");
    moment.tell(Sign::Floor(true));
    assert_eq!(moment.pass(60_000), Some((Alarm::AskPresence, 5_000)));
}

#[test]
fn whoever_answers_in_a_noisy_room_is_never_thrown_out() {
    let mut moment = Moment::new();
    for number in 0..50 {
        moment.tell(Sign::Sound);
        assert_eq!(moment.pass(14_000), None);
        assert_eq!(moment.says(if number % 2 == 0 { "ja" } else { "am donnerstag" }, 500), None);
        moment.tell(Sign::News(number));
    }
}

#[test]
fn the_same_again_and_again_is_a_machine_and_sooner_where_it_keeps_time() {
    for (pauses, at) in [([500, 510, 490, 505, 500], 3), ([500, 1_400, 700, 2_000, 900], 4)] {
        let mut moment = Moment::new();
        let alarms: Vec<_> =
            pauses.iter().map(|pause| moment.says("können sie das noch einmal sagen", *pause)).collect();
        let first = alarms.iter().position(|alarm| *alarm == Some(Alarm::Machine));
        assert_eq!(first, Some(at - 1), "{alarms:?}");
    }
}

#[test]
fn whoever_is_never_heard_and_always_answers_in_time_is_a_machine_and_nobody_else_is() {
    let nothing = Transcript::default();
    let alarms = |pauses: &[u64], length_ms: u64| {
        let mut moment = Moment::new();
        let mut says = |pause_ms: u64| {
            moment.pass(1_000);
            moment.tell(Sign::Spoke("Was kann ich für Sie tun?"));
            let (length, pause) = (Duration::from_millis(length_ms), Some(Duration::from_millis(pause_ms)));
            let first = Said { transcript: &nothing, length, pause, understood: false };
            let rest = Said { pause: Some(Duration::from_secs(6)), ..first };
            moment.tell(Sign::Said(first)).or_else(|| moment.tell(Sign::Said(rest)))
        };
        pauses.iter().position(|pause| says(*pause) == Some(Alarm::Machine))
    };
    assert_eq!(alarms(&[820, 840, 810, 880, 830], 2_000), Some(3));
    assert_eq!(alarms(&[2_000, 820, 840, 810, 880, 830], 2_000), Some(4));
    assert_eq!(alarms(&[820, 1_040, 610, 880, 730, 1_200], 2_000), None, "a person who is not understood");
    assert_eq!(alarms(&[820, 840, 810, 880, 830], 400), None, "ja, ja, ja");
}

#[test]
fn turns_without_anything_new_and_turns_without_an_end_are_a_machines() {
    let said = |number: u64| format!("satz {number} über das wetter von gestern {}", number * 7);
    let mut moment = Moment::new();
    let stale = (0..40).position(|number| moment.says(&said(number), 300 + number * 97).is_some());
    assert_eq!(stale, Some(STALE_TURNS_MAX as usize));
    let mut moment = Moment::new();
    let endless = (0..200).position(|number| {
        moment.tell(Sign::News(number));
        moment.says(&number.to_string(), 300).is_some()
    });
    assert_eq!(endless, Some(LIMITS.turns_max as usize - 1));
}

#[test]
fn a_beep_is_an_answering_machines_only_after_a_greeting_and_before_anything_was_understood() {
    let greeting = |moment: &mut Moment| {
        let transcript = Transcript::typed("hier ist die familie weber wir sind nicht da");
        let length = Duration::from_secs(5);
        moment.tell(Sign::Said(Said { transcript: &transcript, length, pause: None, understood: false }));
    };
    let mut moment = Moment::new();
    assert_eq!(moment.tell(Sign::Beep), None);
    greeting(&mut moment);
    moment.pass(1_000);
    assert_eq!(moment.tell(Sign::Beep), Some(Alarm::Machine));
    let mut moment = Moment::new();
    greeting(&mut moment);
    moment.tell(Sign::News(1));
    assert_eq!(moment.tell(Sign::Beep), None, "somebody who is understood may have a microwave oven");
}

#[test]
fn the_rest_of_an_announcement_is_no_answer_and_what_comes_later_is() {
    let mut moment = Moment::new();
    let first = "bitte haben sie einen moment gut hallo unsere mitarbeiter sind im gestern";
    assert_eq!(moment.says(first, 500), Some(Alarm::Unheeded));
    assert_eq!(moment.says("der nächste mitarbeiter", 300), Some(Alarm::Unheeded), "three seconds later");
    moment.pass(4_000);
    assert_eq!(moment.says("ich möchte einen mitarbeiter sprechen", 500), None);
    // as the recogniser heard it another time
    let again = "bitte haben sie einen moment gut hallo nee mitarbeiter sind im gestern";
    assert_eq!(moment.says(again, 500), Some(Alarm::Machine));
}

#[test]
fn who_says_our_words_after_us_to_be_sure_and_goes_on_is_a_person() {
    let mut moment = Moment::new();
    let offers = [
        "Herr Yilmaz kommt am Donnerstag um acht.",
        "Der Techniker ist eine Stunde bei Ihnen.",
        "Sie wohnen in der Lindenstraße vier.",
    ];
    for (number, offer) in (0..).zip(offers) {
        moment.tell(Sign::Spoke(offer));
        let said = offer.to_lowercase();
        assert_eq!(moment.says(said.trim_end_matches('.'), 400 + number * 300), None, "{offer}");
        moment.tell(Sign::News(number));
    }
    let echo = offers.map(|offer| {
        moment.tell(Sign::Spoke(offer));
        moment.says(&offer.to_lowercase().replace('.', ""), 700)
    });
    assert!(echo.contains(&Some(Alarm::Machine)), "{echo:?}");
}

#[test]
fn our_own_words_that_a_recogniser_garbles_are_still_our_own() {
    let mut moment = Moment::new();
    moment.tell(Sign::Spoke("Guten Tag, hier ist die Praxis von Frau Jung und Herrn Wagner."));
    moment.tell(Sign::Spoke("Ich bin eine Maschine, bitte sprechen Sie mit mir. Was kann ich für Sie tun?"));
    let back = "guten tag hier ist heinz jung wagner bitte sprechen mit eine kein was kann ich für sie tun";
    assert_eq!(moment.says(back, 800), None);
    moment
        .tell(Sign::Spoke("Das habe ich nicht verstanden. Bitte sagen Sie mir noch einmal, worum es geht."));
    assert_eq!(moment.says("ich habe die schmerzen seit gestern hier auf der linken seite", 700), None);
    moment
        .tell(Sign::Spoke("Das habe ich nicht verstanden. Bitte sagen Sie mir noch einmal, worum es geht."));
    let back = "das habe nicht bitte legen sie mir bitte einen sie warum es geht";
    assert_eq!(moment.says(back, 900), Some(Alarm::Machine));
}
