//! The sources of an answer, in the forms of several vendors. Many backends
//! repeat the list in every chunk, so each source is returned once.
//!
//! | member | form | sender |
//! | --- | --- | --- |
//! | `annotations` of a delta | `{"type":"url_citation","url_citation":{…}}` | `OpenAI`, OpenRouter |
//! | `search_results` | `{"title","url"}` | Perplexity |
//! | `citations` | URLs | Perplexity, xAI, Higress `ai-search` |
//! | `search_info.search_results` | `{"index","title","url","site_name"}` | `DashScope` |
//! | `web_search` | `{"title","link","content","refer"}` | Zhipu |

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::other_members::OtherMembers;
use crate::text_generation::{Citation, Event};
use wire::lenient::{self, Count, Text};

/// Maximum number of sources that are returned; further ones are skipped.
const MAX_SOURCES: usize = 4096;

/// The sources of one answer.
#[derive(Debug, Default)]
pub(super) struct Citations {
    seen: BTreeSet<Key>,
    /// The last lists, by the names of their members.
    lists: Vec<(&'static str, String)>,
}

/// Identifies a source: its URL, or else its title or text; and the part of the
/// answer that it supports.
type Key = (String, Option<u32>, Option<u32>);

/// A source in any form.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Source<'a> {
    #[serde(borrow)]
    url: Text<'a>,
    #[serde(borrow)]
    link: Text<'a>,
    #[serde(borrow)]
    title: Text<'a>,
    #[serde(borrow)]
    site_name: Text<'a>,
    #[serde(borrow)]
    content: Text<'a>,
    #[serde(borrow)]
    snippet: Text<'a>,
    #[serde(borrow)]
    refer: Text<'a>,
    #[serde(borrow)]
    index: Text<'a>,
    start_index: Count,
    end_index: Count,
}

/// An annotation of a message.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Annotation<'a> {
    #[serde(borrow)]
    url_citation: Option<&'a RawValue>,
}

/// `DashScope`'s search results.
#[derive(Default, Deserialize)]
#[serde(default)]
struct SearchInfo<'a> {
    #[serde(borrow)]
    search_results: Option<&'a RawValue>,
}

impl Citations {
    /// Reads the sources beside the choices of a chunk, or in a native output.
    pub(super) fn take_lists(&mut self, members: &OtherMembers<'_>, events: &mut Vec<Event>) {
        // Those with titles first: a URL is returned once.
        if let Some(json) = members.get("search_info") {
            let info: SearchInfo<'_> = lenient::object(json).unwrap_or_default();
            let results = info.search_results.map_or("", RawValue::get);
            self.take_list("search_info", results, events);
        }
        for name in ["search_results", "web_search", "citations"] {
            if let Some(json) = members.get(name) {
                self.take_list(name, json, events);
            }
        }
    }

    fn take_list(&mut self, name: &'static str, json: &str, events: &mut Vec<Event>) {
        match self.lists.iter_mut().find(|(known, _)| *known == name) {
            Some((_, last)) if last == json => return, // repeated in each chunk
            Some((_, last)) => json.clone_into(last),
            None => self.lists.push((name, json.to_owned())),
        }
        let mut number = 0_usize;
        lenient::each_item(json, &mut |item| {
            number = number.saturating_add(1);
            let citation = if item.starts_with('"') {
                let Text(url) = serde_json::from_str(item).unwrap_or_default();
                Citation {
                    url: non_empty(url),
                    label: Some(format!("[{number}]")),
                    ..Citation::default()
                }
            } else {
                let source: Source<'_> = lenient::object(item).unwrap_or_default();
                let number = || Some(format!("[{number}]"));
                source.into_citation(number)
            };
            self.add(citation, events);
        });
    }

    /// Reads the annotations of a message.
    pub(super) fn take_annotations(&mut self, json: &str, events: &mut Vec<Event>) {
        lenient::each_item(json, &mut |item| {
            let annotation: Annotation<'_> = lenient::object(item).unwrap_or_default();
            let source = annotation.url_citation.map_or(item, RawValue::get);
            let source: Source<'_> = lenient::object(source).unwrap_or_default();
            self.add(source.into_citation(|| None), events);
        });
    }

    fn add(&mut self, citation: Citation, events: &mut Vec<Event>) {
        let parts = [&citation.url, &citation.title, &citation.text];
        let Some(source) = parts.into_iter().flatten().next() else {
            return;
        };
        let key = (source.clone(), citation.start, citation.end);
        if self.seen.len() < MAX_SOURCES && self.seen.insert(key) {
            events.push(Event::Citation(citation));
        }
    }
}

impl Source<'_> {
    /// The source; `number` is its label if it has none of its own.
    fn into_citation(self, number: impl FnOnce() -> Option<String>) -> Citation {
        let label = match non_empty(self.index.0) {
            Some(index) => Some(format!("[{index}]")),
            None => non_empty(self.refer.0).or_else(number),
        };
        let position = |Count(count)| u32::try_from(count?).ok();
        Citation {
            url: non_empty(self.url.0).or_else(|| non_empty(self.link.0)),
            title: non_empty(self.title.0).or_else(|| non_empty(self.site_name.0)),
            text: non_empty(self.content.0).or_else(|| non_empty(self.snippet.0)),
            label,
            start: position(self.start_index),
            end: position(self.end_index),
        }
    }
}

fn non_empty(text: Cow<'_, str>) -> Option<String> {
    (!text.is_empty()).then(|| text.into_owned())
}
