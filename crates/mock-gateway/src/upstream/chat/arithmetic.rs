//! Arithmetic in a message: two integers with an operator between them.

/// The first sum in a text with its result, like `12 + 30 = 42`.
pub(crate) fn first_sum(text: &str) -> Option<String> {
    text.char_indices()
        .filter(|(_, character)| character.is_ascii_digit())
        .find_map(|(start, _)| {
            let starts_a_number = !text
                .get(..start)?
                .ends_with(|before: char| before.is_ascii_digit());
            starts_a_number
                .then(|| sum_at(text.get(start..)?))
                .flatten()
        })
}

fn sum_at(text: &str) -> Option<String> {
    let (left, rest) = number(text)?;
    let mut characters = rest.trim_start().chars();
    let sign = characters.next()?;
    let after = characters.as_str();
    let spaced = rest.starts_with(' ') && after.starts_with(' ');
    if matches!(sign, '-' | '/') && !spaced {
        // A date, a range or a path rather than a sum.
        return None;
    }
    let (right, _) = number(after.trim_start())?;
    result(left, sign, right).map(|result| format!("{left} {sign} {right} = {result}"))
}

fn number(text: &str) -> Option<(i64, &str)> {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    digits.parse().ok().map(|number| (number, rest))
}

fn result(left: i64, sign: char, right: i64) -> Option<String> {
    let whole = match sign {
        '+' | '＋' => left.checked_add(right)?,
        '-' | '−' => left.checked_sub(right)?,
        '*' | '×' => left.checked_mul(right)?,
        '/' | '÷' => return quotient(left, right),
        _ => return None,
    };
    Some(whole.to_string())
}

fn quotient(left: i64, right: i64) -> Option<String> {
    let quotient = left.checked_div(right)?;
    match left.checked_rem(right)? {
        0 => Some(quotient.to_string()),
        rest => Some(format!("{quotient} ({rest}/{right})")),
    }
}

#[cfg(test)]
mod tests {
    use super::first_sum;

    #[test]
    fn the_four_kinds_of_sums_are_done() {
        assert_eq!(
            first_sum("What is 12 + 30?").as_deref(),
            Some("12 + 30 = 42")
        );
        assert_eq!(first_sum("3−10").as_deref(), Some("3 − 10 = -7"));
        assert_eq!(first_sum("room 5: 6*7").as_deref(), Some("6 * 7 = 42"));
        assert_eq!(first_sum("7 / 2").as_deref(), Some("7 / 2 = 3 (1/2)"));
    }

    #[test]
    fn what_has_no_result_is_no_sum() {
        for text in [
            "",
            "12",
            "12 +",
            "1 / 0",
            "2026-01-02",
            "24/7",
            "9223372036854775807 + 1",
            "99999999999999999999 + 1",
        ] {
            assert_eq!(first_sum(text), None, "{text}");
        }
    }
}
