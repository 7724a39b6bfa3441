//! The letters that the recogniser's weights know.

use super::runtime::ALPHABET;

/// An output of the weights: 0 is the blank, 1 the space, then the letters.
pub type Letter = u8;
/// No letter.
pub const BLANK: Letter = 0;
/// Between words.
pub const SPACE: Letter = 1;

/// The letters of a word; whatever the weights do not know is left out.
pub fn spell(word: &str) -> impl Iterator<Item = Letter> {
    word.chars().filter_map(|letter| {
        let place = ALPHABET.chars().position(|known| known == letter)?;
        Some(place as Letter + 1).filter(|letter| *letter != SPACE)
    })
}

/// Text as the recogniser spells it: lower case, letters of the alphabet, single spaces; accents taken off, what
/// stands between letters (hyphens, points) parts them.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'é' | 'è' | 'ê' | 'ë' => plain.push('e'),
            'à' | 'á' | 'â' | 'å' => plain.push('a'),
            'ç' | 'ć' | 'č' => plain.push('c'),
            'ı' | 'í' | 'ì' | 'î' => plain.push('i'),
            'ó' | 'ò' | 'ô' => plain.push('o'),
            'ú' | 'ù' | 'û' => plain.push('u'),
            'ş' | 'š' | 'ś' => plain.push_str("sch"),
            'ğ' => plain.push('g'),
            'ł' => plain.push('l'),
            'ń' | 'ñ' => plain.push('n'),
            'ž' | 'ź' | 'ż' => plain.push('z'),
            '\'' | '’' => {}
            letter if ALPHABET.contains(letter) => plain.push(letter),
            _ => plain.push(' '),
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_as_the_weights_do() {
        assert_eq!(spell("a zß").collect::<Vec<_>>(), [2, 27, 31]);
        assert_eq!(plain("Müller-Lüdenscheidt,  Rosé?"), "müller lüdenscheidt rose");
        assert_eq!(plain("…"), "");
    }
}
