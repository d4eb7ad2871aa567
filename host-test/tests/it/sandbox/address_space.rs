//! What the sandbox promises holds, too, where the process cannot have the
//! address space that saves the checks of each memory access.

use std::process::Command;

/// KiB of address space: some instances of 256 MiB, and not one of 4 GiB.
const LIMIT: usize = 3 << 20;

/// Runs another test of this program in a process of its own that has no more
/// address space than that.
fn passes_in_little_address_space(test: &str) {
    let output = Command::new("sh")
        .args(["-c", "ulimit -v \"$1\" && exec \"$2\" --exact \"$3\"", "sh"])
        .arg(LIMIT.to_string())
        .arg(std::env::current_exe().unwrap())
        .arg(test)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "only Linux limits address space")]
fn memory_ends_at_the_tenant_s_limit_in_little_address_space() {
    passes_in_little_address_space("sandbox::guests::memory_ends_at_the_tenant_s_limit");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "only Linux limits address space")]
fn an_access_beyond_memory_is_a_trap_in_little_address_space() {
    passes_in_little_address_space("sandbox::guests::an_access_beyond_memory_is_a_trap");
}
