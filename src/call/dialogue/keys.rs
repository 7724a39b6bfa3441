//! Keys: everything that can be said can be keyed. 0 a human, 9 privacy, `*` again, `#` back, 1 and 2 yes and no; where there is something to choose, its
//! place in the list; where a number is asked for, its digits, ended by `#` or a pause. There a single 0 or 9 keeps its meaning.

use super::heard::Heard;
use super::turn::Turn;
use super::{Dialogue, Move};
use crate::call::line::Digit;
use crate::call::understanding::{IntentScore, SlotValue, Span, Value};

use super::asking::CONCERN_KEYS_MAX;
use super::open::Open;

/// Longest number that is keyed, in digits.
const KEYS_MAX: usize = 20;

impl Dialogue {
    /// The caller pressed a key.
    pub(super) fn digit(&mut self, digit: Digit, turn: &mut Turn<'_>) {
        self.silences = 0;
        let late = std::mem::take(&mut self.late_hash) && digit.symbol() == '#';
        if self.is_handing_over() {
            if digit.symbol() == '0' && self.is_ringing_on_call() {
                self.hand_over("caller_asked", turn);
            }
            return;
        }
        match digit.symbol() {
            symbol @ '0'..='9' if self.open.takes_digits(self.form()) && self.exit.is_none() => {
                self.keys.push(symbol);
                if self.keys.len() >= KEYS_MAX {
                    self.late_hash = true;
                    self.keys_are_complete(turn);
                }
            }
            '#' if !self.keys.is_empty() => self.keys_are_complete(turn),
            // it belongs to what was keyed before, and takes nothing back
            '#' if late => {
                turn.decide(Move::Repeat);
                self.say_again(turn);
            }
            symbol => self.single_key(symbol, turn),
        }
    }

    /// The number is whole.
    pub(super) fn keys_are_complete(&mut self, turn: &mut Turn<'_>) {
        let keys = std::mem::take(&mut self.keys);
        if let "0" | "9" = keys.as_str() {
            return self.single_key(keys.chars().next().unwrap_or('0'), turn);
        }
        let said = keyed(Value::Digits { value: keys.into() });
        let heard = Heard { values: vec![&said], ..Heard::default() };
        if !self.reply(&heard, false, turn) {
            self.misunderstood(&heard, turn);
        }
    }

    fn single_key(&mut self, symbol: char, turn: &mut Turn<'_>) {
        self.keys.clear();
        if symbol == '0' {
            return self.hand_over("caller_asked", turn);
        }
        if self.exit.is_some() {
            return;
        }
        let yes_no = self.open.takes_yes_no(self.form());
        let place = symbol.to_digit(10).and_then(|key| usize::try_from(key).ok()?.checked_sub(1));
        let choice = place.and_then(|at| self.open.choices(self.form()).get(at));
        let choice = choice.map(|choice| keyed(Value::Choice { value: choice.value.clone() }));
        let concern = place.filter(|_| self.open == Open::Concern);
        let intent = concern
            .filter(|at| *at < CONCERN_KEYS_MAX)
            .and_then(|at| self.site.intents.get(at))
            .map(|intent| IntentScore { name: intent.name.clone(), confidence: 1.0 });
        let heard = match (symbol, &intent) {
            ('9', _) => return self.say_privacy(turn),
            ('*', _) => {
                turn.decide(Move::Repeat);
                return self.say_again(turn);
            }
            ('#', _) => Heard { back: true, steps_back: true, ..Heard::default() },
            ('1', _) if yes_no => Heard::key(true),
            ('2', _) if yes_no => Heard::key(false),
            (_, Some(intent)) => Heard { intent: Some(intent), ..Heard::default() },
            _ => match &choice {
                Some(choice) => Heard { values: vec![choice], ..Heard::default() },
                None => return self.misunderstood(&Heard::default(), turn),
            },
        };
        // many people end whatever they key with it
        self.late_hash = symbol != '#';
        if !self.reply(&heard, false, turn) {
            self.misunderstood(&heard, turn);
        }
    }
}

/// A value that was keyed.
fn keyed(value: Value) -> SlotValue {
    SlotValue {
        value,
        words: String::new().into(),
        span: Span::default(),
        confidence: 1.0,
        hedged: false,
        negated: false,
        corrects: false,
    }
}
