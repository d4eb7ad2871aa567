//! `POST /v1/images/generations`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::drawing::{pictures, url};
use super::model::{Images, model_failed};
use super::request::{ImageRequest, rewritten};
use crate::object_storage::{Picture, Size};
use crate::received_request::ReceivedRequest;
use crate::upstream::api_error::ApiError;
use crate::upstream::environment::Environment;
use crate::upstream::field::{positive_integer, text};
use crate::upstream::{json_post, tokens};

const MOST_IMAGES: usize = 10;
const DEFAULT_SIZE: Size = Size {
    width: 1_024,
    height: 1_024,
};

/// How an image is returned.
enum Form {
    Url,
    Base64,
}

/// The synchronous endpoint.
pub(super) fn draw(
    images: &Images,
    request: &ReceivedRequest,
    environment: &mut Environment<'_>,
) -> Result<Value, ApiError> {
    let fields = json_post::fields(request)?;
    let request = read(&fields)?;
    let form = form(&fields)?;
    json_post::model(&fields, environment)?;
    images.admit(&request)?;
    let pictures = pictures(&images.drawn(&request));
    if pictures.is_empty() {
        return Err(model_failed());
    }
    let image = |&picture: &Picture| {
        let mut image = json!({"revised_prompt": request.rewritten});
        match form {
            Form::Url => image["url"] = url(picture, environment).into(),
            Form::Base64 => image["b64_json"] = STANDARD.encode(picture.png()).into(),
        }
        image
    };
    let used = tokens::count(&request.prompt);
    Ok(json!({
        "created": environment.unix_seconds,
        "data": pictures.iter().map(image).collect::<Vec<Value>>(),
        "usage": {"input_tokens": used, "output_tokens": 0, "total_tokens": used},
    }))
}

fn read(fields: &Map<String, Value>) -> Result<ImageRequest, ApiError> {
    let prompt = text(fields, "prompt")?.ok_or_else(|| ApiError::missing("prompt"))?;
    let count = positive_integer(fields, "n")?.unwrap_or(1);
    if count > MOST_IMAGES {
        let message = format!("Invalid 'n': expected a value from 1 to {MOST_IMAGES}.");
        return Err(ApiError::field("n", message).code("integer_above_max_value"));
    }
    Ok(ImageRequest {
        prompt: prompt.to_owned(),
        rewritten: Some(rewritten(prompt)),
        size: size(fields)?,
        count,
        seed: 0,
    })
}

fn size(fields: &Map<String, Value>) -> Result<Size, ApiError> {
    match text(fields, "size")? {
        None | Some("auto") => Ok(DEFAULT_SIZE),
        Some(size) => Size::parse(size, 'x').ok_or_else(|| {
            let message =
                format!("Invalid value: '{size}'. Give a width and a height like '1024x1024'.");
            ApiError::field("size", message).code("invalid_value")
        }),
    }
}

fn form(fields: &Map<String, Value>) -> Result<Form, ApiError> {
    match text(fields, "response_format")? {
        None | Some("url") => Ok(Form::Url),
        Some("b64_json") => Ok(Form::Base64),
        Some(other) => {
            let message =
                format!("Invalid value: '{other}'. Supported values are: 'url' and 'b64_json'.");
            Err(ApiError::field("response_format", message).code("invalid_value"))
        }
    }
}
