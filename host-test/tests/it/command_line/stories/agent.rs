//! The agent's answers follow its clock and its knowledge base.

use super::told;
use serde_json::json;
use std::io::Write as _;
use tempfile::NamedTempFile;

/// The answer to the first question for a promotion.
fn recommendation(arguments: &[&str]) -> String {
    let ended = told("agent", arguments);
    ended.assert_passed();
    // The first answer greets.
    ended.answers()[1].to_owned()
}

fn promotion(product: &str, from: &str, until: &str) -> NamedTempFile {
    let promotions = json!([{
        "product": product,
        "offer": "a third off",
        "from": format!("2027-01-01 {from}"),
        "until": format!("2027-01-01 {until}"),
        "text": "The New Year gift that is on promotion now.",
        "occasion": "New Year",
    }]);
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(promotions.to_string().as_bytes()).unwrap();
    file
}

#[test]
fn at_another_time_it_recommends_another_product() {
    for (at, expected) in [
        (
            "2027-01-01T10:00",
            "I recommend the Red Lantern Tea Set: 30 % off, until 2027-01-01 12:00.",
        ),
        (
            "2027-01-01T13:59",
            "I recommend the Golden Firework Chocolates: two boxes for one, until 2027-01-01 14:00.",
        ),
        (
            "2027-01-01T17:30",
            "I recommend the Midnight Toast Glasses: a free bottle with each pair, until 2027-01-01 18:00.",
        ),
        (
            "2027-01-01T03:00",
            "I know of no promotion that I could recommend at 2027-01-01 03:00.",
        ),
    ] {
        assert_eq!(recommendation(&["--at", at]), expected);
    }
}

#[test]
fn a_better_promotion_that_is_added_is_recommended_while_it_is_in_force() {
    let added = promotion("Jade Rabbit Box", "12:30", "13:40");
    let path = added.path().to_str().unwrap();
    let at = |at| recommendation(&["--add-knowledge", path, "--at", at]);
    assert_eq!(
        at("2027-01-01T13:30"),
        "I recommend the Jade Rabbit Box: a third off, until 2027-01-01 13:40."
    );
    for other in ["2027-01-01T12:15", "2027-01-01T13:40"] {
        let answer = at(other);
        assert!(answer.contains("Golden Firework Chocolates"), "{answer}");
    }
}

#[test]
fn a_promotion_whose_occasion_is_not_told_may_be_recommended() {
    let promotions = json!([{
        "product": "Jade Dragon Teapot",
        "offer": "40 % off",
        "from": "2027-01-01 13:00",
        "until": "2027-01-01 15:00",
        "text": "The New Year gift that is on promotion now.",
    }]);
    let mut added = NamedTempFile::new().unwrap();
    added.write_all(promotions.to_string().as_bytes()).unwrap();
    let path = added.path().to_str().unwrap();
    let answer = recommendation(&["--add-knowledge", path]);
    assert!(answer.contains("Jade Dragon Teapot"), "{answer}");
}

#[test]
fn a_replaced_knowledge_base_is_the_only_one() {
    let only = promotion("Jade Rabbit Box", "12:00", "14:00");
    let path = only.path().to_str().unwrap();
    let ended = told("agent", &["--knowledge", path]);
    ended.assert_passed();
    assert!(
        ended.stdout.contains("knowledge base: 1 promotions"),
        "{ended:#?}"
    );
    assert!(!ended.stdout.contains("Golden Firework"), "{ended:#?}");
    let last = ended.answers().pop().unwrap();
    assert!(last.starts_with("I know of no promotion"), "{ended:#?}");
}

#[test]
fn thought_tool_calls_and_the_table_of_what_was_found_are_seen_in_a_pipe() {
    let ended = told("agent", &[]);
    for seen in [
        "  thinks The person says",
        "  calls  current_time({})",
        "  tool   {\"time\":\"2027-01-01 13:30\"}",
        "\"at\":\"2027-01-01 13:30\"})",
        "cosine   score",
    ] {
        assert!(ended.stdout.contains(seen), "{seen}: {}", ended.stdout);
    }
    assert!(!ended.stdout.contains('\x1b'), "{}", ended.stdout);
}
