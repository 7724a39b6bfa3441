//! Small builders for what a caller means.

use jiff::civil::date;
use klinke::call::understanding::{
    Address, Grain, IntentScore, PersonName, Signal, SlotValue, Span, Understood, Value,
};
use klinke::private::Private;

/// What a caller means, put together by hand.
#[derive(Clone, Default)]
pub struct Said(pub Understood);

/// Something was said, and this is what it means.
pub fn said() -> Said {
    Said::default()
}

impl Said {
    pub fn intent(self, name: &str) -> Self {
        self.likely(name, 0.9)
    }

    pub fn likely(mut self, name: &str, confidence: f32) -> Self {
        self.0.intents.push(IntentScore { name: name.to_owned(), confidence });
        self
    }

    /// The words as heard.
    pub fn words(mut self, words: &str) -> Self {
        self.0.words = words.to_owned().into();
        self
    }

    pub fn signal(mut self, signal: Signal) -> Self {
        self.0.signals.push(signal);
        self
    }

    pub fn value(mut self, value: Value) -> Self {
        self.0.slots.push(SlotValue {
            value,
            words: String::new().into(),
            span: Span::default(),
            confidence: 0.95,
            hedged: false,
            negated: false,
            corrects: false,
        });
        self
    }

    pub fn yes(self) -> Self {
        self.value(Value::YesNo { value: true })
    }

    pub fn no(self) -> Self {
        self.value(Value::YesNo { value: false })
    }

    pub fn address(self, street: &str, number: &str) -> Self {
        self.value(Value::Address(Address {
            street: part(street),
            house_number: part(number),
            ..Address::default()
        }))
    }

    pub fn house_number(self, number: &str) -> Self {
        self.address("", number)
    }

    pub fn name(self, title: &str, family: &str) -> Self {
        let title = Some(title.to_owned()).filter(|title| !title.is_empty());
        self.value(Value::Name(PersonName { title, given: None, family: part(family) }))
    }

    pub fn telephone(self, number: &str) -> Self {
        self.value(Value::Telephone { value: number.to_owned().into() })
    }

    pub fn number(self, value: i64) -> Self {
        self.value(Value::Number { value: value.into() })
    }

    /// A whole day of November 2026.
    pub fn day(self, day: i8) -> Self {
        let from = date(2026, 11, day).at(0, 0, 0, 0);
        let until = date(2026, 11, day + 1).at(0, 0, 0, 0);
        self.value(Value::DateTime { value: from, until, grain: Grain::Day, dated: true })
    }

    /// A full hour without a day.
    pub fn hour(self, hour: i8) -> Self {
        let from = date(2026, 11, 23).at(hour, 0, 0, 0);
        let until = date(2026, 11, 23).at(hour + 1, 0, 0, 0);
        self.value(Value::DateTime { value: from, until, grain: Grain::Hour, dated: false })
    }

    /// The last value was said with a doubt.
    pub fn hedged(self) -> Self {
        self.last(|said| said.hedged = true)
    }

    /// The last value was ruled out.
    pub fn negated(self) -> Self {
        self.last(|said| said.negated = true)
    }

    /// The last value replaces what was said before.
    pub fn corrects(self) -> Self {
        self.last(|said| said.corrects = true)
    }

    /// How surely the last value was understood.
    pub fn unsure(self, confidence: f32) -> Self {
        self.last(|said| said.confidence = confidence)
    }

    fn last(mut self, change: impl FnOnce(&mut SlotValue)) -> Self {
        self.0.slots.last_mut().map(change).expect("a value was said");
        self
    }
}

fn part(text: &str) -> Option<Private<String>> {
    Some(text.to_owned()).filter(|text| !text.is_empty()).map(Private::new)
}
