//! The worked example of the documentation, run.

#[path = "../examples/embed.rs"]
#[allow(dead_code, reason = "an example has a main of its own")]
mod embed;

#[tokio::test]
async fn the_example_answers_both_tenants_and_tells_what_they_used() {
    let mut out = Vec::new();
    embed::tour(&mut out).await.unwrap();
    let out = String::from_utf8(out).unwrap();
    let lines: Vec<_> = out.lines().collect();
    assert_eq!(lines.len(), 4, "{out}");
    for (answer, name) in [(0, "team-a"), (2, "team-b")] {
        assert!(lines[answer].contains("1, 2, 3, 4, 5"), "{out}");
        assert!(
            lines[answer + 1].starts_with(&format!("{name}: TenantUsage")),
            "{out}"
        );
        assert!(lines[answer + 1].contains("calls: 1"), "{out}");
    }
}

#[test]
fn the_example_is_short() {
    let lines = include_str!("../examples/embed.rs").lines().count();
    assert!(lines < 60, "{lines} lines");
}
