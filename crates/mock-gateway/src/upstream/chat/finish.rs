//! Where a text ends: at a stop text, at the limit of tokens, or where the
//! model had no more to say.

use crate::upstream::tokens::tokens;

/// Why a text ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finish {
    /// Complete, or up to a stop text.
    Stop,
    /// Cut at the limit of tokens.
    Length,
    /// Tools are called.
    ToolCalls,
    /// The tool is called that the request named.
    NamedTool,
}

impl Finish {
    /// The value of `finish_reason`. Calling the tool that the request named is
    /// a normal end.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Stop | Self::NamedTool => "stop",
            Self::Length => "length",
            Self::ToolCalls => "tool_calls",
        }
    }
}

/// A text within its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finished {
    pub(crate) tokens: Vec<String>,
    pub(crate) finish: Finish,
}

/// Ends a text before the first of the stop texts, and after `limit` tokens.
pub(crate) fn finished(text: &str, stop: &[String], limit: Option<usize>) -> Finished {
    let end = stop
        .iter()
        .filter_map(|stop| text.find(stop.as_str()))
        .min()
        .unwrap_or(text.len());
    let all = tokens(text.get(..end).unwrap_or(text));
    let kept = limit.unwrap_or(usize::MAX).min(all.len());
    Finished {
        tokens: all
            .iter()
            .take(kept)
            .map(|&token| token.to_owned())
            .collect(),
        finish: if kept < all.len() {
            Finish::Length
        } else {
            Finish::Stop
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(text: &str, stop: &[&str], limit: Option<usize>) -> (String, Finish) {
        let stop: Vec<String> = stop.iter().map(|&stop| stop.to_owned()).collect();
        let finished = finished(text, &stop, limit);
        (finished.tokens.concat(), finished.finish)
    }

    #[test]
    fn a_text_within_its_limits_is_whole() {
        assert_eq!(
            end("one two", &[], Some(2)),
            ("one two".into(), Finish::Stop)
        );
        assert_eq!(
            end("one two", &["four"], None),
            ("one two".into(), Finish::Stop)
        );
    }

    #[test]
    fn the_earliest_stop_text_ends_it_and_is_left_out() {
        assert_eq!(
            end("one two three", &["three", " two"], None),
            ("one".into(), Finish::Stop)
        );
    }

    #[test]
    fn the_limit_cuts_between_tokens() {
        assert_eq!(
            end("one two three", &[], Some(2)),
            ("one two".into(), Finish::Length)
        );
    }

    #[test]
    fn whichever_of_stop_and_limit_comes_first_names_the_reason() {
        assert_eq!(
            end("one two three", &["three"], Some(1)),
            ("one".into(), Finish::Length)
        );
        assert_eq!(
            end("one two three", &[" two"], Some(1)),
            ("one".into(), Finish::Stop)
        );
    }
}
