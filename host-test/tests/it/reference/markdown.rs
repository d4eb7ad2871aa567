//! Markdown that can be read on a terminal as well.

/// Longest line, in characters.
const WIDTH: usize = 100;

/// A table with columns of one width each. Cells hold Markdown.
pub(crate) fn table<const COLUMNS: usize>(
    head: [&str; COLUMNS],
    rows: &[[String; COLUMNS]],
) -> String {
    let mut widths = head.map(width);
    for row in rows {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = width(cell).max(*widest);
        }
    }
    let line = |cells: &[String; COLUMNS]| {
        let cells = cells.iter().zip(widths).map(|(cell, column)| {
            let padding = " ".repeat(column - width(cell));
            format!("| {cell}{padding} ")
        });
        cells.collect::<String>() + "|\n"
    };
    let rule = widths.map(|column| "-".repeat(column));
    let lines = [head.map(str::to_owned), rule];
    lines.iter().chain(rows).map(line).collect()
}

/// A paragraph of plain text, in lines of at most 100 characters.
pub(crate) fn paragraph(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in escaped(text).split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= WIDTH || opens_a_block(word) => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines.join("\n") + "\n"
}

/// Plain text in which nothing is markup by accident.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('<', "\\<")
        .replace('|', "\\|")
        .replace('*', "\\*")
}

/// What must not begin a line, since it would be a list or a heading.
fn opens_a_block(word: &str) -> bool {
    let number = word.strip_suffix(['.', ')']).unwrap_or_default();
    let is_item = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_item || word.starts_with('#') || ["-", "+", ">"].contains(&word)
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[test]
fn a_table_is_aligned() {
    let rows = [
        ["`a`".to_owned(), String::new()],
        ["b".to_owned(), "more".to_owned()],
    ];
    assert_eq!(
        table(["it", "x"], &rows),
        "| it  | x    |\n| --- | ---- |\n| `a` |      |\n| b   | more |\n"
    );
}

#[test]
fn a_paragraph_breaks_between_words_and_never_opens_a_list() {
    let text = format!("{} from 1. On", "x".repeat(94));
    assert_eq!(
        paragraph(&text),
        format!("{} from 1.\nOn\n", "x".repeat(94))
    );
    assert_eq!(paragraph("a <b> | *c*"), "a \\<b> \\| \\*c\\*\n");
}
