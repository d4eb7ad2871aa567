//! Which file of a crate names an item of which other file. A name that a
//! module only re-exports counts as its origin's, and a re-export by itself is
//! no import.

use crate::crate_files::{CrateFile, is_test, leaves};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};

/// For each file, the indexes of those that it imports from.
pub(crate) fn graph(files: &[CrateFile]) -> Vec<BTreeSet<usize>> {
    let index: BTreeMap<&[String], usize> = files
        .iter()
        .enumerate()
        .map(|(at, file)| (file.module.as_slice(), at))
        .collect();
    let resolver = Resolver { files, index };
    let imports = |at: usize| {
        let mut paths = Paths::default();
        paths.visit_file(&files[at].syntax);
        let named = paths
            .found
            .iter()
            .filter_map(|path| resolver.origin(at, path));
        named.filter(|&origin| origin != at).collect()
    };
    (0..files.len()).map(imports).collect()
}

struct Resolver<'a> {
    files: &'a [CrateFile],
    index: BTreeMap<&'a [String], usize>,
}

/// Most re-exports of re-exports that are followed.
const MAX_DEPTH: usize = 8;

impl Resolver<'_> {
    /// The file that defines what `path` names in the file `at`; none for
    /// what is not of this crate.
    fn origin(&self, at: usize, path: &[String]) -> Option<usize> {
        self.follow(at, path, MAX_DEPTH)
    }

    fn follow(&self, at: usize, path: &[String], depth: usize) -> Option<usize> {
        let (start, rest) = self.start(at, path)?;
        let (file, rest) = self.descend(start, rest);
        let exports = &self.files[file].exports;
        let exported = rest.first().and_then(|name| exports.get(name));
        match exported {
            Some(target) if depth > 0 && file != at => self
                .follow(file, &[target.as_slice(), &rest[1..]].concat(), depth - 1)
                .or(Some(file)),
            _ => Some(file),
        }
    }

    /// The module that a path begins at, and what is left of it.
    fn start<'p>(&self, at: usize, path: &'p [String]) -> Option<(Vec<String>, &'p [String])> {
        let own = &self.files[at].module;
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some((Vec::new(), rest)),
            "self" => Some((own.clone(), rest)),
            "super" => {
                let ups = path
                    .iter()
                    .take_while(|segment| *segment == "super")
                    .count();
                let depth = own.len().checked_sub(ups)?;
                Some((own[..depth].to_vec(), &path[ups..]))
            }
            child => {
                let module = [own.as_slice(), &[child.to_owned()]].concat();
                self.index
                    .contains_key(module.as_slice())
                    .then_some((module, rest))
            }
        }
    }

    /// Follows a path from a module down to the last one that it names.
    fn descend<'p>(
        &self,
        mut module: Vec<String>,
        mut path: &'p [String],
    ) -> (usize, &'p [String]) {
        while let Some((first, rest)) = path.split_first() {
            module.push(first.clone());
            if !self.index.contains_key(module.as_slice()) {
                module.pop();
                break;
            }
            path = rest;
        }
        (
            self.index
                .get(module.as_slice())
                .copied()
                .unwrap_or_default(),
            path,
        )
    }
}

/// All paths of a file's production code, as they are written; a name that is
/// re-exported and used besides has its origin's.
#[derive(Default)]
struct Paths {
    found: BTreeSet<Vec<String>>,
}

impl Visit<'_> for Paths {
    fn visit_item(&mut self, item: &syn::Item) {
        let attributes = match item {
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Use(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_test(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &syn::ItemUse) {
        if matches!(item.vis, syn::Visibility::Inherited) {
            self.found
                .extend(leaves(&item.tree).into_iter().map(|(_, path)| path));
        }
    }

    /// A visibility names a module and imports nothing.
    fn visit_vis_restricted(&mut self, _: &syn::VisRestricted) {}

    fn visit_path(&mut self, path: &syn::Path) {
        if path.segments.len() > 1 {
            let segments = path
                .segments
                .iter()
                .map(|segment| segment.ident.to_string());
            self.found.insert(segments.collect());
        }
        visit::visit_path(self, path);
    }
}
