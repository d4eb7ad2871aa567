//! Texts for display, in the languages that forms are written in.

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Locale {
    /// English, which every text has.
    #[default]
    EnUs,
    /// Simplified Chinese.
    ZhHans,
    /// Japanese.
    JaJp,
    /// Brazilian Portuguese.
    PtBr,
}

impl Locale {
    /// All languages.
    pub const ALL: [Self; 4] = [Self::EnUs, Self::ZhHans, Self::JaJp, Self::PtBr];

    /// As manifests write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EnUs => "en_US",
            Self::ZhHans => "zh_Hans",
            Self::JaJp => "ja_JP",
            Self::PtBr => "pt_BR",
        }
    }
}

/// A text in English, with translations into some of the other languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalizedText {
    en_us: String,
    zh_hans: Option<String>,
    ja_jp: Option<String>,
    pt_br: Option<String>,
}

impl LocalizedText {
    /// A text in English alone.
    #[must_use]
    pub fn untranslated(en_us: &str) -> Self {
        Self {
            en_us: en_us.to_owned(),
            zh_hans: None,
            ja_jp: None,
            pt_br: None,
        }
    }

    /// The same, with `text` in the language of `locale`.
    #[must_use]
    pub fn with(mut self, locale: Locale, text: &str) -> Self {
        let text = text.to_owned();
        match locale {
            Locale::EnUs => self.en_us = text,
            Locale::ZhHans => self.zh_hans = Some(text),
            Locale::JaJp => self.ja_jp = Some(text),
            Locale::PtBr => self.pt_br = Some(text),
        }
        self
    }

    /// The text in a language; in English where it is not translated.
    #[must_use]
    pub fn get(&self, locale: Locale) -> &str {
        self.translation(locale).unwrap_or(&self.en_us)
    }

    /// The text in a language, if it is there.
    #[must_use]
    pub fn translation(&self, locale: Locale) -> Option<&str> {
        match locale {
            Locale::EnUs => Some(&self.en_us),
            Locale::ZhHans => self.zh_hans.as_deref(),
            Locale::JaJp => self.ja_jp.as_deref(),
            Locale::PtBr => self.pt_br.as_deref(),
        }
    }

    /// The text in English.
    #[must_use]
    pub fn en_us(&self) -> &str {
        &self.en_us
    }
}

#[cfg(test)]
mod tests {
    use super::{Locale, LocalizedText};

    #[test]
    fn a_text_that_is_not_translated_is_english() {
        let text = LocalizedText::untranslated("On").with(Locale::ZhHans, "开启");
        let shown = Locale::ALL.map(|locale| text.get(locale));
        assert_eq!(shown, ["On", "开启", "On", "On"]);
        assert_eq!(text.translation(Locale::JaJp), None);
    }
}
