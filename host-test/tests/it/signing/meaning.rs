//! What a target and a form mean to the gateway: two that mean the same have
//! the same signature. A second reading of the rules, for small inputs.

/// The path as it is, and the parameters' text.
pub(crate) fn of(target: &str, form: &[u8]) -> (String, Vec<u8>) {
    let (path, query) = match target.find('?') {
        Some(at) => (&target[..at], &target[at + 1..]),
        None => (target, ""),
    };
    let mut known: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    for list in [query.as_bytes(), form] {
        let mut items: Vec<&[u8]> = list.split(|byte| *byte == b'&').collect();
        if items.last().is_some_and(|last| last.is_empty()) {
            items.pop();
        }
        for item in items {
            let (name, value) = match item.iter().position(|byte| *byte == b'=') {
                Some(at) => (decode(&item[..at]), decode(&item[at + 1..])),
                None => (item.to_vec(), Vec::new()),
            };
            if known.iter().all(|(other, _)| *other != name) {
                known.push((name, value));
            }
        }
    }
    known.sort();
    let pairs: Vec<Vec<u8>> = known
        .iter()
        .map(|(name, value)| [name.as_slice(), value.as_slice()].join(&b'='))
        .collect();
    (path.to_owned(), pairs.join(&b'&'))
}

fn decode(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'%' && at + 2 < text.len() {
            let byte = (16 * digit(text[at + 1]) + digit(text[at + 2])).rem_euclid(256);
            decoded.push(u8::try_from(byte).unwrap());
            at += 3;
        } else {
            decoded.push(text[at]);
            at += 1;
        }
    }
    decoded
}

/// Not only hexadecimal ones: the gateway takes any.
fn digit(byte: u8) -> i32 {
    match byte {
        b'0'..=b'9' => i32::from(byte) - i32::from(b'0'),
        b'a'..=b'z' => i32::from(byte) - i32::from(b'a') + 10,
        _ => i32::from(byte) - i32::from(b'A') + 10,
    }
}
