//! A conversation as the text logic sees it, whatever the wire format.

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The application's instructions (`system` and `developer`).
    System,
    /// The person.
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
}

/// All messages, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Conversation {
    pub(crate) turns: Vec<Turn>,
}

impl Conversation {
    /// What the person said, oldest first.
    pub(crate) fn said_by_user(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.said_by(Role::User)
    }

    /// What one side said, oldest first.
    pub(crate) fn said_by(&self, role: Role) -> impl DoubleEndedIterator<Item = &str> {
        self.turns
            .iter()
            .filter(move |turn| turn.role == role)
            .map(|turn| turn.text.as_str())
    }
}
