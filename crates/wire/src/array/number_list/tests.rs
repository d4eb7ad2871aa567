use proptest::prelude::*;

use super::*;

/// Both readers' numbers, as bits.
fn read_by_both(json: &[u8]) -> [Option<Vec<u32>>; 2] {
    let mut values = Vec::new();
    let ours = json.trim_ascii_start().strip_prefix(b"[");
    let ours = ours.and_then(|inner| read(inner, &mut values));
    let ours = ours.filter(|behind| skip_whitespace(behind).is_empty());
    let ours = ours.map(|_| values);
    let theirs: Option<Vec<f32>> = serde_json::from_slice(json).ok();
    [ours, theirs].map(|values| Some(values?.into_iter().map(f32::to_bits).collect()))
}

fn assert_same(json: &[u8]) {
    let [ours, theirs] = read_by_both(json);
    assert_eq!(ours, theirs, "{}", String::from_utf8_lossy(json));
}

#[test]
fn numbers_are_what_serde_json_reads() {
    for json in [
        "[]",
        "[ ]",
        "[0,-0,0.0,-0.0,1,-1,10,1.5]",
        " [ 1 , 2.25\n,\t-3\r] ",
        "[16777216,16777217,16777219,33554431]",
        "[16777217.00000000000000000000000000000001]",
        "[0.00000000000000000000000000000000000000012345]",
        "[1e-45,1e-46,1.4e-45,7e-46,1.1754943508222875e-38,1.17549429e-38]",
        "[3.4028234663852886e38,340282346638528859811704183484516925440]",
        "[3.4028235677973366e38]",
        "[1e39]",
        "[18446744073709551615,18446744073709551616,9223372036854775807]",
        "[99999999999999999999999999999999999]",
        "[0.1e1,1E+2,1e-2,123456789e-20]",
        "[12345678,123456789,1234567.8,0.12345678,0.123456789]",
    ] {
        assert_same(json.as_bytes());
    }
}

#[test]
fn what_is_no_array_of_numbers_is_refused() {
    for json in [
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[01]",
        "[-]",
        "[+1]",
        "[.5]",
        "[1.]",
        "[1.e2]",
        "[1e]",
        "[1e+]",
        "[--1]",
        "[1,null]",
        "[\"1\"]",
        "[NaN]",
        "[1]]",
        "[1]x",
        "[00]",
        "[1\u{c}]",
        "[1\u{a0}]",
        "[0x1]",
        "[1_0]",
        "[[1]]",
        "[12345678/]",
        "[1:]",
    ] {
        assert_eq!(read_by_both(json.as_bytes()), [None, None], "{json}");
    }
}

/// A number as servers write it, and other ones.
fn any_number() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<f32>().prop_map(|value| value.to_string()),
        any::<f32>().prop_map(|value| f64::from(value).to_string()),
        any::<f64>().prop_map(|value| format!("{value:e}")),
        (-1.0..1.0_f64).prop_map(|value| value.to_string()),
        (-1.0..1.0_f32).prop_map(|value| f64::from(value).to_string()),
        // The middle between two `f32`, and next to it.
        (1_u32..0x7f00_0000, -2..=2_i64).prop_map(|(bits, off)| {
            let middle = f64::from(f32::from_bits(bits)).to_bits() + (1 << 28);
            let value = f64::from_bits(middle.saturating_add_signed(off));
            value.to_string()
        }),
        r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,2})?",
        r"[-+.eE0-9]{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_array_is_what_serde_json_reads(
        numbers in prop::collection::vec((any_number(), r"[ \t\r\n]{0,2},[ \t\r\n]{0,2}"), 0..12),
        end in r"[ \t\r\n]{0,2}",
    ) {
        let mut json = "[".to_owned();
        for (at, (number, comma)) in numbers.iter().enumerate() {
            json.push_str(if at == 0 { "" } else { comma });
            json.push_str(number);
        }
        json.push_str(&end);
        json.push(']');
        let [ours, theirs] = read_by_both(json.as_bytes());
        prop_assert_eq!(ours, theirs, "{}", json);
    }

    #[test]
    fn a_damaged_array_is_what_serde_json_makes_of_it(
        numbers in prop::collection::vec(-2.0..2.0_f64, 1..6),
        at: prop::sample::Index,
        byte in prop_oneof![Just(b','), Just(b'e'), Just(b'.'), Just(b'0'), any::<u8>()],
    ) {
        let mut json = serde_json::to_vec(&numbers).unwrap();
        let at = at.index(json.len());
        json[at] = byte;
        let [ours, theirs] = read_by_both(&json);
        prop_assert_eq!(ours, theirs, "{}", String::from_utf8_lossy(&json));
    }

    #[test]
    fn eight_bytes_are_digits_up_to_the_first_other_one(
        bytes in prop::array::uniform8(prop_oneof![9 => b'0'..=b'9', 1 => any::<u8>()])
    ) {
        let (number, behind) = take_fraction(0, &bytes).unwrap();
        let count = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
        prop_assert_eq!(behind.len(), 8 - count);
        let expected = str::from_utf8(&bytes[..count]).unwrap().parse().unwrap_or(0);
        prop_assert_eq!(number, expected);
    }
}
