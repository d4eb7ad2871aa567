//! The agent: a customer-service assistant of a shop that recommends what is
//! promoted for New Year now. Its knowledge base is indexed by an embedding
//! model; a chat model answers, and calls tools for the time and for a search.

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
use super::verdict::{goes_through, mentions};
use crate::failure::Failure;
use checks::{came_in_pieces, check_recommendation};
use dialogue::{Dialogue, Turn};
use higress_host::json::text_generation::read_request;
use index::Index;
use knowledge::{Knowledge, Promotion};
use provider_host::contract::text_embedding::InputType;
use provider_host::contract::text_generation::Request;
use provider_host::contract::types::ModelKind;
use search::Search;
use serde_json::json;
use std::time::Instant;
use toolbox::Toolbox;

pub(super) use shop::{Shop, ShopArguments};

const INSTRUCTIONS: &str = "You are the assistant of a shop. Recommend the product that is on promotion now and fits best; say what is special and until when. Ask the tools for the time and for promotions, and say nothing of products that they do not name.";
const INTRODUCTION: &str = "Hello, my name is Mei.";
const QUESTION: &str = "Which New Year gift is on promotion now?";
const FOLLOW_UP: &str = "How long does that offer last?";

pub(super) async fn run(models: &Models, shop: &Shop, report: &mut Report) -> Result<(), Failure> {
    report.title("The agent: a shop's assistant")?;
    let chat = models.of(ModelKind::TextGeneration)?;
    let embedding = models.of(ModelKind::TextEmbedding)?;
    let rerank = models.of(ModelKind::TextRerank)?;
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
    report.line(&format!("\n  The shop's clock shows {now}."))?;
    let mut dialogue = Dialogue::new(&chat, opening(&chat)?);

    let greeted = dialogue.say(INTRODUCTION, &toolbox, report).await?;
    report.expect(
        "it greets by name",
        goes_through(&greeted, |turn| mentions(&turn.answer, "Mei")),
    )?;

    let first = dialogue.say(QUESTION, &toolbox, report).await?;
    check_recommendation(&first, &toolbox, report)?;
    report.expect(
        "it was heard to think, and to answer piece by piece",
        goes_through(&first, came_in_pieces),
    )?;

    let best = first.as_ref().ok().and_then(Turn::best).cloned();
    if let Some(best) = &best {
        let lasts = dialogue.say(FOLLOW_UP, &toolbox, report).await?;
        report.expect(
            "a question about what was said before is understood",
            goes_through(&lasts, |turn| {
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
    report.line(&format!("\n  Later: the shop's clock shows {later}."))?;
    let second = dialogue.say(QUESTION, &toolbox, report).await?;
    check_recommendation(&second, &toolbox, report)?;
    report.expect(
        "the same question has another answer now",
        goes_through(&second, |second| match &first {
            Ok(first) if first.answer == second.answer => Err(second.answer.clone()),
            Ok(_) | Err(_) => Ok(String::new()),
        }),
    )
}

/// Indexes the knowledge base; none if that fails, which is reported.
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
        Ok(vectors) => Index::new(vectors.content, promotions.len()),
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
            report.check("every promotion has its vector", Ok(size(&index)))?;
            index
        }
        Err(wrong) => {
            report.check("every promotion has its vector", Err(wrong))?;
            return Ok(None);
        }
    };
    report.check(
        "looked for by its name, every product is found",
        found_by_name(knowledge, &index, embedding).await,
    )?;
    Ok(Some(index))
}

/// The names are asked in the other order, so that vectors that are mixed up
/// in the same way twice do not fit each other.
async fn found_by_name(knowledge: &Knowledge, index: &Index, embedding: &Configured) -> Verdict {
    let promotions = knowledge.promotions();
    let names = promotions.iter().rev().map(|one| one.product.clone());
    let names = embedding.embed(names.collect(), InputType::Query).await;
    let names = names.map_err(|error| error.to_string())?;
    let names = Index::new(names.content, promotions.len())?;
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
        missed => Err(format!("something else is nearer to {}", missed.join(", "))),
    }
}

/// The request that the conversation begins with: it thinks if the form says
/// that the model can.
fn opening(chat: &Configured) -> Result<Request, Failure> {
    let thinks = chat
        .setting("agent_thought_support")
        .is_some_and(|support| support != "not_supported");
    let request = json!({
        "messages": [{"role": "system", "content": INSTRUCTIONS}],
        "tools": toolbox::described(),
        "parameters": {"thinking": thinks.then_some(true)},
    });
    read_request(&request).map_err(|problem| Failure::setup(problem.to_string()))
}
