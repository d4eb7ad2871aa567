//! The built component costs what `budget.tsv` says, within 2 %: in units of
//! fuel, which are the same on every machine and at every load, and in bytes.
//! `BLESS=1 cargo test -p higress-host --test it -- budget::` writes the figures anew,
//! for review: a better one is kept too, so that it is not lost again.
//!
//! The compiler decides on a part of the cost. Where the component was built
//! with another one than the figures were, they are held to a quarter.

use std::fmt::Write as _;
use testing::meter::{Form, Meter, SIGNED};
use testing::{component, root};

const TABLE: &str = include_str!("../../budget.tsv");

/// What stands before the name of the compiler, in the table.
const BUILT_WITH: &str = "# built with ";

/// The compiler of the component, as `make component` wrote it down.
fn compiler() -> String {
    let found = std::fs::read_to_string(root().join("target/guest.env")).unwrap_or_default();
    let name = found.split('"').nth(1);
    name.unwrap_or("an unknown compiler").to_owned()
}

async fn measured() -> Vec<(&'static str, u64)> {
    let meter = Meter::new().unwrap();
    let stream = |events| meter.stream(events, 1 << 10);
    let embed = |texts, form| meter.embed(texts, 1_024, form);
    let (few, many) = (stream(100).await.unwrap(), stream(1_100).await.unwrap());
    let event = (many.fuel - few.fuel) / 1_000;
    let numbers =
        embed(20, Form::Numbers).await.unwrap().fuel - embed(10, Form::Numbers).await.unwrap().fuel;
    let base64 =
        embed(20, Form::Base64).await.unwrap().fuel - embed(10, Form::Base64).await.unwrap().fuel;
    let whole = meter.whole(&[]).await.unwrap().fuel;
    let signed = meter.whole(&SIGNED).await.unwrap().fuel;
    let component = std::fs::metadata(component()).unwrap();
    vec![
        ("fuel of a streamed event of 245 bytes", event),
        ("fuel of a whole answer", whole),
        ("fuel of a signature", signed - whole),
        ("fuel of 1,000 values as numbers", numbers * 1_000 / 10_240),
        ("fuel of 1,000 values in base64", base64 * 1_000 / 10_240),
        ("bytes of the component", component.len()),
    ]
}

fn table(figures: &[(&str, u64)]) -> String {
    let mut table = format!("{BUILT_WITH}{}\n", compiler());
    for (what, figure) in figures {
        let _ = writeln!(table, "{what}\t{figure}");
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
        let budget = budget(what).unwrap_or_default();
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
