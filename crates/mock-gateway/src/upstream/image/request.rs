//! Image requests, parsed from DashScope's two forms.

use serde_json::{Map, Value};

use crate::object_storage::{Picture, Size};
use crate::upstream::api_error::ApiError;
use crate::upstream::features::hash;
use crate::upstream::field::{flag, object, positive_integer, present, text};

/// The largest seed that DashScope accepts.
const LARGEST_SEED: u64 = 2_147_483_647;
const MOST_IMAGES: usize = 6;
const DEFAULT_SIZE: Size = Size {
    width: 1_328,
    height: 1_328,
};
/// Pixels of an image, at least and at most.
const PIXELS: std::ops::RangeInclusive<u64> = 512 * 512..=2_048 * 2_048;

/// A request for images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImageRequest {
    pub(crate) prompt: String,
    /// The prompt as the model rewrote it, if the request allows that.
    pub(crate) rewritten: Option<String>,
    pub(crate) size: Size,
    pub(crate) count: usize,
    pub(crate) seed: u64,
}

impl ImageRequest {
    /// Reads `input.messages` and `parameters`.
    pub(crate) fn from_messages(fields: &Map<String, Value>) -> Result<Self, ApiError> {
        let input = object(fields, "input")?.ok_or_else(|| ApiError::missing("input"))?;
        Self::read(prompt_of_messages(input)?, fields)
    }

    /// Reads `input.prompt` and `parameters`.
    pub(crate) fn from_prompt(fields: &Map<String, Value>) -> Result<Self, ApiError> {
        let input = object(fields, "input")?.ok_or_else(|| ApiError::missing("input"))?;
        let prompt = text(input, "prompt")?.ok_or_else(|| ApiError::missing("input.prompt"))?;
        Self::read(prompt.to_owned(), fields)
    }

    fn read(prompt: String, fields: &Map<String, Value>) -> Result<Self, ApiError> {
        let parameters = object(fields, "parameters")?.cloned().unwrap_or_default();
        text(&parameters, "negative_prompt")?;
        flag(&parameters, "watermark")?;
        let may_rewrite =
            present(&parameters, "prompt_extend").is_none() || flag(&parameters, "prompt_extend")?;
        Ok(Self {
            rewritten: may_rewrite.then(|| rewritten(&prompt)),
            prompt,
            size: size(&parameters)?,
            count: count(&parameters)?,
            seed: seed(&parameters)?,
        })
    }

    /// The pictures, each with its own seed: the given one, the next, …
    pub(crate) fn pictures(&self) -> Vec<Picture> {
        let seeds = (self.seed..).take(self.count);
        seeds
            .map(|seed| Picture::new(hash(&[&self.prompt, &seed.to_string()]), self.size))
            .collect()
    }
}

/// The prompt as the model rewrites it.
pub(crate) fn rewritten(prompt: &str) -> String {
    format!("{prompt}, in fine detail and soft light")
}

/// The prompt of one user message: images first, then one text.
fn prompt_of_messages(input: &Map<String, Value>) -> Result<String, ApiError> {
    let refused = |message: &str| ApiError::field("input.messages", message);
    let messages = present(input, "messages").and_then(Value::as_array);
    let message = match messages.map(Vec::as_slice) {
        None | Some([]) => return Err(refused("No messages found in input")),
        Some([message]) => message,
        Some(_) => return Err(refused("messages length only support 1")),
    };
    if message.get("role").and_then(Value::as_str) != Some("user") {
        return Err(refused("the role of the message must be user"));
    }
    let parts = message.get("content").and_then(Value::as_array);
    let Some((last, images)) = parts.and_then(|parts| parts.split_last()) else {
        return Err(refused("lack of image or text"));
    };
    if images.iter().any(|image| !image["image"].is_string()) {
        return Err(refused("lack of image or text"));
    }
    match last.get("text").and_then(Value::as_str) {
        Some(prompt) if !prompt.is_empty() => Ok(prompt.to_owned()),
        Some(_) | None => Err(refused("lack of image or text")),
    }
}

