//! What the built component costs, in units of fuel.
//!
//! `cargo bench -p higress-host --bench fuel` calls the component with responses
//! of two lengths, one ten times the other, and prints what each further piece
//! costs. `cargo bench --bench linear` and `--bench embedding` measure the core
//! natively, beside `serde_json`. `cargo test --test it -- budget::` holds the component
//! to the figures of `host-test/budget.tsv`.

use testing::meter::{Cost, Form, Meter, Result, SIGNED};

/// Prints a row: the cost of `pieces` and of ten times as many.
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn row(name: &str, pieces: usize, few: &Cost, many: &Cost) {
    let ratio = many.fuel as f64 / few.fuel as f64;
    let each = (many.fuel - few.fuel) as f64 / (9 * pieces) as f64;
    let memory = many.memory as f64 / many.response as f64;
    println!(
        "{name:<30} {:>13} {:>14} {ratio:>7.2} {each:>11.1} {:>8} KiB {memory:>7.2}",
        few.fuel,
        many.fuel,
        many.memory >> 10
    );
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let meter = Meter::new()?;
    println!(
        "{:<30} {:>13} {:>14} {:>7} {:>11} {:>12} {:>7}",
        "fuel", "n", "10 n", "ratio", "a piece", "memory", "/ response"
    );
    for (name, piece) in [
        ("1,000 events in 1 KiB pieces", 1 << 10),
        ("1,000 events in 16 KiB pieces", 16 << 10),
        ("1,000 events byte by byte", 1),
    ] {
        let few = meter.stream(1_000, piece).await?;
        row(name, 1_000, &few, &meter.stream(10_000, piece).await?);
    }
    for (name, texts, dimensions, form) in [
        ("64 x 1,024 numbers", 64, 1024, Form::Numbers),
        ("64 x 1,024 in base64", 64, 1024, Form::Base64),
        ("200 x 64 numbers", 200, 64, Form::Numbers),
    ] {
        let few = meter.embed(texts, dimensions, form).await?;
        let many = meter.embed(10 * texts, dimensions, form).await?;
        row(name, texts * dimensions, &few, &many);
    }
    let whole = meter.whole(&[]).await?.fuel;
    println!("{:<30} {whole:>13}", "an answer, whole");
    let signed = meter.whole(&SIGNED).await?.fuel;
    println!("{:<30} {:>13}", "a signature", signed - whole);
    let few = meter.rerank(100).await?;
    row("100 documents", 100, &few, &meter.rerank(1_000).await?);
    Ok(())
}
