//! The machine code that a host runs, compiled in one process and run in
//! another, whose instructions are counted there.

use super::Meter;
use provider_host::EngineOptions;
use std::path::Path;
use wasmtime::component::Component;
use wasmtime::{Engine, Result};

/// The component's machine code, in a file.
pub struct NativeCode;

impl NativeCode {
    /// Whether code can be made that does the same on every machine of the kind
    /// on which this runs.
    pub const IS_PORTABLE: bool = cfg!(all(target_arch = "x86_64", target_os = "linux"));

    /// Compiles the component into the file at `path`.
    ///
    /// # Errors
    ///
    /// If the component or the file cannot be used.
    pub fn write(path: &Path) -> Result<()> {
        let component = std::fs::read(crate::component())?;
        let code = engine()?.precompile_component(&component)?;
        std::fs::write(path, code)?;
        Ok(())
    }

    /// A meter that runs the code in the file at `path`, and counts no fuel.
    ///
    /// # Errors
    ///
    /// If the code is not that of [`write`](Self::write).
    ///
    /// # Safety
    ///
    /// The file must be as [`write`](Self::write) left it: its bytes are run.
    #[expect(
        unsafe_code,
        reason = "wasmtime runs machine code unchecked, and the caller vouches for it"
    )]
    pub unsafe fn meter(path: &Path) -> Result<Meter> {
        let engine = engine()?;
        // SAFETY: as the caller promises.
        let component = unsafe { Component::deserialize(&engine, std::fs::read(path)?)? };
        Meter::linked(engine, &component)
    }
}

/// An engine with a host's settings, but for processors of the least of its
/// kind: the code, and so the count, is the same everywhere, and valgrind knows
/// each of its instructions.
fn engine() -> Result<Engine> {
    let mut config = EngineOptions::default()
        .with_max_instances(2)
        .wasmtime_config();
    config.target("x86_64-unknown-linux-gnu")?;
    Engine::new(&config)
}
