//! DashScope's image endpoints: one that draws while the caller waits, those
//! that take a task on, and the tasks.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::request::Asked;
use super::tasks::{Cancellation, Found, ResultForm};
use super::{Drawing, ImageOutcome, Images, model_failed, pictures, url};
use crate::received_request::Arrival;
use crate::upstream::api_error::ApiError;
use crate::upstream::{Scene, json_post};

const PART_FAILED: (&str, &str) = (
    "InternalError.Timeout",
    "An internal timeout error has occured during execution, try again later or contact service support.",
);

/// Draws while the caller waits.
pub(super) fn draw(
    images: &Images,
    arrival: &Arrival,
    scene: &mut Scene<'_>,
) -> Result<Value, ApiError> {
    if is_asynchronous(arrival) {
        return Err(wrong_manner("asynchronous"));
    }
    let fields = json_post::fields(arrival)?;
    let asked = Asked::from_messages(&fields)?;
    json_post::model(&fields, scene)?;
    images.admit(&asked)?;
    let drawings = images.drawn(&asked);
    if pictures(&drawings).is_empty() {
        return Err(model_failed());
    }
    let mut body = json!({
        "output": {"choices": choices(&drawings, scene)},
        "usage": usage(&drawings, &asked),
        "request_id": scene.identifier(),
    });
    body["output"]["task_metric"] = metrics(&drawings);
    Ok(body)
}

/// Takes a task on.
pub(super) fn submit(
    images: &Images,
    arrival: &Arrival,
    scene: &mut Scene<'_>,
) -> Result<Value, ApiError> {
    if !is_asynchronous(arrival) {
        return Err(wrong_manner("synchronous"));
    }
    let fields = json_post::fields(arrival)?;
    let (asked, form) = if arrival.path.ends_with("/image-synthesis") {
        (Asked::from_prompt(&fields)?, ResultForm::Results)
    } else {
        (Asked::from_messages(&fields)?, ResultForm::Choices)
    };
    json_post::model(&fields, scene)?;
    let id = scene.identifier();
    images.tasks.submit(id.clone(), asked, form, images.polls);
    Ok(json!({
        "output": {"task_id": id, "task_status": "PENDING"},
        "request_id": scene.identifier(),
    }))
}

/// Tells how a task goes.
pub(super) fn poll(
    images: &Images,
    id: &str,
    arrival: &Arrival,
    scene: &mut Scene<'_>,
) -> Result<Value, ApiError> {
    if arrival.method != Method::GET {
        let message = "Only GET requests are accepted.";
        return Err(ApiError::new(StatusCode::METHOD_NOT_ALLOWED, message));
    }
    let mut body = match images.tasks.poll(id) {
        Found::Pending => json!({"output": {"task_status": "PENDING"}}),
        Found::Running => json!({"output": {"task_status": "RUNNING"}}),
        Found::Canceled => json!({"output": {"task_status": "CANCELED"}}),
        Found::Unknown => json!({"output": {"task_status": "UNKNOWN"}}),
        Found::Done(asked, form) => done(images, &asked, form, scene),
    };
    body["output"]["task_id"] = id.into();
    body["request_id"] = scene.identifier().into();
    Ok(body)
}

/// Cancels a task that has not begun.
pub(super) fn cancel(
    images: &Images,
    id: &str,
    arrival: &Arrival,
    scene: &mut Scene<'_>,
) -> Result<Value, ApiError> {
    if arrival.method != Method::POST {
        let message = "Only POST requests are accepted.";
        return Err(ApiError::new(StatusCode::METHOD_NOT_ALLOWED, message));
    }
    match images.tasks.cancel(id) {
        Cancellation::Done => Ok(json!({"request_id": scene.identifier()})),
        Cancellation::TooLate => {
            let message =
                "Failed to cancel the task, please confirm if the task is in PENDING status.";
            Err(ApiError::new(StatusCode::BAD_REQUEST, message).code("UnsupportedOperation"))
        }
    }
}

/// A task at its end. What fails here fails under status 200.
fn done(images: &Images, asked: &Asked, form: ResultForm, scene: &Scene<'_>) -> Value {
    let failed = |code: &str, message: &str| json!({"output": {"task_status": "FAILED", "code": code, "message": message}});
    if images.admit(asked).is_err() {
        return failed(
            "DataInspectionFailed",
            "Input data may contain inappropriate content.",
        );
    }
    let drawings = images.drawn(asked);
    if images.outcome == ImageOutcome::Nothing || pictures(&drawings).is_empty() {
        return failed(PART_FAILED.0, PART_FAILED.1);
    }
    let mut body = json!({
        "output": {"task_status": "SUCCEEDED", "task_metrics": metrics(&drawings)},
        "usage": usage(&drawings, asked),
    });
    match form {
        ResultForm::Results => body["output"]["results"] = results(&drawings, asked, scene),
        ResultForm::Choices => body["output"]["choices"] = choices(&drawings, scene),
    }
    body
}

fn results(drawings: &[Drawing], asked: &Asked, scene: &Scene<'_>) -> Value {
    let result = |drawing: &Drawing| match drawing {
        Drawing::Done(picture) => {
            let mut result = json!({"orig_prompt": asked.prompt, "url": url(*picture, scene)});
            if let Some(rewritten) = &asked.rewritten {
                result["actual_prompt"] = rewritten.as_str().into();
            }
            result
        }
        Drawing::Failed => json!({"code": PART_FAILED.0, "message": PART_FAILED.1}),
    };
    drawings.iter().map(result).collect()
}

/// One choice for each image that came about.
fn choices(drawings: &[Drawing], scene: &Scene<'_>) -> Value {
    let choice = |picture| {
        let content = json!([{"image": url(picture, scene)}]);
        json!({"finish_reason": "stop", "message": {"role": "assistant", "content": content}})
    };
    pictures(drawings).into_iter().map(choice).collect()
}

fn metrics(drawings: &[Drawing]) -> Value {
    let (total, succeeded) = (drawings.len(), pictures(drawings).len());
    json!({"TOTAL": total, "SUCCEEDED": succeeded, "FAILED": total - succeeded})
}

fn usage(drawings: &[Drawing], asked: &Asked) -> Value {
    json!({
        "image_count": pictures(drawings).len(),
        "width": asked.size.width,
        "height": asked.size.height,
    })
}

fn is_asynchronous(arrival: &Arrival) -> bool {
    let header = arrival.headers.get("x-dashscope-async");
    header.is_some_and(|value| value == "enable")
}

fn wrong_manner(manner: &str) -> ApiError {
    let message = format!("current user api does not support {manner} calls.");
    ApiError::new(StatusCode::FORBIDDEN, message).code("AccessDenied")
}
