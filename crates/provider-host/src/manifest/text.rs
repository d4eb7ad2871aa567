//! Texts in several languages, as a manifest writes them: a map of locales.

use super::fault::Fault;
use crate::form::{Locale, LocalizedText};
use serde::Deserialize;
use serde_saphyr::Spanned;

/// Longest text, in characters; what shows a form has little room.
const LONGEST: usize = 255;

/// A text, one entry for each language.
pub(super) type TextEntry = Spanned<Translations>;

/// A text's translations. English is always there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Translations {
    #[serde(rename = "en_US")]
    en_us: Spanned<String>,
    #[serde(rename = "zh_Hans")]
    zh_hans: Option<Spanned<String>>,
    #[serde(rename = "ja_JP")]
    ja_jp: Option<Spanned<String>>,
    #[serde(rename = "pt_BR")]
    pt_br: Option<Spanned<String>>,
}

/// The text in English, and in the languages that the manifest has it in.
pub(super) fn localized(entry: TextEntry) -> Result<LocalizedText, Fault> {
    let Translations {
        en_us,
        zh_hans,
        ja_jp,
        pt_br,
    } = entry.value;
    let mut text = LocalizedText::untranslated(&checked(en_us)?);
    for (locale, translation) in [
        (Locale::ZhHans, zh_hans),
        (Locale::JaJp, ja_jp),
        (Locale::PtBr, pt_br),
    ] {
        if let Some(translation) = translation {
            text = text.with(locale, &checked(translation)?);
        }
    }
    Ok(text)
}

fn checked(text: Spanned<String>) -> Result<String, Fault> {
    let length = text.value.chars().count();
    if text.value.trim().is_empty() {
        Err(Fault::at(&text, "this text is empty"))
    } else if length > LONGEST {
        let reason = format!("this text has {length} characters; at most {LONGEST} are shown");
        Err(Fault::at(&text, reason))
    } else {
        Ok(text.value)
    }
}
