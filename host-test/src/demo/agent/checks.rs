//! Whether an answer is right: judged against the knowledge base itself, not
//! against what retrieval made of it.

use super::dialogue::Turn;
use super::knowledge::{Knowledge, Promotion};
use super::shop_clock::ShopTime;
use super::toolbox::{CURRENT_TIME, SEARCH, Toolbox};
use crate::demo::report::{Report, Verdict};
use crate::demo::verdict::{goes_through, mentions};
use crate::failure::Failure;
use provider_host::error::CallError;

/// Checks what was said to a question for promotions.
pub(super) fn check_recommendation(
    said: &Result<Turn, CallError>,
    toolbox: &Toolbox<'_>,
    report: &mut Report,
) -> Result<(), Failure> {
    let Toolbox { search, now } = toolbox;
    let knowledge = search.knowledge;
    report.expect(
        "it asked for the time first, and searched with it",
        goes_through(said, |turn| searched_in_order(turn, *now)),
    )?;
    let fitting = fitting(knowledge, *now);
    report.check(
        "the best that was found is in force, and for New Year",
        goes_through(said, |turn| match (turn.best(), fitting.as_slice()) {
            (None, []) => Ok("nothing is".to_owned()),
            (Some(best), fitting) if fitting.contains(&best) => Ok(best.product.clone()),
            (best, fitting) => Err(format!(
                "found was {}, and right were {}",
                best.map_or("nothing", |best| &best.product),
                names(fitting)
            )),
        }),
    )?;
    report.expect(
        "the answer names it, what is special, and until when",
        goes_through(said, |turn| match turn.best() {
            None => Ok(String::new()),
            Some(best) => mentions(&turn.answer, &best.product)
                .and_then(|_| mentions(&turn.answer, &best.offer))
                .and_then(|_| mentions(&turn.answer, &best.until.to_string())),
        }),
    )?;
    report.check(
        "it names nothing that is not in force",
        goes_through(said, |turn| {
            let promotions = knowledge.promotions().iter();
            let wrong: Vec<&Promotion> = promotions
                .filter(|one| !one.holds_at(*now) && turn.answer.contains(&one.product))
                .collect();
            match wrong.as_slice() {
                [] => Ok(String::new()),
                wrong => Err(names(wrong)),
            }
        }),
    )
}

/// What could rightly be recommended: what is in force for New Year, or for an
/// occasion that the knowledge base does not tell; where there is none of
/// these, whatever is in force.
fn fitting(knowledge: &Knowledge, now: ShopTime) -> Vec<&Promotion> {
    let in_force = || {
        let promotions = knowledge.promotions().iter();
        promotions.filter(|one| one.holds_at(now))
    };
    let for_new_year: Vec<&Promotion> = in_force()
        .filter(|one| match one.occasion.as_deref() {
            Some(occasion) => occasion.eq_ignore_ascii_case("New Year"),
            None => true,
        })
        .collect();
    if for_new_year.is_empty() {
        in_force().collect()
    } else {
        for_new_year
    }
}

fn searched_in_order(turn: &Turn, now: ShopTime) -> Verdict {
    let called = turn.called.join(", ");
    let at = turn.searched.as_ref().map(|searched| searched.at);
    if turn.called == [CURRENT_TIME, SEARCH] && at == Some(now) {
        Ok(called)
    } else {
        let at = at.map_or_else(|| "no time".to_owned(), |at| at.to_string());
        Err(format!("it called {called:?}, and searched for {at}"))
    }
}

/// Holds if the model was heard to think, and its answer came bit by bit.
pub(super) fn came_in_pieces(turn: &Turn) -> Verdict {
    let seen = format!("{} pieces", turn.pieces);
    if turn.pieces > 1 && !turn.thought.is_empty() {
        Ok(seen)
    } else if turn.thought.is_empty() {
        Err(format!("{seen}, and no thought"))
    } else {
        Err(seen)
    }
}

fn names(promotions: &[&Promotion]) -> String {
    let names: Vec<&str> = promotions.iter().map(|one| one.product.as_str()).collect();
    names.join(", ")
}
