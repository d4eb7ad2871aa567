//! A conversation as the text model reads it, independent of the wire format.

/// The author of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The application's instructions (`system` and `developer`).
    System,
    /// The user.
    User,
    /// The model.
    Assistant,
    /// A tool's result.
    Tool,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) role: Role,
    /// Its text; anything else in it is named in brackets, like `[image]`.
    pub(crate) text: String,
    /// The tool whose result this is.
    pub(crate) tool: Option<String>,
}

impl Turn {
    /// A message of any role but a tool's.
    pub(crate) fn new(role: Role, text: impl Into<String>) -> Self {
        Self {
            role,
            text: text.into(),
            tool: None,
        }
    }
}

/// All messages, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Conversation {
    pub(crate) turns: Vec<Turn>,
}

impl Conversation {
    /// The user's texts, oldest first.
    pub(crate) fn user_messages(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.messages_by(Role::User)
    }

    /// The texts of one role, oldest first.
    pub(crate) fn messages_by(&self, role: Role) -> impl DoubleEndedIterator<Item = &str> {
        self.turns
            .iter()
            .filter(move |turn| turn.role == role)
            .map(|turn| turn.text.as_str())
    }

    /// The results of tools since the last user message, oldest first.
    pub(crate) fn fresh_results(&self) -> impl Iterator<Item = &Turn> {
        let question = self.turns.iter().rposition(|turn| turn.role == Role::User);
        self.turns
            .iter()
            .skip(question.map_or(0, |place| place + 1))
            .filter(|turn| turn.role == Role::Tool)
    }

    /// All results of a tool, oldest first.
    pub(crate) fn results_of(&self, tool: &str) -> impl DoubleEndedIterator<Item = &Turn> {
        self.turns
            .iter()
            .filter(move |turn| turn.role == Role::Tool && turn.tool.as_deref() == Some(tool))
    }
}
