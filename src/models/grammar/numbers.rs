//! German numbers as they are spoken.

const UNITS: [&str; 20] = [
    "null",
    "ein",
    "zwei",
    "drei",
    "vier",
    "fünf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwölf",
    "dreizehn",
    "vierzehn",
    "fünfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
];
const TENS: [&str; 8] =
    ["zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"];
/// Numbers from here on have words that nobody says in one breath.
pub const NUMBER_MAX: u32 = 99_999;

/// The ways to say a number: `zweiundvierzig`; `einhundertvier` and `hundertvier`.
pub fn cardinals(number: u32) -> Vec<String> {
    let mut ways = vec![cardinal(number)];
    let short =
        ways[0].strip_prefix("ein").filter(|rest| rest.starts_with("hundert") || rest.starts_with("tausend"));
    ways.extend(short.map(str::to_owned));
    ways
}

/// A number standing alone: `eins`, `einundzwanzig`, `dreihundertfünf`.
pub fn cardinal(number: u32) -> String {
    if number % 100 == 1 { joined(number) + "s" } else { joined(number) }
}

/// A number as the beginning of a longer word or before a noun: `ein`, `einundzwanzig`.
pub fn joined(number: u32) -> String {
    let rest = |number: u32| if number == 0 { String::new() } else { joined(number) };
    match number {
        0..20 => UNITS[number as usize].to_owned(),
        20..100 => {
            let tens = TENS[number as usize / 10 - 2];
            match number % 10 {
                0 => tens.to_owned(),
                unit => format!("{}und{tens}", UNITS[unit as usize]),
            }
        }
        100..1000 => format!("{}hundert{}", UNITS[number as usize / 100], rest(number % 100)),
        1000..=NUMBER_MAX => format!("{}tausend{}", joined(number / 1000), rest(number % 1000)),
        _ => String::new(),
    }
}

/// The ways to say a place in an order: `dritte`, `dritten`, `dritter`.
pub fn ordinals(number: u32) -> Vec<String> {
    let stem = match number {
        1 => "erst".to_owned(),
        3 => "dritt".to_owned(),
        7 => "siebt".to_owned(),
        8 => "acht".to_owned(),
        _ if number < 20 => joined(number) + "t",
        _ => joined(number) + "st",
    };
    ["e", "en", "er"].map(|ending| stem.clone() + ending).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_numbers() {
        for (number, said) in [
            (0, "null"),
            (1, "eins"),
            (16, "sechzehn"),
            (21, "einundzwanzig"),
            (30, "dreißig"),
            (77, "siebenundsiebzig"),
            (101, "einhunderteins"),
            (318, "dreihundertachtzehn"),
            (1984, "eintausendneunhundertvierundachtzig"),
            (64_293, "vierundsechzigtausendzweihundertdreiundneunzig"),
        ] {
            assert_eq!(cardinal(number), said);
        }
        assert_eq!(cardinals(104), ["einhundertvier", "hundertvier"]);
        assert_eq!(ordinals(7), ["siebte", "siebten", "siebter"]);
        assert_eq!(ordinals(28)[1], "achtundzwanzigsten");
    }
}
