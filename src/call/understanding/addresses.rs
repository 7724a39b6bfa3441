//! Addresses: street and house number, postcode and place, whole or in parts ("nein, Hausnummer sechs").

use super::address_parts::joined;
use super::digits::run_at;
use super::found::{Found, one_after_another};
use super::lexicon::{Lexicon, capitalised};
use super::marks::CORRECTIONS;
use super::name_words::name_like;
use super::numbers::cardinal_at;
use super::reading::Reading;
use super::streets::{STOP, street_ending};
use super::understood::{Address, Value};
use super::when::COUNTED;
use crate::call::hearing::Expect;
use crate::private::Private;

/// House numbers go so far.
const HOUSE_NUMBER_MAX: u32 = 9999;
const POSTCODE_DIGITS: usize = 5;
/// What finding addresses needs to know.
pub(super) struct Search<'a> {
    pub reading: &'a Reading<'a>,
    pub lexicon: &'a Lexicon,
    pub asked: bool,
}

/// All addresses and parts of addresses in a reading.
pub(super) fn find(reading: &Reading<'_>, lexicon: &Lexicon, expect: &[Expect]) -> Vec<Found> {
    let search = Search { reading, lexicon, asked: expect.contains(&Expect::Address) };
    joined(reading, one_after_another(reading, |index| search.address_at(index)))
}

