//! Renders an image as Markdown with a template.

const TEMPLATE: &str = "![{{ description }}]({{ url }})";

/// Markdown that shows the image at a URL.
pub(super) fn markdown(description: &str, url: &str) -> String {
    // The URL last: a description may contain a placeholder.
    let (before, after) = TEMPLATE
        .split_once("{{ description }}")
        .unwrap_or((TEMPLATE, ""));
    let after = after.replace("{{ url }}", &destination(url));
    format!("{before}{}{after}", escaped(description))
}

/// The text with Markdown characters escaped.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '\\' | '[' | ']' | '<' | '>' | '`' | '*' | '_' | '!' => {
                escaped.extend(['\\', character]);
            }
            '\n' | '\r' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The URL with characters encoded that would end the link.
fn destination(url: &str) -> String {
    let mut destination = String::new();
    for character in url.chars() {
        match character {
            '(' => destination.push_str("%28"),
            ')' => destination.push_str("%29"),
            '<' => destination.push_str("%3C"),
            '>' => destination.push_str("%3E"),
            ' ' => destination.push_str("%20"),
            other => destination.push(other),
        }
    }
    destination
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn an_image_is_shown_under_its_description() {
        assert_eq!(
            markdown("A cat", "http://x/a.png?Expires=1"),
            "![A cat](http://x/a.png?Expires=1)"
        );
    }

    #[test]
    fn neither_text_nor_url_can_end_the_link() {
        assert_eq!(
            markdown("a](http://evil) [b\n{{ url }}", "http://x/a (1).png"),
            "![a\\](http://evil) \\[b {{ url }}](http://x/a%20%281%29.png)"
        );
    }
}
