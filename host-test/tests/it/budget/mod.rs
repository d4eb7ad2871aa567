//! The built component costs what `budget.tsv` says, within 2 %: in units of
//! fuel, which are the same on every machine and at every load, in instructions
//! of its machine code, where valgrind is installed, and in bytes.
//! `BLESS=1 cargo test -p higress-host --test it -- budget::` writes the figures anew,
//! for review: a better one is kept too, so that it is not lost again.
//!
//! The compiler decides on a part of the cost. Where the component was built
//! with another one than the figures were, they are held to a quarter.

mod instructions;
mod run;

use instructions::Counter;
use run::Run;
use std::fmt::Write as _;
use testing::meter::Meter;
use testing::{component, root};

const TABLE: &str = include_str!("../../../budget.tsv");

/// What stands before the name of the compiler, in the table.
const BUILT_WITH: &str = "# built with ";

/// What has a budget of its own.
struct Piece {
    name: &'static str,
    /// A run that has some of it.
    with: Run,
    /// One that has less of it and is alike otherwise; the process's start is
    /// in no run.
    without: Option<Run>,
    /// How much of it is the difference: numerator and denominator.
    share: (u64, u64),
}

const PIECES: [Piece; 6] = [
    Piece {
        name: "a streamed event of 245 bytes",
        with: Run::Stream(300),
        without: Some(Run::Stream(100)),
        share: (1, 200),
    },
    Piece {
        name: "a whole answer",
        with: Run::Whole,
        without: None,
        share: (1, 1),
    },
    Piece {
        name: "a signature",
        with: Run::Signed,
        without: Some(Run::Whole),
        share: (1, 1),
    },
    Piece {
        name: "1,000 values as numbers",
        with: Run::Numbers(8),
        without: Some(Run::Numbers(4)),
        share: (1_000, 4 * 1_024),
    },
    Piece {
        name: "1,000 values in base64",
        with: Run::Base64(8),
        without: Some(Run::Base64(4)),
        share: (1_000, 4 * 1_024),
    },
    Piece {
        name: "1,000 messages of a conversation",
        with: Run::History(501),
        without: Some(Run::History(1)),
        share: (2, 1),
    },
];

impl Piece {
    /// Its part of what both runs took.
    fn of(&self, with: u64, without: u64) -> u64 {
        (with - without) * self.share.0 / self.share.1
    }
}

/// The compiler of the component, as `make component` wrote it down.
fn compiler() -> String {
    let found = std::fs::read_to_string(root().join("target/guest.env")).unwrap_or_default();
    let name = found.split('"').nth(1);
    name.unwrap_or("an unknown compiler").to_owned()
}

/// Names and figures, in the order of the table. What cannot be counted here is
/// left out.
async fn measured() -> Vec<(String, u64)> {
    let meter = Meter::new().unwrap();
    let mut figures = Vec::new();
    for piece in &PIECES {
        let with = piece.with.on(&meter).await;
        let without = match piece.without {
            Some(run) => run.on(&meter).await,
            None => 0,
        };
        figures.push((format!("fuel of {}", piece.name), piece.of(with, without)));
    }
    match Counter::new() {
        Ok(counter) => figures.extend(instructions(&counter)),
        Err(reason) => eprintln!("instructions are not counted: {reason}"),
    }
    let component = std::fs::metadata(component()).unwrap();
    figures.push(("bytes of the component".to_owned(), component.len()));
    figures
}

/// Each piece's instructions, of which those of two are counted at a time.
fn instructions(counter: &Counter) -> Vec<(String, u64)> {
    let figure = |piece: &Piece| {
        let without = piece.without.map_or(0, |run| counter.count(run));
        let each = piece.of(counter.count(piece.with), without);
        (format!("instructions of {}", piece.name), each)
    };
    let (some, others) = PIECES.split_at(PIECES.len() / 2);
    std::thread::scope(|scope| {
        let some = scope.spawn(|| some.iter().map(figure).collect::<Vec<_>>());
        let others: Vec<_> = others.iter().map(figure).collect();
        let mut figures = some.join().unwrap();
        figures.extend(others);
        figures
    })
}

/// The table of the figures; of what was not counted, the committed lines.
fn table(figures: &[(String, u64)]) -> String {
    let mut table = format!("{BUILT_WITH}{}\n", compiler());
    for (what, figure) in figures {
        let _ = writeln!(table, "{what}\t{figure}");
    }
    for line in TABLE
        .lines()
        .filter(|line| line.starts_with("instructions"))
    {
        let what = line.split('\t').next().unwrap_or_default();
        if !figures.iter().any(|(measured, _)| measured == what) {
            let _ = writeln!(table, "{line}");
        }
    }
    table
}

/// The committed figure.
fn budget(what: &str) -> Option<u64> {
    let mut lines = TABLE.lines();
    let line = lines.find_map(|line| line.strip_prefix(what)?.strip_prefix('\t'));
    line?.parse().ok()
}

#[tokio::test]
async fn the_component_costs_what_was_committed() {
    let figures = measured().await;
    if std::env::var_os("BLESS").is_some() {
        let path = root().join("host-test/budget.tsv");
        std::fs::write(path, table(&figures)).unwrap();
        return;
    }
    let same_compiler = TABLE.starts_with(&format!("{BUILT_WITH}{}\n", compiler()));
    let tolerance = if same_compiler { 2 } else { 25 };
    let mut off = String::new();
    for (what, figure) in figures {
        let budget = budget(&what).unwrap_or_default();
        let spread = budget * tolerance / 100;
        if figure.abs_diff(budget) > spread {
            let _ = writeln!(off, "{what}: {figure}, and {budget} was committed");
        }
    }
    assert!(
        off.is_empty(),
        "off by more than {tolerance} %:\n{off}write them anew with `BLESS=1 cargo test -p higress-host --test it -- budget::`, if that is meant"
    );
}
