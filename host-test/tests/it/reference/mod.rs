//! The documentation is that of this tree: the generated references are
//! current, the commands of the guides print what the guides say, and links
//! lead somewhere. `make component` builds the component that guides run.
//!
//! `BLESS=1 cargo test -p higress-host --test it -- the_reference_of`, which is
//! `make reference`, writes the references anew.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `form` | `docs/reference/form.md`, from `manifest.yaml` |
//! | `contract` | `docs/reference/contract.md`, from `wit/` |
//! | `command_line` | `docs/reference/command-line.md`, from the program's help |
//! | `page` | a page as it is, against what it should be |
//! | `markdown` | tables and paragraphs, for terminals too |
//! | `guides` | the console sessions of `docs/guides/` |
//! | `session` | what one such session is, and what it should print |
//! | `links` | links of all documentation |

mod command_line;
mod contract;
mod form;
mod guides;
mod links;
mod markdown;
mod page;
mod session;
