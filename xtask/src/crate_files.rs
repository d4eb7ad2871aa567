//! The files of a crate, found as the compiler finds them: from the root by
//! its `mod` declarations. Test modules are left out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use syn::{Attribute, Item, UseTree};

/// A source file that is a module of a crate.
pub(crate) struct CrateFile {
    /// Its path below the crate's folder.
    pub(crate) name: String,
    /// The path of its module: empty for the root.
    pub(crate) module: Vec<String>,
    pub(crate) syntax: syn::File,
    /// What it re-exports: the name here, and the path as written.
    pub(crate) exports: BTreeMap<String, Vec<String>>,
}

/// Reads the crate with this root.
pub(crate) fn read(root: &Path) -> Result<Vec<CrateFile>, String> {
    let folder = root.parent().unwrap_or(Path::new("")).to_owned();
    let mut files = Vec::new();
    read_module(root, &folder, &folder, Vec::new(), &mut files)?;
    Ok(files)
}

/// Reads a module's file, and those of the modules that it declares, which lie
/// in `children`.
fn read_module(
    path: &Path,
    children: &Path,
    crate_folder: &Path,
    module: Vec<String>,
    files: &mut Vec<CrateFile>,
) -> Result<(), String> {
    let problem = |reason: String| format!("{}: {reason}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| problem(error.to_string()))?;
    let syntax = syn::parse_file(&text).map_err(|error| problem(error.to_string()))?;
    for item in &syntax.items {
        if let Item::Mod(declared) = item
            && declared.content.is_none()
            && !is_test(&declared.attrs)
        {
            let name = declared.ident.to_string();
            let (file, grandchildren) = module_file(children, &name);
            let child = [module.as_slice(), &[name]].concat();
            read_module(&file, &grandchildren, crate_folder, child, files)?;
        }
    }
    let name = path.strip_prefix(crate_folder).unwrap_or(path);
    files.push(CrateFile {
        name: name.display().to_string(),
        module,
        exports: exports(&syntax),
        syntax,
    });
    Ok(())
}

fn module_file(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let children = folder.join(name);
    let in_folder = children.join("mod.rs");
    if in_folder.is_file() {
        (in_folder, children)
    } else {
        (folder.join(format!("{name}.rs")), children)
    }
}

/// Whether an item is compiled for tests alone.
pub(crate) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || (attribute.path().is_ident("cfg")
                && attribute
                    .parse_args::<syn::Ident>()
                    .is_ok_and(|it| it == "test"))
    })
}

fn exports(syntax: &syn::File) -> BTreeMap<String, Vec<String>> {
    let mut exports = BTreeMap::new();
    for item in &syntax.items {
        if let Item::Use(item) = item
            && !matches!(item.vis, syn::Visibility::Inherited)
        {
            for (name, path) in leaves(&item.tree) {
                exports.insert(name, path);
            }
        }
    }
    exports
}

/// The names that a `use` brings, each with its path; `*` for a glob.
pub(crate) fn leaves(tree: &UseTree) -> Vec<(String, Vec<String>)> {
    match tree {
        UseTree::Path(path) => below(&path.ident.to_string(), leaves(&path.tree)),
        UseTree::Name(name) if name.ident == "self" => vec![(String::new(), Vec::new())],
        UseTree::Name(name) => vec![(name.ident.to_string(), vec![name.ident.to_string()])],
        UseTree::Rename(rename) if rename.ident == "self" => {
            vec![(rename.rename.to_string(), Vec::new())]
        }
        UseTree::Rename(rename) => {
            vec![(rename.rename.to_string(), vec![rename.ident.to_string()])]
        }
        UseTree::Glob(_) => vec![("*".to_owned(), vec!["*".to_owned()])],
        UseTree::Group(group) => group.items.iter().flat_map(leaves).collect(),
    }
}

fn below(segment: &str, leaves: Vec<(String, Vec<String>)>) -> Vec<(String, Vec<String>)> {
    leaves
        .into_iter()
        .map(|(name, path)| {
            let name = if name.is_empty() {
                segment.to_owned()
            } else {
                name
            };
            (name, [&[segment.to_owned()], path.as_slice()].concat())
        })
        .collect()
}
