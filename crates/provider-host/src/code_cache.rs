//! Machine code of components that were compiled before, in files named by
//! what they were compiled from.
//!
//! Machine code is trusted: a user who can write to it can run any code in this
//! process. So the folder and each file in it must belong to this process's
//! user, and no other user may write to them; this is checked when the cache is
//! opened, and before a file is loaded. The folders above must be as safe,
//! which is not. Files are put in place whole, and never changed.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::NamedTempFile;
use wasmtime::Engine;
use wasmtime::component::Component;

/// A folder of compiled components.
#[derive(Clone, Debug)]
pub struct CodeCache {
    folder: PathBuf,
    /// To whom its files belong.
    #[cfg(unix)]
    user: u32,
}

/// Why a folder cannot hold a cache.
#[derive(Debug, thiserror::Error)]
pub enum CodeCacheError {
    /// It is not there and cannot be made, or cannot be written to.
    #[error("cannot keep compiled code in {}: {}; choose another folder, or disable the cache", .folder.display(), .source.kind())]
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
        #[cfg(unix)]
        {
            let user = user(&folder).map_err(unusable)?;
            let metadata = fs::metadata(&folder).map_err(unusable)?;
            match danger(&metadata, user) {
                Some(reason) => Err(CodeCacheError::Unsafe { folder, reason }),
                None => Ok(Self { folder, user }),
            }
        }
        #[cfg(not(unix))]
        {
            unfinished(&folder).map_err(unusable)?;
            Ok(Self { folder })
        }
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
        if let Some(component) = self.load(engine, &path) {
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
        let mut file = unfinished(&self.folder)?;
        file.write_all(&code)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        self.make_room()
    }

    #[expect(
        unsafe_code,
        reason = "wasmtime runs machine code unchecked; `load` checks who wrote it"
    )]
    fn load(&self, engine: &Engine, path: &Path) -> Option<Component> {
        let metadata = fs::symlink_metadata(path).ok()?;
        if !metadata.is_file() || !self.is_own(&metadata) {
            tracing::warn!(path = %path.display(), "compiled code is not this user's alone");
            return None;
        }
        // SAFETY: the file was written by `keep` from a component that an
        // engine of these settings compiled, for it belongs to this user and
        // nobody else can write to it or its folder; and files there are
        // replaced and not changed.
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
    fn is_own(&self, file: &fs::Metadata) -> bool {
        use std::os::unix::fs::MetadataExt;
        file.uid() == self.user && file.mode() & WRITABLE_BY_OTHERS == 0
    }

    #[cfg(not(unix))]
    fn is_own(&self, _: &fs::Metadata) -> bool {
        true
    }

    fn make_room(&self) -> io::Result<()> {
        let mut entries: Vec<(SystemTime, PathBuf)> = fs::read_dir(&self.folder)?
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let written = entry.metadata().ok()?.modified().ok()?;
                Some((written, entry.path()))
            })
            .filter(|(written, path)| is_compiled(path) || is_left_behind(path, *written))
            .collect();
        entries.sort();
        let surplus = entries.len().saturating_sub(Self::ENTRIES);
        for (_, path) in entries.into_iter().take(surplus) {
            fs::remove_file(path)?;
        }
        Ok(())
    }
}

/// The ending of a finished file, and of one that is being written.
const EXTENSION: &str = "cwasm";
const UNFINISHED: &str = ".unfinished";

/// Bits of a mode by which a group or everybody can write.
#[cfg(unix)]
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// After this time nobody writes to an unfinished file any more.
const ABANDONED: Duration = Duration::from_hours(1);

fn is_compiled(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == EXTENSION)
}

/// Whether a process that is gone left the file behind.
fn is_left_behind(path: &Path, written: SystemTime) -> bool {
    let unfinished = path.to_string_lossy().ends_with(UNFINISHED);
    unfinished && written.elapsed().is_ok_and(|age| age > ABANDONED)
}

/// A new file under a name that nobody has, for this user alone.
fn unfinished(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.suffix(UNFINISHED).tempfile_in(folder)
}

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
fn danger(folder: &fs::Metadata, user: u32) -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt;
    if folder.uid() != user {
        Some("it belongs to another user")
    } else if folder.mode() & WRITABLE_BY_OTHERS != 0 {
        Some("its group or everybody can write to it")
    } else {
        None
    }
}

/// This process's user, to whom the files belong that it makes. Shows too that
/// the folder can be written to.
#[cfg(unix)]
fn user(folder: &Path) -> io::Result<u32> {
    use std::os::unix::fs::MetadataExt;
    Ok(unfinished(folder)?.as_file().metadata()?.uid())
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
    fn a_file_that_others_can_write_to_is_not_loaded() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let cache = CodeCache::open(folder.path()).unwrap();
        let engine = Engine::default();
        let bytes = component("one");
        assert_eq!(compilations(&cache, &engine, &bytes), 1);
        let file = files(&cache).pop().unwrap();
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
        // Compiled anew, into a file of its own.
        assert_eq!(compilations(&cache, &engine, &bytes), 1);
        assert_eq!(compilations(&cache, &engine, &bytes), 0);

        let elsewhere = tempfile::tempdir().unwrap();
        let elsewhere = elsewhere.path().join("code");
        fs::rename(&file, &elsewhere).unwrap();
        symlink(&elsewhere, &file).unwrap();
        assert_eq!(compilations(&cache, &engine, &bytes), 1);
    }

    #[test]
    fn programs_that_write_at_one_time_do_not_meet() {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::default();
        let names: Vec<_> = (0..8).map(|number| format!("c{number}")).collect();
        std::thread::scope(|scope| {
            for name in &names {
                let (folder, engine) = (folder.path(), &engine);
                scope.spawn(move || {
                    let cache = CodeCache::open(folder).unwrap();
                    assert_eq!(compilations(&cache, engine, &component(name)), 1);
                });
            }
        });
        let cache = CodeCache::open(folder.path()).unwrap();
        for name in &names {
            assert_eq!(compilations(&cache, &engine, &component(name)), 0);
        }
        assert_eq!(files(&cache).len(), names.len());
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
