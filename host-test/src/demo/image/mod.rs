//! The image workflow: generates an image from a description, and renders its URL
//! as Markdown with a template.

mod markdown;
mod picture;

use super::configured::Configured;
use super::models::Models;
use super::report::{Report, Verdict};
use super::verdict::succeeds;
use crate::failure::Failure;
use markdown::markdown;
use picture::{Picture, fetch, is_on_this_machine};
use provider_host::contract::image_generation::Response;
use provider_host::contract::types::ModelKind;
use std::time::Instant;

const DESCRIPTION: &str = "A red lantern over snow";
const OTHER_DESCRIPTION: &str = "A boat on a green river";

pub(super) async fn run(models: &Models, report: &mut Report) -> Result<(), Failure> {
    report.title("The image workflow")?;
    let model = models.of(&ModelKind::ImageGeneration)?;
    let Some(first) = generated(&model, DESCRIPTION, report).await? else {
        return Ok(());
    };
    let Some(other) = generated(&model, OTHER_DESCRIPTION, report).await? else {
        return Ok(());
    };
    report.check(
        "another description gives a different picture",
        if first == other {
            Err("the pictures are equal".to_owned())
        } else {
            Ok(String::new())
        },
    )
}

/// One run of the workflow. Returns the picture, if it succeeded and the picture
/// is on this machine.
async fn generated(
    model: &Configured,
    description: &str,
    report: &mut Report,
) -> Result<Option<Picture>, Failure> {
    report.user(description)?;
    let begun = Instant::now();
    let generation = model.generate_image(description).await;
    let took = begun.elapsed().as_millis();
    report.check(
        "an image is generated, and its URL is returned",
        succeeds(&generation, |generation| {
            url(generation).map(|_| format!("by {} in {took} ms", model.name()))
        }),
    )?;
    let url = match &generation {
        Ok(generation) => url(generation),
        Err(_) => return Ok(None),
    };
    let Ok(url) = url else {
        return Ok(None);
    };
    report.model(&url)?;
    report.line(&format!("  markdown {}", markdown(description, &url)))?;
    if !is_on_this_machine(&url) {
        report.note("not fetched: the URL is not on this machine")?;
        return Ok(None);
    }
    let picture = fetch(&url).await;
    let seen = match &picture {
        Ok(picture) => Ok(picture.to_string()),
        Err(reason) => Err(reason.clone()),
    };
    report.check("the URL serves a picture that can be decoded", seen)?;
    Ok(picture.ok())
}

fn url(generation: &Response) -> Verdict {
    let mut urls = generation
        .images
        .iter()
        .filter_map(|image| image.url.clone());
    urls.next()
        .ok_or_else(|| "the images arrived as bytes, without a URL".to_owned())
}
