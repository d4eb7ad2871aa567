//! How functions of the host find the sandbox in a store.

use super::store::Sandbox;

/// The data of a store that has a [`Sandbox`] in it.
///
/// ```
/// use provider_host::{Sandbox, SandboxView};
///
/// struct State {
///     sandbox: Sandbox,
///     plugin_id: u64,
/// }
///
/// impl SandboxView for State {
///     fn sandbox(&mut self) -> &mut Sandbox {
///         &mut self.sandbox
///     }
/// }
/// ```
pub trait SandboxView: Send + 'static {
    /// The sandbox.
    fn sandbox(&mut self) -> &mut Sandbox;
}

impl SandboxView for Sandbox {
    fn sandbox(&mut self) -> &mut Sandbox {
        self
    }
}
