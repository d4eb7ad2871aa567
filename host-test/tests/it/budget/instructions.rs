//! Counts the instructions of the component's machine code by callgrind: what
//! fuel does not see, the checks of memory accesses and of epochs, is in them.
//!
//! Counted is the compiled code alone and not the runtime around it, whose
//! count would be that of a debug build: `make instructions` counts all, in a
//! release build. The code is compiled for the least x86-64 processor, so that
//! it is the same on every machine. Where this is no such machine, or valgrind
//! is missing, nothing is counted.

use super::run::Run;
use std::path::{Path, PathBuf};
use std::process::Command;
use testing::callgrind;
use testing::meter::NativeCode;

/// The file of the code, and the run, for the process that is counted.
const CODE: &str = "BUDGET_CODE";
const RUN: &str = "BUDGET_RUN";

/// Counts runs, each in a process of its own.
pub(super) struct Counter {
    folder: tempfile::TempDir,
}

impl Counter {
    /// A counter, or why there is none.
    pub(super) fn new() -> Result<Self, &'static str> {
        if !NativeCode::IS_PORTABLE {
            return Err("this is not Linux on x86-64");
        }
        if !callgrind::is_installed() {
            return Err("valgrind is not installed");
        }
        let counter = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        NativeCode::write(&counter.code()).unwrap();
        Ok(counter)
    }

    fn code(&self) -> PathBuf {
        self.folder.path().join("code")
    }

    /// The instructions of a run.
    pub(super) fn count(&self, run: Run) -> u64 {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "--ignored", "budget::instructions::the_run"])
            .env(CODE, self.code())
            .env(RUN, run.to_string());
        let counted = callgrind::count(&command).unwrap();
        assert!(counted.compiled > 0, "{run}: no compiled code was counted");
        counted.compiled
    }
}

#[tokio::test]
#[ignore = "this is what is counted, in a process of its own"]
#[expect(unsafe_code, reason = "the test that started this compiled the code")]
async fn the_run() {
    let (Some(code), Ok(run)) = (std::env::var_os(CODE), std::env::var(RUN)) else {
        return;
    };
    let run: Run = run.parse().unwrap();
    // SAFETY: the counter wrote the file and keeps it in a folder of its own.
    let meter = unsafe { NativeCode::meter(Path::new(&code)) };
    run.on(&meter.unwrap()).await;
}
