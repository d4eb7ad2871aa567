//! The worked examples of the documentation, run; and what needs the built
//! component besides.

#[path = "../examples/embed.rs"]
#[allow(dead_code, reason = "an example has a main of its own")]
mod embed;
#[path = "../examples/own_store.rs"]
#[allow(dead_code, reason = "an example has a main of its own")]
mod own_store;

#[tokio::test]
async fn the_example_streams_to_both_tenants_and_prints_what_they_used() {
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

#[tokio::test]
async fn a_host_calls_the_component_in_a_store_of_its_own() {
    let mut out = Vec::new();
    own_store::tour(&mut out).await.unwrap();
    let out = String::from_utf8(out).unwrap();
    assert!(out.starts_with("higress: "), "{out}");
    assert!(out.contains("1, 2, 3, 4, 5"), "{out}");
}

#[test]
fn the_example_is_short() {
    let lines = include_str!("../examples/embed.rs").lines().count();
    assert!(lines < 60, "{lines} lines");
}
