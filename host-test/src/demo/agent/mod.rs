//! The agent: the assistant of a shop, which recommends the current promotion for
//! New Year. An embedding model indexes its knowledge base; a chat model answers,
//! and calls tools for the time and for a search.

mod checks;
mod dialogue;
mod index;
mod knowledge;
mod search;
mod shop;
mod shop_clock;
mod toolbox;

use super::configured::Configured;
use super::models::Models;
use super::report::{Report, Verdict};
use super::verdict::{mentions, succeeds};
use crate::failure::Failure;
use checks::{came_in_pieces, check_recommendation};
use dialogue::{Dialogue, Turn};
use index::Index;
use knowledge::{Knowledge, Promotion};
use provider_host::contract::text_embedding::InputType;
use provider_host::contract::text_generation::{Message, Parameters, Request};
use provider_host::contract::types::ModelKind;
use search::Search;
use std::time::Instant;
use toolbox::Toolbox;

pub(super) use shop::{Shop, ShopArguments};

const INSTRUCTIONS: &str = "You are the assistant of a shop. Recommend the product whose current promotion fits best, with its offer and end time. Call the tools for the time and the promotions. Name no product that they do not return.";
const INTRODUCTION: &str = "Hello, my name is Mei.";
const QUESTION: &str = "Which New Year gift is on promotion now?";
const FOLLOW_UP: &str = "How long does that offer last?";

pub(super) async fn run(models: &Models, shop: &Shop, report: &mut Report) -> Result<(), Failure> {
    report.title("The agent: a shop's assistant")?;
    let chat = models.of(&ModelKind::TextGeneration)?;
    let embedding = models.of(&ModelKind::TextEmbedding)?;
    let rerank = models.of(&ModelKind::TextRerank)?;
    let Shop { knowledge, now } = shop;

    let Some(index) = indexed(knowledge, &embedding, report).await? else {
        return Ok(());
    };
    let mut toolbox = Toolbox {
        search: Search {
            knowledge,
            index: &index,
            embedding: &embedding,
            rerank: &rerank,
        },
        now: *now,
    };
    report.line(&format!("\n  The shop's clock is at {now}."))?;
    let mut dialogue = Dialogue::new(&chat, opening(&chat));

    let greeted = dialogue.say(INTRODUCTION, &toolbox, report).await?;
    report.expect(
        "the greeting contains the name",
        succeeds(&greeted, |turn| mentions(&turn.answer, "Mei")),
    )?;

    let first = dialogue.say(QUESTION, &toolbox, report).await?;
    check_recommendation(&first, &toolbox, report)?;
    report.expect(
        "its reasoning and its answer are streamed",
        succeeds(&first, came_in_pieces),
    )?;

    let best = first.as_ref().ok().and_then(Turn::best).cloned();
    if let Some(best) = &best {
        let lasts = dialogue.say(FOLLOW_UP, &toolbox, report).await?;
        report.expect(
            "the follow-up question is answered from the conversation",
            succeeds(&lasts, |turn| {
                mentions(&turn.answer, &best.until.to_string())
                    .and_then(|_| mentions(&turn.answer, &best.product))
            }),
        )?;
    }

    let later = best.map(|best| best.until);
    let Some(later) = later.or_else(|| knowledge.next_start(*now)) else {
        return Ok(());
    };
    toolbox.now = later;
    report.line(&format!("\n  Later: the shop's clock is at {later}."))?;
    let second = dialogue.say(QUESTION, &toolbox, report).await?;
    check_recommendation(&second, &toolbox, report)?;
    report.expect(
        "the same question has a different answer",
        succeeds(&second, |second| match &first {
            Ok(first) if first.answer == second.answer => Err(second.answer.clone()),
            Ok(_) | Err(_) => Ok(String::new()),
        }),
    )
}

/// Indexes the knowledge base; `None` if that failed, which is reported.
async fn indexed(
    knowledge: &Knowledge,
    embedding: &Configured,
    report: &mut Report,
) -> Result<Option<Index>, Failure> {
    let promotions = knowledge.promotions();
    report.line(&format!(
        "  The knowledge base: {} promotions, indexed with {}.",
        promotions.len(),
        embedding.name()
    ))?;
    let begun = Instant::now();
    let texts: Vec<String> = promotions.iter().map(Promotion::indexed).collect();
    let vectors = embedding.embed(texts, InputType::Document).await;
    let took = begun.elapsed().as_millis();
    let index = match vectors {
        Ok(vectors) => Index::new(vectors, promotions.len()),
        Err(error) => Err(error.to_string()),
    };
    let size = |index: &Index| {
        let vectors = index.vectors().count();
        format!(
            "{vectors} vectors of {} values in {took} ms",
            index.dimensions()
        )
    };
    let index = match index {
        Ok(index) => {
            report.check("each promotion has one vector", Ok(size(&index)))?;
            index
        }
        Err(wrong) => {
            report.check("each promotion has one vector", Err(wrong))?;
            return Ok(None);
        }
    };
    report.check(
        "the name of each product is nearest to its promotion",
        found_by_name(knowledge, &index, embedding).await,
    )?;
    Ok(Some(index))
}

/// The names are embedded in reverse order, so that vectors that are shuffled in
/// the same way in both calls do not match each other.
async fn found_by_name(knowledge: &Knowledge, index: &Index, embedding: &Configured) -> Verdict {
    let promotions = knowledge.promotions();
    let names = promotions.iter().rev().map(|one| one.product.clone());
    let names = embedding.embed(names.collect(), InputType::Query).await;
    let names = names.map_err(|error| error.to_string())?;
    let names = Index::new(names, promotions.len())?;
    let everywhere: Vec<usize> = (0..promotions.len()).collect();
    let missed: Vec<&str> = names
        .vectors()
        .zip(promotions.iter().enumerate().rev())
        .filter(|(name, (place, _))| {
            let nearest = index.nearest(name, &everywhere, 1);
            nearest.first().map(|near| near.place) != Some(*place)
        })
        .map(|(_, (_, promotion))| promotion.product.as_str())
        .collect();
    match missed.as_slice() {
        [] => Ok(String::new()),
        missed => Err(format!(
            "another promotion is nearer to {}",
            missed.join(", ")
        )),
    }
}

/// The first request of the conversation. It asks for reasoning if the form
/// says that the model supports it.
fn opening(chat: &Configured) -> Request {
    let reasons = chat
        .setting("agent_thought_support")
        .is_some_and(|support| support != "not_supported");
    Request::new([Message::system(INSTRUCTIONS)])
        .with_tools(toolbox::tools())
        .with_parameters(Parameters {
            reasoning: reasons.then_some(true),
            ..Parameters::default()
        })
}
