//! What a word is, for a database that is told: as FTS5's `unicode61 remove_diacritics 2` sees it, so that both
//! databases find the same.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::decompose_canonical;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

/// The words of a text, in lower case: runs of letters and digits.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = vec![];
    let mut word = String::new();
    for c in text.nfc() {
        if is_diacritic(c) {
            continue;
        }
        if is_of_a_word(c) {
            word.extend(c.to_lowercase().map(plain).filter(|c| !is_diacritic(*c)));
        } else if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn is_of_a_word(c: char) -> bool {
    matches!(
        c.general_category_group(),
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number
    ) || c.general_category() == GeneralCategory::PrivateUse
}

/// Whether it is a sign above or below the letter before it.
fn is_diacritic(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// A letter that is in lower case already, without what makes no difference.
fn plain(c: char) -> char {
    let mut base = c;
    let mut parts = 0;
    decompose_canonical(c, |part| {
        if parts == 0 {
            base = part;
        }
        parts += 1;
    });
    match c {
        // A sigma at the end of a word is another letter only to the eye.
        'ς' => 'σ',
        _ if base.is_ascii_lowercase() || matches!(base, '\u{e0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}') => {
            base
        }
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(
            words("x-ray, a_b\n(C++) 50%  ½"),
            ["x", "ray", "a", "b", "c", "50", "½"]
        );
        assert_eq!(words(""), Vec::<String>::new());
        assert_eq!(words(" * ❤ Ⓐ \u{345} "), Vec::<String>::new());
    }

    #[test]
    fn latin_letters_lose_their_diacritics_and_others_keep_them() {
        assert_eq!(
            words("Crème Việt e\u{301}toile Øre"),
            ["creme", "viet", "etoile", "øre"]
        );
        assert_eq!(words("Ελλάδα й и\u{306}"), ["ελλάδα", "й", "й"]);
    }

    #[test]
    fn case_makes_no_difference() {
        assert_eq!(words("ΣΊΣΥΦΟΣ"), words("σίσυφος"));
        assert_eq!(words("STRAẞE İ"), ["straße", "i"]);
    }
}
