//! The size of an image.

use crate::error::Error;

/// A size: pixels, or a size class of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Size {
    /// Width and height, each 1 … 16,384.
    Pixels(u16, u16),
    /// Such as `2K`.
    Class(String),
}

/// Longest side of an image, in pixels. Models allow less.
const MAX_SIDE: u16 = 16_384;

impl Size {
    /// Parses `1328x1328`, `1328*1328`, a class such as `2K`, or `auto`.
    ///
    /// # Errors
    ///
    /// `invalid-request`, with the allowed formats.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let side = |side: &str| {
            side.trim()
                .parse::<u16>()
                .ok()
                .filter(|side| (1..=MAX_SIDE).contains(side))
        };
        let pixels = text
            .split_once(['x', 'X', '*', '×'])
            .and_then(|(width, height)| Some(Self::Pixels(side(width)?, side(height)?)));
        pixels.or_else(|| class(text)).ok_or_else(|| {
            Error::invalid_request(format!(
                "`size` must be width and height in pixels (1 to {MAX_SIDE}), such as 1328x1328, or a size class of the model, such as 2K or auto"
            ))
            .with_field("size")
        })
    }

    /// Formats the size with `separator` between width and height.
    #[must_use]
    pub fn with_separator(&self, separator: char) -> String {
        match self {
            Self::Pixels(width, height) => format!("{width}{separator}{height}"),
            Self::Class(class) => class.clone(),
        }
    }
}

/// A digit and a `K`, or `auto`.
fn class(text: &str) -> Option<Size> {
    match text.as_bytes() {
        [digit @ b'1'..=b'9', b'K' | b'k'] => Some(Size::Class(format!("{}K", char::from(*digit)))),
        _ if text.eq_ignore_ascii_case("auto") => Some(Size::Class("auto".to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_size_is_written_as_the_protocol_wants_it() {
        for (given, with_star, with_x) in [
            ("1328x1328", "1328*1328", "1328x1328"),
            ("1664*928", "1664*928", "1664x928"),
            (" 512 X 512 ", "512*512", "512x512"),
            ("1024×768", "1024*768", "1024x768"),
            ("2k", "2K", "2K"),
            ("4K", "4K", "4K"),
            ("AUTO", "auto", "auto"),
        ] {
            let size = Size::parse(given).expect(given);
            assert_eq!(size.with_separator('*'), with_star);
            assert_eq!(size.with_separator('x'), with_x);
        }
    }

    #[test]
    fn what_is_no_size_is_refused_with_what_is_allowed() {
        for given in [
            "",
            "large",
            "1328",
            "1328x",
            "x1328",
            "0x10",
            "-1x10",
            "1.5x2",
            "16385x1",
            "99999x1",
            "1x2x3",
            "K",
            "0K",
            "100K",
            "+1K",
            "2M",
            "1:1",
            "1328x1328\n0",
        ] {
            let error = Size::parse(given).expect_err(given);
            assert!(error.message.contains("1328x1328"), "{}", error.message);
            assert!(!error.request_sent);
        }
    }

    proptest! {
        #[test]
        fn any_pixels_in_range_are_taken(width in 1..=MAX_SIDE, height in 1..=MAX_SIDE) {
            let size = Size::parse(&format!("{width}x{height}")).unwrap();
            prop_assert_eq!(size, Size::Pixels(width, height));
        }
    }
}
