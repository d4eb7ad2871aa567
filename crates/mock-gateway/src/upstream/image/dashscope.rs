//! DashScope's image endpoints: the synchronous one, those that create a task,
//! and the tasks.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::drawing::{Drawing, pictures, url};
use super::model::{ImageOutcome, Images, model_failed};
use super::request::ImageRequest;
use super::tasks::{Cancellation, Found, ResultForm};
use crate::received_request::ReceivedRequest;
use crate::upstream::api_error::ApiError;
use crate::upstream::environment::Environment;
use crate::upstream::json_post;

const PART_FAILED: (&str, &str) = (
    "InternalError.Timeout",
    "An internal timeout error has occured during execution, try again later or contact service support.",
);

/// The synchronous endpoint.
pub(super) fn draw(
    images: &Images,
    request: &ReceivedRequest,
    environment: &mut Environment<'_>,
) -> Result<Value, ApiError> {
    if is_asynchronous(request) {
        return Err(wrong_manner("asynchronous"));
    }
    let fields = json_post::fields(request)?;
    let request = ImageRequest::from_messages(&fields)?;
    json_post::model(&fields, environment)?;
    images.admit(&request)?;
    let drawings = images.drawn(&request);
    if pictures(&drawings).is_empty() {
        return Err(model_failed());
    }
    let mut body = json!({
        "output": {"choices": choices(&drawings, environment)},
        "usage": usage(&drawings, &request),
        "request_id": environment.identifier(),
    });
    body["output"]["task_metric"] = metrics(&drawings);
    Ok(body)
}

/// Creates a task.
pub(super) fn submit(
    images: &Images,
    request: &ReceivedRequest,
    environment: &mut Environment<'_>,
) -> Result<Value, ApiError> {
    if !is_asynchronous(request) {
        return Err(wrong_manner("synchronous"));
    }
    let fields = json_post::fields(request)?;
    let (request, form) = if request.path.ends_with("/image-synthesis") {
        (ImageRequest::from_prompt(&fields)?, ResultForm::Results)
    } else {
        (ImageRequest::from_messages(&fields)?, ResultForm::Choices)
    };
    json_post::model(&fields, environment)?;
    let id = environment.identifier();
    images.tasks.submit(id.clone(), request, form, images.polls);
    Ok(json!({
        "output": {"task_id": id, "task_status": "PENDING"},
        "request_id": environment.identifier(),
    }))
}

/// Reports the state of a task.
pub(super) fn poll(
    images: &Images,
    id: &str,
    request: &ReceivedRequest,
    environment: &mut Environment<'_>,
) -> Result<Value, ApiError> {
    if request.method != Method::GET {
        let message = "Only GET requests are accepted.";
        return Err(ApiError::new(StatusCode::METHOD_NOT_ALLOWED, message));
    }
    let mut body = match images.tasks.poll(id) {
        Found::Pending => json!({"output": {"task_status": "PENDING"}}),
        Found::Running => json!({"output": {"task_status": "RUNNING"}}),
        Found::Canceled => json!({"output": {"task_status": "CANCELED"}}),
        Found::Unknown => json!({"output": {"task_status": "UNKNOWN"}}),
        Found::Done(request, form) => done(images, &request, form, environment),
    };
    body["output"]["task_id"] = id.into();
    body["request_id"] = environment.identifier().into();
    Ok(body)
}

/// Cancels a task that is still pending.
pub(super) fn cancel(
    images: &Images,
    id: &str,
    request: &ReceivedRequest,
    environment: &mut Environment<'_>,
) -> Result<Value, ApiError> {
    if request.method != Method::POST {
        let message = "Only POST requests are accepted.";
        return Err(ApiError::new(StatusCode::METHOD_NOT_ALLOWED, message));
    }
    match images.tasks.cancel(id) {
        Cancellation::Done => Ok(json!({"request_id": environment.identifier()})),
        Cancellation::TooLate => {
            let message =
                "Failed to cancel the task, please confirm if the task is in PENDING status.";
            Err(ApiError::new(StatusCode::BAD_REQUEST, message).code("UnsupportedOperation"))
        }
    }
}

/// A task that has ended. It reports failures with status 200.
fn done(
    images: &Images,
    request: &ImageRequest,
    form: ResultForm,
    environment: &Environment<'_>,
) -> Value {
    let failed = |code: &str, message: &str| json!({"output": {"task_status": "FAILED", "code": code, "message": message}});
    if images.admit(request).is_err() {
        return failed(
            "DataInspectionFailed",
            "Input data may contain inappropriate content.",
        );
    }
    let drawings = images.drawn(request);
    if images.outcome == ImageOutcome::Nothing || pictures(&drawings).is_empty() {
        return failed(PART_FAILED.0, PART_FAILED.1);
    }
    let mut body = json!({
        "output": {"task_status": "SUCCEEDED", "task_metrics": metrics(&drawings)},
        "usage": usage(&drawings, request),
    });
    match form {
        ResultForm::Results => body["output"]["results"] = results(&drawings, request, environment),
        ResultForm::Choices => body["output"]["choices"] = choices(&drawings, environment),
    }
    body
}

fn results(drawings: &[Drawing], request: &ImageRequest, environment: &Environment<'_>) -> Value {
    let result = |drawing: &Drawing| match drawing {
        Drawing::Done(picture) => {
            let mut result =
                json!({"orig_prompt": request.prompt, "url": url(*picture, environment)});
            if let Some(rewritten) = &request.rewritten {
                result["actual_prompt"] = rewritten.as_str().into();
            }
            result
        }
        Drawing::Failed => json!({"code": PART_FAILED.0, "message": PART_FAILED.1}),
    };
    drawings.iter().map(result).collect()
}

/// One choice for each image that was drawn.
fn choices(drawings: &[Drawing], environment: &Environment<'_>) -> Value {
    let choice = |picture| {
        let content = json!([{"image": url(picture, environment)}]);
        json!({"finish_reason": "stop", "message": {"role": "assistant", "content": content}})
    };
    pictures(drawings).into_iter().map(choice).collect()
}

fn metrics(drawings: &[Drawing]) -> Value {
    let (total, succeeded) = (drawings.len(), pictures(drawings).len());
    json!({"TOTAL": total, "SUCCEEDED": succeeded, "FAILED": total - succeeded})
}

fn usage(drawings: &[Drawing], request: &ImageRequest) -> Value {
    json!({
        "image_count": pictures(drawings).len(),
        "width": request.size.width,
        "height": request.size.height,
    })
}

fn is_asynchronous(request: &ReceivedRequest) -> bool {
    let header = request.headers.get("x-dashscope-async");
    header.is_some_and(|value| value == "enable")
}

fn wrong_manner(manner: &str) -> ApiError {
    let message = format!("current user api does not support {manner} calls.");
    ApiError::new(StatusCode::FORBIDDEN, message).code("AccessDenied")
}
