//! Reading: a JSON value that knows its place, so that whatever is wrong with
//! it can be named.

use super::problem::Problem;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    value: &'a Value,
    path: String,
}

/// The fields of an object, taken by name; whatever is never asked for is
/// unknown.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    object: &'a Map<String, Value>,
    path: String,
    known: Vec<&'static str>,
}

impl<'a> Node<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self {
            value,
            path: String::new(),
        }
    }

    /// The value itself, for what may be given in several forms.
    pub(super) fn value(&self) -> &'a Value {
        self.value
    }

    pub(super) fn problem(&self, reason: impl Into<String>) -> Problem {
        Problem {
            path: self.path.clone(),
            reason: reason.into(),
        }
    }

    fn expected(&self, what: &str) -> Problem {
        self.problem(format!("must be {what}, not {}", type_name(self.value)))
    }

    /// An object, built by `build` from its fields; fields that `build` did
    /// not ask for are a problem.
    pub(super) fn record<T>(
        &self,
        build: impl FnOnce(&mut Fields<'a>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut fields = Fields {
            object: self.map()?,
            path: self.path.clone(),
            known: Vec::new(),
        };
        let record = build(&mut fields)?;
        fields.refuse_unknown()?;
        Ok(record)
    }

    /// The members of an object whose names are free.
    pub(super) fn members(&self) -> Result<Vec<(&'a str, Self)>, Problem> {
        let members = self.map()?.iter().map(|(name, value)| {
            let path = joined(&self.path, name);
            (name.as_str(), Self { value, path })
        });
        Ok(members.collect())
    }

    fn map(&self) -> Result<&'a Map<String, Value>, Problem> {
        self.value
            .as_object()
            .ok_or_else(|| self.expected("an object"))
    }

    pub(super) fn list<T>(
        &self,
        read: impl Fn(&Self) -> Result<T, Problem>,
    ) -> Result<Vec<T>, Problem> {
        let items = self.value.as_array();
        let items = items.ok_or_else(|| self.expected("a list"))?;
        let nodes = items.iter().enumerate().map(|(index, value)| Self {
            value,
            path: format!("{}[{index}]", self.path),
        });
        nodes.map(|node| read(&node)).collect()
    }

    pub(super) fn str(&self) -> Result<&'a str, Problem> {
        self.value.as_str().ok_or_else(|| self.expected("a text"))
    }

    pub(super) fn string(&self) -> Result<String, Problem> {
        self.str().map(str::to_owned)
    }

    pub(super) fn boolean(&self) -> Result<bool, Problem> {
        let value = self.value.as_bool();
        value.ok_or_else(|| self.expected("true or false"))
    }

    pub(super) fn number(&self) -> Result<f64, Problem> {
        self.value.as_f64().ok_or_else(|| self.expected("a number"))
    }

    /// A whole number that fits `T`.
    pub(super) fn integer<T: TryFrom<i128>>(&self) -> Result<T, Problem> {
        let Value::Number(number) = self.value else {
            return Err(self.expected("a whole number"));
        };
        let unsigned = number.as_u64().map(i128::from);
        let whole = unsigned.or_else(|| number.as_i64().map(i128::from));
        let whole = whole.ok_or_else(|| self.problem("must be a whole number"))?;
        T::try_from(whole).map_err(|_| self.problem("is out of range"))
    }

    /// One of `words`, each with its meaning.
    pub(super) fn word<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, Problem> {
        let given = self.str()?;
        let found = words.iter().find(|(word, _)| *word == given);
        found
            .map(|(_, meaning)| *meaning)
            .ok_or_else(|| self.unknown_word(given, words.iter().map(|(word, _)| *word)))
    }

    pub(super) fn unknown_word<'w>(
        &self,
        given: &str,
        words: impl IntoIterator<Item = &'w str>,
    ) -> Problem {
        self.problem(format!("{given:?} is not one of {}", quoted(words)))
    }

    /// Bytes, written as base64.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, Problem> {
        STANDARD
            .decode(self.str()?)
            .map_err(|error| self.problem(format!("is not base64: {error}")))
    }

    /// A JSON object as text: given as an object, or as a text already.
    pub(super) fn json_text(&self) -> Result<String, Problem> {
        match self.value {
            Value::String(text) => Ok(text.clone()),
            Value::Object(_) => Ok(self.value.to_string()),
            _ => Err(self.expected("an object, or a text that holds one")),
        }
    }
}

impl<'a> Fields<'a> {
    /// A field's value; none if it is absent or null.
    pub(super) fn optional(&mut self, name: &'static str) -> Option<Node<'a>> {
        self.known.push(name);
        let value = self.object.get(name).filter(|value| !value.is_null())?;
        Some(Node {
            value,
            path: joined(&self.path, name),
        })
    }

    /// A field's value, read; none if it is absent or null.
    pub(super) fn read<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Node<'a>) -> Result<T, Problem>,
    ) -> Result<Option<T>, Problem> {
        self.optional(name).as_ref().map(read).transpose()
    }

    /// A field's list; empty if it is absent or null.
    pub(super) fn list<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&Node<'a>) -> Result<T, Problem>,
    ) -> Result<Vec<T>, Problem> {
        let list = self.read(name, |node| node.list(read))?;
        Ok(list.unwrap_or_default())
    }

    /// The value of a field that must be there.
    pub(super) fn required(&mut self, name: &'static str) -> Result<Node<'a>, Problem> {
        self.optional(name).ok_or_else(|| Problem {
            path: joined(&self.path, name),
            reason: "is missing".to_owned(),
        })
    }

    /// A problem with the object as a whole.
    pub(super) fn problem(&self, reason: impl Into<String>) -> Problem {
        Problem {
            path: self.path.clone(),
            reason: reason.into(),
        }
    }

    fn refuse_unknown(&self) -> Result<(), Problem> {
        let mut names = self.object.keys();
        match names.find(|name| !self.known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => Err(Problem {
                path: joined(&self.path, name),
                reason: format!(
                    "is not a known field; there are {}",
                    quoted(self.known.iter().copied())
                ),
            }),
        }
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn quoted<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
