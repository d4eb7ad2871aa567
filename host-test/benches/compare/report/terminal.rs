//! The table on the terminal.

use super::Section;

pub(crate) fn print(section: &Section) {
    println!("\n{}", section.title);
    let width = |column: usize| {
        let cells = section.rows.iter().filter_map(|row| row.cells.get(column));
        let title = section.columns.get(column).map_or(0, |title| length(title));
        cells
            .map(|cell| length(&cell.to_string()))
            .max()
            .unwrap_or(0)
            .max(title)
            + 2
    };
    let widths: Vec<usize> = (0..section.columns.len()).map(width).collect();
    let titles: Vec<String> = section.columns.iter().map(ToString::to_string).collect();
    let label = section.rows.iter().map(|row| length(&row.label));
    let label = label.max().unwrap_or(0);
    line(label, "", &titles, &widths, "");
    for row in &section.rows {
        let goals = row.goals.iter();
        let mut goals = goals.map(|goal| format!("{} {}: {}", goal.aim, goal.verdict(), goal.got));
        let cells: Vec<String> = row.cells.iter().map(ToString::to_string).collect();
        line(
            label,
            &row.label,
            &cells,
            &widths,
            &goals.next().unwrap_or_default(),
        );
        for goal in goals {
            line(
                label,
                "",
                &vec![String::new(); widths.len()],
                &widths,
                &goal,
            );
        }
    }
}

/// The sum of it: how many goals are met.
pub(crate) fn summary(sections: &[Section]) {
    let rows = sections.iter().flat_map(|section| &section.rows);
    let goals: Vec<_> = rows.flat_map(|row| &row.goals).collect();
    let met = goals.iter().filter(|goal| goal.met).count();
    println!("\n{met} of {} goals met", goals.len());
}

fn line(of_label: usize, label: &str, cells: &[String], widths: &[usize], goal: &str) {
    let mut line = label.to_owned();
    let mut whole = of_label;
    for (cell, width) in cells.iter().zip(widths) {
        whole += width;
        let missing = whole.saturating_sub(length(&line) + length(cell));
        line.push_str(&" ".repeat(missing));
        line.push_str(cell);
    }
    println!("{}", format!("{line}  {goal}").trim_end());
}

fn length(text: &str) -> usize {
    text.chars().count()
}