impl Search<'_> {
    fn address_at(&self, index: usize) -> Option<Found> {
        self.whole_at(index)
            .or_else(|| self.number_at(index))
            .or_else(|| self.postcode_at(index))
            .or_else(|| self.place_alone_at(index))
    }

    /// A street with what follows it.
    fn whole_at(&self, index: usize) -> Option<Found> {
        if let Some((street, number, mut end)) = self.english_street_at(index) {
            let mut address =
                Address { street: Some(street), house_number: Some(number), ..Address::default() };
            self.take_place(&mut address, &mut end);
            return Some(Found::new(Value::Address(address), index, end, 0.85));
        }
        let (street, end, mut sure, strong) = self.street_at(index)?;
        let mut address = Address { street: Some(street), ..Address::default() };
        let mut end = end;
        let mut corrects = false;
        if let Some((number, next)) = self.house_number_at(self.skip_number_words(end)) {
            (address.house_number, end) = (Some(number), next);
            // "vier, nein, vierzehn"
            while let Some((number, next)) = self.corrected_at(end) {
                (address.house_number, end, corrects) = (Some(number), next, true);
            }
        } else if !strong && !self.asked {
            return None;
        } else {
            sure *= 0.9;
        }
        self.take_place(&mut address, &mut end);
        let mut found = Found::new(Value::Address(address), index, end, sure);
        found.corrects = corrects;
        Some(found)
    }

    fn take_place(&self, address: &mut Address, end: &mut usize) {
        let skip = |at: usize| at + usize::from(self.reading.is(at, &["in", "und"]));
        let mut next = skip(*end);
        if self.reading.is(next, &["postleitzahl"]) {
            next += 1;
        }
        if let Some((postcode, after)) = self.five_digits_at(next).or_else(|| self.four_digits_at(next)) {
            (address.postcode, *end) = (Some(postcode), after);
            next = skip(after);
        }
        // "Gartenstraße sieben in Köln": a place that the site does not know.
        let unknown = next > *end
            && self.reading.is(next - 1, &["in"])
            && (self.asked || (address.house_number.is_some() && name_like(self.reading, next)));
        if let Some((place, after, _)) = self.place_at(next, address.postcode.is_some() || unknown) {
            (address.place, *end) = (Some(place), after);
        }
    }

    pub(super) fn skip_number_words(&self, index: usize) -> usize {
        let mut index = index;
        while self.reading.is(index, &["nummer", "hausnummer", "nr", "die", "ist"]) {
            index += 1;
        }
        index
    }

    /// `14`, `14b`, "vierzehn b", "vierzehn b wie berta".
    pub(super) fn house_number_at(&self, index: usize) -> Option<(Private<String>, usize)> {
        let norm = self.reading.at(index);
        let digits: String = norm.chars().take_while(char::is_ascii_digit).collect();
        if !digits.is_empty() && digits.len() <= 4 && norm.len() == digits.len() + 1 {
            let letter = norm.chars().last().filter(char::is_ascii_lowercase)?;
            return Some((format!("{digits}{letter}").into(), index + 1));
        }
        let (value, end) = cardinal_at(self.reading, index)?;
        if value == 0
            || value > HOUSE_NUMBER_MAX
            || self.reading.is(end, COUNTED)
            || self.reading.is(end, &["uhr"])
        {
            return None;
        }
        // "vierzehn bis sechzehn", "vier Schrägstrich eins"
        let between = match self.reading.at(end) {
            "bis" | "strich" | "bindestrich" => Some('-'),
            "schraegstrich" => Some('/'),
            _ => None,
        };
        if let Some(sign) = between
            && let Some((other, after)) = cardinal_at(self.reading, end + 1)
            && (sign == '/' || (other > value && other <= HOUSE_NUMBER_MAX))
            && !self.reading.is(after, &["uhr"])
        {
            return Some((format!("{value}{sign}{other}").into(), after));
        }
        let letter = match self.reading.at(end) {
            "be" => Some('b'),
            "ce" | "ze" => Some('c'),
            "de" => Some('d'),
            letter if letter.len() == 1 => letter.chars().next().filter(|c| ('a'..='k').contains(c)),
            _ => None,
        };
        let Some(letter) = letter else { return Some((value.to_string().into(), end)) };
        let end = if self.reading.is(end + 1, &["wie"]) { end + 3 } else { end + 1 };
        Some((format!("{value}{letter}").into(), end.min(self.reading.len())))
    }

    /// A correction and another house number.
    fn corrected_at(&self, index: usize) -> Option<(Private<String>, usize)> {
        let mut next = index;
        while self.reading.is(next, CORRECTIONS)
            || (next > index && self.reading.is(next, &["meine", "meinte"]))
        {
            next += 1;
        }
        if self.reading.is(next, &["ich"]) && self.reading.is(next + 1, &["meine", "meinte"]) {
            next += 2;
        }
        (next > index).then(|| self.house_number_at(self.skip_number_words(next)))?
    }

    /// "Hausnummer vierzehn b"; a number alone where an address was asked for.
    fn number_at(&self, index: usize) -> Option<Found> {
        let named = self.reading.is(index, &["hausnummer", "nummer"])
            && (self.asked || self.reading.at(index).len() > 6);
        let start = if named { self.skip_number_words(index) } else { index };
        let alone = self.asked && self.five_digits_at(index).is_none();
        if !named && !alone {
            return None;
        }
        let (number, mut end) = self.house_number_at(start)?;
        let mut address = Address { house_number: Some(number), ..Address::default() };
        let mut corrects = false;
        // "nicht vier, sondern vierzehn": two numbers, and the first one is refused.
        let refused = (1..3).any(|back| self.reading.before(start, back) == "nicht");
        while let Some((number, next)) = self.corrected_at(end).filter(|_| !refused) {
            (address.house_number, end, corrects) = (Some(number), next, true);
        }
        let mut found = Found::new(Value::Address(address), index, end, if named { 0.95 } else { 0.7 });
        found.corrects = corrects;
        Some(found)
    }

    /// "1060 Wien", "8001 Zürich": four digits are a postcode where a place follows them.
    fn four_digits_at(&self, index: usize) -> Option<(Private<String>, usize)> {
        let run = run_at(self.reading, index)?;
        let short = !run.plus && run.digits.len() == POSTCODE_DIGITS - 1 && !run.digits.starts_with('0');
        let place = short && name_like(self.reading, run.end);
        place.then(|| (run.digits.into(), run.end))
    }

    fn five_digits_at(&self, index: usize) -> Option<(Private<String>, usize)> {
        let run = run_at(self.reading, index)?;
        (!run.plus && run.digits.len() == POSTCODE_DIGITS).then(|| (run.digits.into(), run.end))
    }

    /// "Postleitzahl sieben null eins sieben drei", and the place behind it.
    fn postcode_at(&self, index: usize) -> Option<Found> {
        let named = self.reading.is(index, &["postleitzahl"]);
        let start = index + usize::from(named);
        let start = start + usize::from(named && self.reading.is(start, &["ist"]));
        let (postcode, mut end) = self.five_digits_at(start)?;
        let place = self.place_at(end, named || self.asked);
        if !named && !self.asked && place.is_none() {
            return None;
        }
        let mut address = Address { postcode: Some(postcode), ..Address::default() };
        if let Some((place, after, _)) = place {
            (address.place, end) = (Some(place), after);
        }
        Some(Found::new(Value::Address(address), index, end, 0.95))
    }

    /// A place of the site's list, or, where `open`, any word that can be one.
    fn place_at(&self, index: usize, open: bool) -> Option<(Private<String>, usize, f32)> {
        let mut joined = String::new();
        let mut best: Option<(&str, usize, f32)> = None;
        for end in index..(index + 3).min(self.reading.len()) {
            joined.push_str(self.reading.at(end));
            if let Some((name, alike)) = self.lexicon.place(&joined)
                && best.is_none_or(|(.., known)| alike >= known)
            {
                best = Some((name, end + 1, alike));
            }
        }
        if let Some((name, end, alike)) = best {
            return Some((name.to_owned().into(), end, alike));
        }
        let token = self.reading.tokens.get(index).filter(|_| open)?;
        let word = token.norm.len() > 2 && token.written.chars().all(|c| c.is_alphabetic() || c == '-');
        if !word || STOP.contains(&token.norm.as_str()) {
            return None;
        }
        // "Frankfurt am Main"
        let more = self.reading.tokens.get(index + 2).filter(|more| {
            self.reading.is(index + 1, &["am", "an", "im", "bei"])
                && more.norm.len() > 2
                && more.norm.chars().all(char::is_alphabetic)
                && !STOP.contains(&more.norm.as_str())
                && street_ending(&more.norm).is_none()
        });
        let name = capitalised(token.written);
        Some(match more {
            Some(more) => (
                format!("{name} {} {}", self.reading.at(index + 1), capitalised(more.written)).into(),
                index + 3,
                0.7,
            ),
            None => (name.into(), index + 1, 0.7),
        })
    }

    fn place_alone_at(&self, index: usize) -> Option<Found> {
        let (place, end, alike) = self.place_at(index, false)?;
        let led = matches!(self.reading.before(index, 1), "in" | "aus" | "nach");
        let address = Address { place: Some(place), ..Address::default() };
        (led || self.asked).then(|| Found::new(Value::Address(address), index, end, 0.85 * alike))
    }
}
