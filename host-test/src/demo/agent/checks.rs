//! Checks of a recommendation, against the knowledge base itself and not against
//! what retrieval found.

use super::dialogue::Turn;
use super::knowledge::{Knowledge, Promotion};
use super::shop_clock::ShopTime;
use super::toolbox::{CURRENT_TIME, SEARCH, Toolbox};
use crate::demo::report::{Report, Verdict};
use crate::demo::verdict::{mentions, succeeds};
use crate::failure::Failure;
use provider_host::error::CallError;

/// Checks the answer to a question about promotions.
pub(super) fn check_recommendation(
    said: &Result<Turn, CallError>,
    toolbox: &Toolbox<'_>,
    report: &mut Report,
) -> Result<(), Failure> {
    let Toolbox { search, now } = toolbox;
    let knowledge = search.knowledge;
    report.expect(
        "it called current_time first, and searched with that time",
        succeeds(said, |turn| searched_in_order(turn, *now)),
    )?;
    let fitting = fitting(knowledge, *now);
    report.check(
        "the top result is valid now and fits New Year",
        succeeds(said, |turn| match (turn.best(), fitting.as_slice()) {
            (None, []) => Ok("no promotion is".to_owned()),
            (Some(best), fitting) if fitting.contains(&best) => Ok(best.product.clone()),
            (best, fitting) => Err(format!(
                "found {}, expected one of: {}",
                best.map_or("nothing", |best| &best.product),
                names(fitting)
            )),
        }),
    )?;
    report.expect(
        "the answer contains product, offer and end time",
        succeeds(said, |turn| match turn.best() {
            None => Ok(String::new()),
            Some(best) => mentions(&turn.answer, &best.product)
                .and_then(|_| mentions(&turn.answer, &best.offer))
                .and_then(|_| mentions(&turn.answer, &best.until.to_string())),
        }),
    )?;
    report.check(
        "it names no promotion that is not valid now",
        succeeds(said, |turn| {
            let promotions = knowledge.promotions().iter();
            let wrong: Vec<&Promotion> = promotions
                .filter(|one| !one.is_valid_at(*now) && turn.answer.contains(&one.product))
                .collect();
            match wrong.as_slice() {
                [] => Ok(String::new()),
                wrong => Err(names(wrong)),
            }
        }),
    )
}

/// The correct recommendations: the valid promotions for New Year or without an
/// occasion; if there are none, all valid promotions.
fn fitting(knowledge: &Knowledge, now: ShopTime) -> Vec<&Promotion> {
    let valid = || {
        let promotions = knowledge.promotions().iter();
        promotions.filter(|one| one.is_valid_at(now))
    };
    let for_new_year: Vec<&Promotion> = valid()
        .filter(|one| match one.occasion.as_deref() {
            Some(occasion) => occasion.eq_ignore_ascii_case("New Year"),
            None => true,
        })
        .collect();
    if for_new_year.is_empty() {
        valid().collect()
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
        Err(format!("it called {called:?}, and searched with {at}"))
    }
}

/// Passes if reasoning was received and the answer arrived in pieces.
pub(super) fn came_in_pieces(turn: &Turn) -> Verdict {
    let seen = format!("{} pieces", turn.pieces);
    if turn.pieces > 1 && !turn.reasoning.is_empty() {
        Ok(seen)
    } else if turn.reasoning.is_empty() {
        Err(format!("{seen}, no reasoning"))
    } else {
        Err(seen)
    }
}

fn names(promotions: &[&Promotion]) -> String {
    let names: Vec<&str> = promotions.iter().map(|one| one.product.as_str()).collect();
    names.join(", ")
}