fn size(parameters: &Map<String, Value>) -> Result<Size, ApiError> {
    let square = |side| Size {
        width: side,
        height: side,
    };
    let size = match text(parameters, "size")? {
        None => return Ok(DEFAULT_SIZE),
        Some("1K") => return Ok(square(1_024)),
        Some("2K") => return Ok(square(2_048)),
        Some(size) => size,
    };
    Size::parse(size, '*')
        .filter(|size| PIXELS.contains(&(u64::from(size.width) * u64::from(size.height))))
        .ok_or_else(|| {
            let message = "size must be in the format of width*height, with a total number of pixels between 512*512 and 2048*2048";
            ApiError::field("parameters.size", message)
        })
}

fn count(parameters: &Map<String, Value>) -> Result<usize, ApiError> {
    let count = positive_integer(parameters, "n")?.unwrap_or(1);
    if count <= MOST_IMAGES {
        return Ok(count);
    }
    let message = format!("num_images_per_prompt must be between 1 and {MOST_IMAGES}");
    Err(ApiError::field("parameters.n", message))
}

fn seed(parameters: &Map<String, Value>) -> Result<u64, ApiError> {
    match present(parameters, "seed") {
        None => Ok(0),
        Some(seed) => seed
            .as_u64()
            .filter(|&seed| seed <= LARGEST_SEED)
            .ok_or_else(|| {
                let message = format!("seed must be an integer between 0 and {LARGEST_SEED}");
                ApiError::field("parameters.seed", message)
            }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(content: &Value, parameters: &Value) -> Result<ImageRequest, ApiError> {
        let body = json!({
            "input": {"messages": [{"role": "user", "content": content}]},
            "parameters": parameters,
        });
        ImageRequest::from_messages(body.as_object().unwrap())
    }

    #[test]
    fn a_prompt_may_follow_images() {
        let content = json!([{"image": "http://127.0.0.1/a.png"}, {"text": "At night"}]);
        let request = read(&content, &json!({"size": "512*768", "n": 2, "seed": 7})).unwrap();
        assert_eq!(request.prompt, "At night");
        assert_eq!((request.size.width, request.size.height), (512, 768));
        assert_eq!((request.count, request.seed), (2, 7));
        assert_eq!(request.pictures().len(), 2);
    }

    #[test]
    fn prompts_and_seeds_have_pictures_of_their_own() {
        let pictures = |prompt: &str, seed: u64| {
            let content = json!([{"text": prompt}]);
            let parameters = json!({"n": 2, "seed": seed});
            read(&content, &parameters).unwrap().pictures()
        };
        let cats = pictures("A cat", 1);
        assert_eq!(cats, pictures("A cat", 1));
        assert_eq!(cats[1], pictures("A cat", 2)[0]);
        assert_ne!(cats[0], cats[1]);
        assert_ne!(cats[0], pictures("A dog", 1)[0]);
    }

    #[test]
    fn a_prompt_is_rewritten_unless_that_is_refused() {
        let content = json!([{"text": "A cat"}]);
        let request = |parameters: &Value| read(&content, parameters).unwrap();
        assert!(request(&json!({})).rewritten.is_some());
        assert!(
            request(&json!({"prompt_extend": false}))
                .rewritten
                .is_none()
        );
    }

    #[test]
    fn what_dashscope_refuses_is_refused() {
        let text = json!([{"text": "A cat"}]);
        for content in [
            json!("A cat"),
            json!([]),
            json!([{"text": ""}]),
            json!([{"text": "A"}, {"text": "cat"}]),
            json!([{"text": "A"}, {"image": "http://127.0.0.1/a.png"}]),
        ] {
            assert!(read(&content, &json!({})).is_err(), "{content} was taken");
        }
        for parameters in [
            json!([]),
            json!({"size": "512x512"}),
            json!({"size": "64*64"}),
            json!({"size": "4096*4096"}),
            json!({"size": 512}),
            json!({"n": 0}),
            json!({"n": 7}),
            json!({"n": 1.5}),
            json!({"seed": -1}),
            json!({"seed": 2_147_483_648_u64}),
            json!({"prompt_extend": "yes"}),
            json!({"watermark": 1}),
        ] {
            assert!(read(&text, &parameters).is_err(), "{parameters} was taken");
        }
    }
}
