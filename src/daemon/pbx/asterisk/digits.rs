//! Keys as Asterisk tells of them, each once. Asterisk stretches a key that was pressed for less than 80 ms, and
//! keeps the next one waiting until that and a gap of 45 ms are over; of a key that has waited it tells twice:
//! when it came, and when its turn has come. The second is left out here.
//!
//! Measured on Asterisk 22.10.1, 2026-11-22: 20 keys of 40 ms every 100 ms are told of 37 to 39 times.
//! Where `mindtmfduration` in asterisk.conf is less than the 80 ms there are no second ones; then the same
//! key twice within 125 ms may be taken for one.

use jiff::Timestamp;

use crate::call::line::Digit;

/// What Asterisk stretches keys to.
const STRETCHED_MS: i64 = 80;
/// What it lets pass between two.
const GAP_MS: i64 = 45;
/// How much earlier and later than expected the second telling may be: Asterisk looks only when a packet comes.
const EARLY_MS: i64 = 20;
const LATE_MS: i64 = 120;
/// Nobody presses a key twice in so short a time: 40 ms down and 40 ms up are the least that exchanges take (ITU-T
/// Q.24). When Asterisk is free again is known to a packet or two only, so that a key that came as it seemed free may
/// have waited all the same.
const TWICE_MS_MIN: i64 = 70;

/// One telling of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pressed {
    /// Which.
    pub digit: Digit,
    /// When it was released; `None`: Asterisk does not say.
    pub at: Option<Timestamp>,
    /// For how long it was down.
    pub duration_ms: i64,
}

/// The keys of one call.
#[derive(Debug, Default)]
pub struct Presses {
    /// Until when Asterisk is busy with the last key, in ms.
    busy_to: i64,
    /// A key that waits, and will be told of again.
    waits: Option<Digit>,
    /// The last key that counted, and when it was told of, in ms.
    last: Option<(Digit, i64)>,
}

impl Presses {
    /// The key, unless this telling is the second one of it.
    pub fn told(&mut self, pressed: Pressed) -> Option<Digit> {
        let Pressed { digit, at, duration_ms } = pressed;
        let Some(at) = at.map(Timestamp::as_millisecond) else { return Some(digit) };
        let at_once =
            self.last.is_some_and(|(last, ms)| last == digit && (0..TWICE_MS_MIN).contains(&(at - ms)));
        let in_turn = self.waits == Some(digit) && (-EARLY_MS..=LATE_MS).contains(&(at - self.busy_to));
        let again = at_once || in_turn;
        if !again {
            self.last = Some((digit, at));
        }
        if duration_ms >= STRETCHED_MS {
            (self.busy_to, self.waits) = (at + GAP_MS, None);
        } else if again || at >= self.busy_to {
            // its own turn: stretched from its beginning where Asterisk was free then, else from now on
            let begun = at - duration_ms.max(0);
            let free = !again && begun >= self.busy_to;
            let from = if free { begun } else { at };
            (self.busy_to, self.waits) = (from + STRETCHED_MS + GAP_MS, None);
        } else {
            self.waits = Some(digit);
        }
        (!again).then_some(digit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(ms, key)`, all of 40 ms; and what is left of them.
    fn left(told: &[(i64, char)]) -> String {
        let mut presses = Presses::default();
        let begun = 1_795_375_265_000;
        let pressed = told.iter().map(|&(ms, key)| Pressed {
            digit: Digit::new(key).expect("a key"),
            at: Timestamp::from_millisecond(begun + ms).ok(),
            duration_ms: 40,
        });
        pressed.filter_map(|pressed| presses.told(pressed)).map(Digit::symbol).collect()
    }

    #[test]
    fn no_time_and_no_duration_breaks_it() {
        let (mut presses, digit) = (Presses::default(), Digit::new('5').expect("a key"));
        for at in [Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH] {
            for duration_ms in [i64::MIN, -1, 0, i64::MAX] {
                let _ = presses.told(Pressed { digit, at: Some(at), duration_ms });
            }
        }
    }

    #[test]
    fn what_a_real_asterisk_tells_twice_counts_once() {
        // captured: 20 keys of 40 ms, one every 100 ms
        let told = [
            (660, '1'),
            (755, '2'),
            (856, '3'),
            (881, '3'),
            (956, '4'),
            (1007, '4'),
            (1055, '5'),
            (1133, '5'),
            (1155, '6'),
            (1259, '6'),
            (1259, '7'),
            (1384, '7'),
            (1384, '8'),
            (1509, '8'),
            (1510, '9'),
            (1635, '9'),
            (1635, '0'),
            (1760, '0'),
            (1761, '1'),
            (1886, '1'),
            (1887, '2'),
            (2011, '2'),
            (2012, '3'),
            (2140, '3'),
            (2142, '4'),
            (2267, '4'),
            (2268, '5'),
            (2393, '5'),
            (2396, '6'),
            (2523, '6'),
            (2524, '7'),
            (2649, '7'),
            (2649, '8'),
            (2774, '8'),
            (2775, '9'),
            (2900, '9'),
            (2901, '0'),
            (3028, '0'),
        ];
        assert_eq!(left(&told), "12345678901234567890");
    }

    #[test]
    fn a_key_that_came_just_as_asterisk_seemed_free_counts_once() {
        // captured
        let told =
            [(86, '1'), (186, '2'), (191, '2'), (286, '3'), (317, '3'), (385, '4'), (442, '4'), (485, '5')];
        assert_eq!(left(&told), "12345");
    }

    #[test]
    fn the_same_key_twice_is_two_keys() {
        assert_eq!(left(&[(0, '1'), (200, '1'), (400, '1')]), "111");
        // as fast as above: each waits and is told of twice
        let told = [(0, '7'), (100, '3'), (200, '3'), (225, '3'), (300, '5'), (350, '5')];
        assert_eq!(left(&told), "7335");
        // a key every 150 ms does not wait
        assert_eq!(left(&[(0, '1'), (150, '1'), (300, '2'), (450, '2')]), "1122");
    }

    #[test]
    fn without_a_time_every_telling_counts() {
        let mut presses = Presses::default();
        let pressed = Pressed { digit: Digit::new('1').expect("a key"), at: None, duration_ms: 0 };
        assert!((0..3).all(|_| presses.told(pressed) == Some(pressed.digit)));
    }
}
