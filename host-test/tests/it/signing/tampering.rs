//! Signed requests with one byte changed.

use super::draws::Draws;
use super::meaning;
use super::sample::{ADDED, Sample, Scheme};

/// A request with a change that the gateway must feel, or must not.
pub(crate) struct Tampering {
    pub(crate) part: String,
    pub(crate) sample: Sample,
    pub(crate) is_felt: bool,
}

impl Tampering {
    /// Every part of the request, each changed in one byte.
    pub(crate) fn all(sample: &Sample, draws: &mut Draws) -> Vec<Self> {
        let mut all: Vec<Self> = (0..sample.headers.len())
            .filter_map(|index| in_header(sample, index, draws))
            .collect();
        all.push(in_method(sample, draws));
        all.push(in_target(sample, draws));
        all.extend(in_body(sample, draws));
        all
    }
}

fn in_method(sample: &Sample, draws: &mut Draws) -> Tampering {
    let mut changed = sample.clone();
    let at = draws.below(changed.method.len());
    changed.method = with_another_byte(&sample.method, at, draws);
    Tampering {
        part: "the method".to_owned(),
        sample: changed,
        is_felt: true,
    }
}

fn in_target(sample: &Sample, draws: &mut Draws) -> Tampering {
    let mut changed = sample.clone();
    // Queries are short beside paths, and the more interesting part.
    let start = match sample.target.find('?') {
        Some(query) if draws.one_in(2) => query,
        _ => 0,
    };
    let at = start + draws.below(sample.target.len() - start);
    changed.target = with_another_byte(&sample.target, at, draws);
    let form = sample.form().unwrap_or_default();
    let is_felt = match sample.scheme {
        Scheme::XCa => meaning::of(&changed.target, form) != meaning::of(&sample.target, form),
        Scheme::Apisix => true,
    };
    Tampering {
        part: "the target".to_owned(),
        sample: changed,
        is_felt,
    }
}

fn in_body(sample: &Sample, draws: &mut Draws) -> Option<Tampering> {
    let mut changed = sample.clone();
    let at = draws.below(sample.body.len().max(1));
    let byte = changed.body.get_mut(at)?;
    *byte = byte.wrapping_add(u8::try_from(1 + draws.below(255)).unwrap());
    let is_felt = sample.has_digest
        || sample.form().is_some_and(|form| {
            meaning::of(&sample.target, form) != meaning::of(&sample.target, &changed.body)
        });
    Some(Tampering {
        part: "the body".to_owned(),
        sample: changed,
        is_felt,
    })
}

/// A byte of a header's value, unless it is empty.
fn in_header(sample: &Sample, index: usize, draws: &mut Draws) -> Option<Tampering> {
    let (name, value) = &sample.headers[index];
    let places = match sample.scheme {
        Scheme::Apisix if name == "authorization" => field_values(value),
        Scheme::XCa | Scheme::Apisix => (0..value.len()).collect(),
    };
    assert!(
        value.is_empty() || !places.is_empty(),
        "nothing of the header {name} would be changed: {value}"
    );
    if places.is_empty() {
        return None;
    }
    let mut changed = sample.clone();
    changed.headers[index].1 = with_another_byte(value, draws.pick(&places), draws);
    let is_felt = match (sample.scheme, name.as_str()) {
        (_, "content-length") => false,
        (_, name) if ADDED.contains(&name) => sample.signs(name),
        // The names in the list are read in any case.
        (Scheme::XCa, "x-ca-signature-headers") => {
            !changed.headers[index].1.eq_ignore_ascii_case(value)
        }
        (Scheme::Apisix, "accept" | "content-type") => false,
        // A digest is compared with a body, if there is one.
        (Scheme::Apisix, "digest") => !sample.body.is_empty(),
        _ => true,
    };
    Some(Tampering {
        part: format!("the header {name}"),
        sample: changed,
        is_felt,
    })
}

/// Where the values within quotes stand; what is between them has no meaning.
fn field_values(header: &str) -> Vec<usize> {
    let mut is_inside = false;
    let mut places = Vec::new();
    for (at, byte) in header.bytes().enumerate() {
        match byte {
            b'"' => is_inside = !is_inside,
            _ if is_inside => places.push(at),
            _ => {}
        }
    }
    places
}

/// The text with another visible letter in one place.
fn with_another_byte(text: &str, at: usize, draws: &mut Draws) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let old = bytes[at];
    while bytes[at] == old {
        bytes[at] = b'!' + u8::try_from(draws.below(94)).unwrap();
    }
    String::from_utf8(bytes).unwrap()
}
