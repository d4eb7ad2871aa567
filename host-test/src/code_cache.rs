//! Machine code of components that were compiled before, in files named by
//! what they were compiled from.
//!
//! Machine code is trusted: whoever can write to the folder can run anything
//! in this process. So the folder must belong to this process's user, and
//! nobody else may write to it; that is checked when the cache is opened. The
//! folders above it must be as safe, which is not. Files are put in place
//! whole, and never changed.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;
use wasmtime::Engine;
use wasmtime::component::Component;

/// A folder of compiled components.
#[derive(Clone, Debug)]
pub struct CodeCache {
    folder: PathBuf,
}

/// Why a folder cannot hold a cache.
#[derive(Debug, thiserror::Error)]
pub enum CodeCacheError {
    /// It is not there and cannot be made, or cannot be written to.
    #[error("cannot keep compiled code in {}: {source}; choose another folder, or none", .folder.display())]
    Unusable {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others could change what this process runs.
    #[error("cannot keep compiled code in {}: {reason}, so others could change what is run; choose a folder of your own with mode 0700", .folder.display())]
    Unsafe {
        /// The folder.
        folder: PathBuf,
        /// What is wrong.
        reason: &'static str,
    },
}

impl CodeCache {
    /// Compiled components kept at one time; the oldest make room. Each is
    /// about three times as large as its component.
    pub const ENTRIES: usize = 16;

    /// Opens the cache in `folder`, which is made if it is not there.
    ///
    /// On systems other than Unix, who may write to the folder is not checked.
    ///
    /// # Errors
    ///
    /// If the folder cannot be used, or others can write to it.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, CodeCacheError> {
        let folder = folder.into();
        let unusable = |source| CodeCacheError::Unusable {
            folder: folder.clone(),
            source,
        };
        make_folder(&folder).map_err(unusable)?;
        if let Some(reason) = danger(&folder).map_err(unusable)? {
            return Err(CodeCacheError::Unsafe { folder, reason });
        }
        Ok(Self { folder })
    }

    /// The component of these bytes: from its file if there is one, else
    /// compiled by `compile`, for which a file is left.
    ///
    /// # Errors
    ///
    /// If `compile` fails. What cannot be read is compiled, and what cannot be
    /// written is compiled again the next time.
    pub(crate) fn component(
        &self,
        engine: &Engine,
        bytes: &[u8],
        compile: impl FnOnce() -> wasmtime::Result<Component>,
    ) -> wasmtime::Result<Component> {
        let path = self.folder.join(file_name(engine, bytes));
        if let Some(component) = load(engine, &path) {
            return Ok(component);
        }
        let component = compile()?;
        if let Err(error) = self.keep(&component, &path) {
            tracing::warn!(%error, folder = %self.folder.display(), "compiled code is not kept");
        }
        Ok(component)
    }

    fn keep(&self, component: &Component, path: &Path) -> io::Result<()> {
        let code = component.serialize().map_err(io::Error::other)?;
        let unfinished = self.folder.join(unfinished_name());
        let written = fs::write(&unfinished, code).and_then(|()| fs::rename(&unfinished, path));
        if written.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        written?;
        self.make_room()
    }

    fn make_room(&self) -> io::Result<()> {
        let mut entries: Vec<(SystemTime, PathBuf)> = fs::read_dir(&self.folder)?
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let written = entry.metadata().ok()?.modified().ok()?;
                Some((written, entry.path()))
            })
            .filter(|(_, path)| path.extension().is_some_and(|end| end == EXTENSION))
            .collect();
        entries.sort();
        let surplus = entries.len().saturating_sub(Self::ENTRIES);
        for (_, path) in entries.into_iter().take(surplus) {
            fs::remove_file(path)?;
        }
        Ok(())
    }
}

/// The ending of a finished file.
const EXTENSION: &str = "cwasm";

/// SHA-256 of the component, and of all that decides what it is compiled to:
/// the runtime's version, its settings and the processor's features.
fn file_name(engine: &Engine, bytes: &[u8]) -> String {
    let mut digest = DigestHasher(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut digest);
    digest.0.update(bytes);
    let mut name = String::new();
    for byte in digest.0.finalize() {
        let _ = write!(name, "{byte:02x}");
    }
    name + "." + EXTENSION
}

/// Takes what hashes itself into a digest.
struct DigestHasher(Sha256);

impl Hasher for DigestHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0 // the digest is what counts
    }
}

/// A name that no other write of this or another process has.
fn unfinished_name() -> String {
    static WRITES: AtomicU64 = AtomicU64::new(0);
    let number = WRITES.fetch_add(1, Ordering::Relaxed);
    format!("{}-{number}.unfinished", std::process::id())
}

