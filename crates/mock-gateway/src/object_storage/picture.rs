//! Pictures: a real PNG made from a number and a size, both in its name, so
//! that it need not be stored.

use fastrand::Rng;

/// The longest side, in pixels.
const LONGEST_SIDE: u32 = 4_096;
/// Width of a stripe, in pixels.
const STRIPE: u32 = 48;

/// A picture, to be drawn when it is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    seed: u64,
    size: Size,
}

/// Width and height in pixels, each from 1 to 4,096.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Size {
    /// Parses two numbers with this sign between them.
    pub(crate) fn parse(text: &str, sign: char) -> Option<Self> {
        let (width, height) = text.split_once(sign)?;
        let side = |text: &str| {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u32>()
                .ok()
                .filter(|side| digits && (1..=LONGEST_SIDE).contains(side))
        };
        Some(Self {
            width: side(width)?,
            height: side(height)?,
        })
    }
}

impl Picture {
    /// The picture of a seed, in this size.
    pub(crate) const fn new(seed: u64, size: Size) -> Self {
        Self { seed, size }
    }

    /// The name of the file.
    pub(crate) fn file_name(self) -> String {
        let Size { width, height } = self.size;
        format!("{:016x}-{width}x{height}.png", self.seed)
    }

    /// The picture of this name.
    pub(crate) fn of_file_name(name: &str) -> Option<Self> {
        let (seed, size) = name.strip_suffix(".png")?.split_once('-')?;
        let picture = Self {
            seed: u64::from_str_radix(seed, 16).ok()?,
            size: Size::parse(size, 'x')?,
        };
        // One name for each picture.
        (picture.file_name() == name).then_some(picture)
    }

    /// The file: stripes over a gradient, in colours by its seed.
    pub(crate) fn png(self) -> Vec<u8> {
        let mut random = Rng::with_seed(self.seed);
        let (from, to, stripe) = (
            colour(&mut random),
            colour(&mut random),
            colour(&mut random),
        );
        let slope = u32::from(random.u64(..).to_le_bytes()[0] % 5);
        let Size { width, height } = self.size;
        let mut pixels = Vec::new();
        for row in 0..height {
            for column in 0..width {
                let is_stripe = ((column + slope * row) / STRIPE).is_multiple_of(3);
                let ground = mixed(from, to, row + column, height + width);
                pixels.extend(if is_stripe {
                    mixed(ground, stripe, 1, 2)
                } else {
                    ground
                });
            }
        }
        encoded(&pixels, self.size).unwrap_or_default()
    }
}

fn colour(random: &mut Rng) -> [u8; 3] {
    let [red, green, blue, ..] = random.u64(..).to_le_bytes();
    [red, green, blue]
}

/// The colour between two at `part` of `whole`.
fn mixed(from: [u8; 3], to: [u8; 3], part: u32, whole: u32) -> [u8; 3] {
    std::array::from_fn(|channel| {
        let (from, to) = (u32::from(from[channel]), u32::from(to[channel]));
        let value = (from * (whole - part) + to * part) / whole;
        u8::try_from(value).unwrap_or(u8::MAX)
    })
}

/// Writing into memory does not fail.
fn encoded(pixels: &[u8], size: Size) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, size.width, size.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    const SMALL: Size = Size {
        width: 64,
        height: 32,
    };

    #[test]
    fn the_file_is_a_png_of_the_size() {
        let file = Picture::new(1, SMALL).png();
        let reader = png::Decoder::new(Cursor::new(file)).read_info().unwrap();
        let info = reader.info();
        assert_eq!((info.width, info.height), (64, 32));
    }

    #[test]
    fn each_seed_has_its_own_picture() {
        let first = Picture::new(1, SMALL).png();
        assert_eq!(first, Picture::new(1, SMALL).png());
        assert_ne!(first, Picture::new(2, SMALL).png());
    }

    #[test]
    fn a_name_leads_to_its_picture_and_other_names_to_none() {
        let picture = Picture::new(1, SMALL);
        assert_eq!(Picture::of_file_name(&picture.file_name()), Some(picture));
        for name in [
            "",
            ".png",
            "cat.png",
            "1-8x8.png",
            "0000000000000001-0x8.png",
            "0000000000000001-8x99999.png",
            "0000000000000001-08x8.png",
            "000000000000000A-8x8.png",
            "0000000000000001-8x8.gif",
        ] {
            assert_eq!(Picture::of_file_name(name), None, "{name}");
        }
    }
}
