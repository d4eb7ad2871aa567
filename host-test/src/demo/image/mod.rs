//! The image workflow: a description goes in, an image is drawn, its URL comes
//! back in a text, and a template makes Markdown of it.

mod markdown;
mod picture;

use super::configured::Configured;
use super::models::Models;
use super::report::{Report, Verdict};
use super::verdict::goes_through;
use crate::failure::Failure;
use markdown::markdown;
use picture::{Picture, fetch};
use provider_host::contract::image_generation::Generation;
use provider_host::contract::types::ModelKind;
use std::time::Instant;

const DESCRIPTION: &str = "A red lantern over snow";
const OTHER_DESCRIPTION: &str = "A boat on a green river";

pub(super) async fn tell(models: &Models, report: &mut Report) -> Result<(), Failure> {
    report.title("The image workflow")?;
    let model = models.of(ModelKind::ImageGeneration)?;
    let Some(first) = drawn(&model, DESCRIPTION, report).await? else {
        return Ok(());
    };
    let Some(other) = drawn(&model, OTHER_DESCRIPTION, report).await? else {
        return Ok(());
    };
    report.check(
        "another description has another picture",
        if first == other {
            Err("both are the same to the byte".to_owned())
        } else {
            Ok(String::new())
        },
    )
}

/// One run of the workflow: the picture, if all went well.
async fn drawn(
    model: &Configured,
    description: &str,
    report: &mut Report,
) -> Result<Option<Picture>, Failure> {
    report.asks(description)?;
    let begun = Instant::now();
    let generation = model.draw(description).await;
    let took = begun.elapsed().as_millis();
    report.check(
        "an image is drawn, and its URL comes back",
        goes_through(&generation, |generation| {
            url(&generation.content).map(|_| format!("by {} in {took} ms", model.name()))
        }),
    )?;
    let url = match &generation {
        Ok(generation) => url(&generation.content),
        Err(_) => return Ok(None),
    };
    let Ok(url) = url else {
        return Ok(None);
    };
    report.answers(&url)?;
    report.line(&format!("  markdown {}", markdown(description, &url)))?;
    let picture = fetch(&url).await;
    let seen = match &picture {
        Ok(picture) => Ok(picture.to_string()),
        Err(reason) => Err(reason.clone()),
    };
    report.check("the picture lies there, and can be shown", seen)?;
    Ok(picture.ok())
}

fn url(generation: &Generation) -> Verdict {
    let mut urls = generation
        .images
        .iter()
        .filter_map(|image| image.url.clone());
    urls.next()
        .ok_or_else(|| "the images came as bytes, without a URL".to_owned())
}