#[expect(
    unsafe_code,
    reason = "wasmtime takes machine code on trust, and this is the place where it is given"
)]
fn load(engine: &Engine, path: &Path) -> Option<Component> {
    if !path.is_file() {
        return None;
    }
    // SAFETY: the file was written by `keep` from a component that an engine
    // of these settings compiled, for nobody but this user can write to the
    // folder, and files there are replaced and not changed.
    let loaded = unsafe { Component::deserialize_file(engine, path) };
    match loaded {
        Ok(component) => Some(component),
        Err(error) => {
            tracing::warn!(%error, path = %path.display(), "compiled code cannot be used");
            let _ = fs::remove_file(path);
            None
        }
    }
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Why others could write to the folder, if they could.
#[cfg(unix)]
fn danger(folder: &Path) -> io::Result<Option<&'static str>> {
    use std::os::unix::fs::MetadataExt;
    let metadata = fs::metadata(folder)?;
    // A file that this process makes is its user's.
    let probe = folder.join(unfinished_name());
    fs::write(&probe, [])?;
    let user = fs::metadata(&probe).map(|probe| probe.uid());
    fs::remove_file(&probe)?;
    Ok(if metadata.uid() != user? {
        Some("it belongs to another user")
    } else if metadata.mode() & 0o022 != 0 {
        Some("its group or everybody can write to it")
    } else {
        None
    })
}

#[cfg(not(unix))]
fn danger(folder: &Path) -> io::Result<Option<&'static str>> {
    let probe = folder.join(unfinished_name());
    fs::write(&probe, [])?;
    fs::remove_file(&probe)?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::{CodeCache, CodeCacheError};
    use std::cell::Cell;
    use std::fs;
    use std::path::PathBuf;
    use wasmtime::component::Component;
    use wasmtime::{Config, Engine};

    fn component(name: &str) -> Vec<u8> {
        wat::parse_str(format!("(component (core module ${name}))")).unwrap()
    }

    /// How often the component had to be compiled: once or not at all.
    fn compilations(cache: &CodeCache, engine: &Engine, bytes: &[u8]) -> u32 {
        let count = Cell::new(0);
        let compile = || {
            count.set(count.get() + 1);
            Component::new(engine, bytes)
        };
        cache.component(engine, bytes, compile).unwrap();
        count.get()
    }

    fn files(cache: &CodeCache) -> Vec<PathBuf> {
        let entries = fs::read_dir(&cache.folder).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    #[test]
    fn a_component_is_compiled_once_for_each_kind_of_engine() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CodeCache::open(folder.path().join("code")).unwrap();
        let engine = Engine::default();
        let bytes = component("one");
        assert_eq!(compilations(&cache, &engine, &bytes), 1);
        assert_eq!(compilations(&cache, &engine, &bytes), 0);
        assert_eq!(compilations(&cache, &Engine::default(), &bytes), 0);
        let counting = Engine::new(Config::new().consume_fuel(true)).unwrap();
        assert_eq!(compilations(&cache, &counting, &bytes), 1);
        assert_eq!(compilations(&cache, &engine, &component("other")), 1);
        assert_eq!(files(&cache).len(), 3);
    }

    #[test]
    fn a_broken_file_is_compiled_anew() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CodeCache::open(folder.path()).unwrap();
        let engine = Engine::default();
        let bytes = component("one");
        assert_eq!(compilations(&cache, &engine, &bytes), 1);
        for file in files(&cache) {
            fs::write(file, "no code").unwrap();
        }
        assert_eq!(compilations(&cache, &engine, &bytes), 1);
        assert_eq!(compilations(&cache, &engine, &bytes), 0);
    }

    #[test]
    fn the_oldest_files_make_room() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CodeCache::open(folder.path()).unwrap();
        let engine = Engine::default();
        for number in 0..CodeCache::ENTRIES + 3 {
            compilations(&cache, &engine, &component(&format!("c{number}")));
        }
        assert_eq!(files(&cache).len(), CodeCache::ENTRIES);
        let newest = component(&format!("c{}", CodeCache::ENTRIES + 2));
        assert_eq!(compilations(&cache, &engine, &newest), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_can_write_to_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        for mode in [0o777, 0o770, 0o702] {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
            let refused = CodeCache::open(folder.path()).unwrap_err();
            assert!(matches!(refused, CodeCacheError::Unsafe { .. }), "{mode:o}");
            assert!(refused.to_string().contains("0700"), "{refused}");
        }
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        CodeCache::open(folder.path()).unwrap();
    }

    #[test]
    fn a_file_in_the_folder_s_place_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, []).unwrap();
        let refused = CodeCache::open(&file).unwrap_err();
        assert!(
            matches!(refused, CodeCacheError::Unusable { .. }),
            "{refused}"
        );
    }
}
