//! Documents that were agreed on beforehand, so that no others are carried out.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_graphql::{Data, Request, ServerError};
use serde_json::Value;

use super::{Refusal, parsing::parse};
use crate::{Introspection, Limits};

/// What an id may begin with, by the proposal for persisted documents over HTTP.
const PREFIX: &str = "sha256:";

/// The documents that may be carried out, by their ids.
#[derive(Debug, Clone, Default)]
pub struct TrustedDocuments {
    by_id: HashMap<String, Arc<str>>,
    texts: HashSet<Arc<str>>,
}

/// Why a list of trusted documents cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NoDocuments {
    /// It is not a JSON object whose values are documents.
    #[error("it must be a JSON object of ids and documents: {0}")]
    Json(#[from] serde_json::Error),
    /// One of them could never be carried out.
    #[error("the document {id:?} cannot be used: {message}")]
    Document {
        /// Its id.
        id: String,
        /// What is wrong with it.
        message: String,
    },
}

/// The id by which a request names its document.
#[derive(Debug, Clone)]
struct DocumentId(String);

impl TrustedDocuments {
    /// Reads a JSON object that maps ids, usually hashes, to documents, as the tools of clients write it.
    ///
    /// # Errors
    /// If it is none, or has a document that does not parse or is beyond the limits.
    pub fn parse(json: &str, limits: &Limits) -> Result<Self, NoDocuments> {
        let mut documents = Self::default();
        for (id, query) in serde_json::from_str::<HashMap<String, String>>(json)? {
            if let Err(ServerError { message, .. }) = parse(&query, limits, Introspection::On) {
                return Err(NoDocuments::Document { id, message });
            }
            let query: Arc<str> = query.into();
            documents.texts.insert(Arc::clone(&query));
            if documents.by_id.insert(bare(&id).to_owned(), query).is_some() {
                let message = format!("it stands there twice, with `{PREFIX}` and without");
                return Err(NoDocuments::Document { id, message });
            }
        }
        Ok(documents)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }
}

/// Notes the id by which a request names its document: `documentId`, or what Apollo's clients send.
pub(crate) fn note_id(request: &mut Request, document_id: Option<String>) {
    let id = document_id.or_else(|| {
        let extension = request.extensions.get("persistedQuery")?;
        let extension = Value::try_from(extension.clone()).ok()?;
        Some(extension.get("sha256Hash")?.as_str()?.to_owned())
    });
    if let Some(id) = id {
        request.data.insert(DocumentId(id));
    }
}

/// Whether a request names a document instead of having one.
pub(crate) fn has_id(request: &Request) -> bool {
    id(&request.data).is_some()
}

fn id(data: &Data) -> Option<&str> {
    let id = data.get(&std::any::TypeId::of::<DocumentId>())?;
    id.downcast_ref::<DocumentId>().map(|id| id.0.as_str())
}

/// Gives the request the document that it names, if it names one.
///
/// # Errors
/// If there is no such document, or the request's own is not one of those that are trusted.
pub(super) fn resolve(
    request: &mut Request,
    documents: Option<&TrustedDocuments>,
) -> Result<(), ServerError> {
    let id = id(&request.data);
    let Some(documents) = documents else {
        // Who names a document and has it too only asks whether it is known by its id.
        return if id.is_some() && request.query.is_empty() {
            Err(Refusal::NoTrustedDocuments.into())
        } else {
            Ok(())
        };
    };
    let found = match id {
        None => documents.texts.get(request.query.as_str()),
        Some(id) => match documents.by_id.get(bare(id)) {
            None if request.query.is_empty() => return Err(Refusal::UnknownDocument.into()),
            found => found.filter(|text| request.query.is_empty() || request.query == ***text),
        },
    };
    let Some(text) = found else {
        return Err(Refusal::Untrusted.into());
    };
    request.query = text.to_string();
    Ok(())
}

/// An id without what it may begin with.
fn bare(id: &str) -> &str {
    id.strip_prefix(PREFIX).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use async_graphql::Extensions;
    use serde_json::json;

    use super::*;

    fn documents() -> TrustedDocuments {
        // One is a document only for those who know all of the language.
        let odd = "query ($x: [ Int ! ]) { ... on # c\nQuery { a(x: $x) } }";
        let json = json!({ "abc": "{ a }", "sha256:def": "{ b }", "odd": odd }).to_string();
        TrustedDocuments::parse(&json, &Limits::default()).unwrap()
    }

    /// The document of a request that has these.
    fn resolved(
        query: &str,
        id: Option<&str>,
        extensions: Value,
        documents: Option<&TrustedDocuments>,
    ) -> Result<String, String> {
        let mut request = Request::new(query);
        request.extensions = serde_json::from_value::<Extensions>(extensions).unwrap();
        note_id(&mut request, id.map(str::to_owned));
        resolve(&mut request, documents).map_err(|error| error.message)?;
        // What was found once is found again.
        resolve(&mut request, documents).map_err(|error| error.message)?;
        Ok(request.query)
    }

    #[test]
    fn a_trusted_document_is_found_by_its_id_or_its_text() {
        let apollo = |hash: &str| json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
        let documents = documents();
        for (query, id, extensions, found) in [
            ("", Some("abc"), json!({}), "{ a }"),
            ("", Some("sha256:abc"), json!({}), "{ a }"),
            ("", Some("def"), json!({}), "{ b }"),
            ("", None, apollo("abc"), "{ a }"),
            ("{ a }", None, json!({}), "{ a }"),
            ("{ a }", Some("abc"), json!({}), "{ a }"),
        ] {
            assert_eq!(
                resolved(query, id, extensions, Some(&documents)),
                Ok(found.to_owned())
            );
        }
    }

    #[test]
    fn what_is_not_trusted_is_refused() {
        let documents = documents();
        let refused = |refusal: Refusal| Err(refusal.to_string());
        let none = || json!({});
        for (query, id, extensions, refusal) in [
            ("{ c }", None, none(), Refusal::Untrusted),
            ("{  a }", None, none(), Refusal::Untrusted),
            ("{ b }", Some("abc"), none(), Refusal::Untrusted),
            ("{ c }", Some("xyz"), none(), Refusal::Untrusted),
            ("{ a }", Some("xyz"), none(), Refusal::Untrusted),
            ("", Some("xyz"), none(), Refusal::UnknownDocument),
            ("", Some("{ a }"), none(), Refusal::UnknownDocument),
            (
                "",
                None,
                json!({ "persistedQuery": { "sha256Hash": "xyz" } }),
                Refusal::UnknownDocument,
            ),
        ] {
            assert_eq!(
                resolved(query, id, extensions, Some(&documents)),
                refused(refusal),
                "{query} {id:?}"
            );
        }
        let nothing_is_trusted = Some(&TrustedDocuments::default());
        assert_eq!(
            resolved("{ a }", None, none(), nothing_is_trusted),
            refused(Refusal::Untrusted)
        );
    }

    #[test]
    fn without_a_list_only_texts_are_carried_out() {
        assert_eq!(resolved("{ c }", None, json!({}), None), Ok("{ c }".to_owned()));
        assert_eq!(
            resolved("{ c }", Some("abc"), json!({}), None),
            Ok("{ c }".to_owned())
        );
        assert_eq!(
            resolved("", Some("abc"), json!({}), None),
            Err(Refusal::NoTrustedDocuments.to_string())
        );
    }

    #[test]
    fn a_list_that_cannot_be_used_is_told() {
        let parse = |json: &str| {
            TrustedDocuments::parse(json, &Limits::default())
                .unwrap_err()
                .to_string()
        };
        for json in ["", "[]", "{\"a\": 1}", "{\"a\": \"{ b }\""] {
            assert!(parse(json).starts_with("it must be a JSON object"), "{json}");
        }
        assert!(parse("{\"a\": \"{ b\"}").starts_with("the document \"a\" cannot be used: "));
        let twice = parse("{\"a\": \"{ b }\", \"sha256:a\": \"{ b }\"}");
        assert!(twice.contains("it stands there twice"), "{twice}");
        let deep = json!({ "a": format!("{}a{}", "{a".repeat(100), "}".repeat(100)) });
        assert!(parse(&deep.to_string()).ends_with("deeper than 64 levels."));
        let few = Limits {
            tokens: 3,
            ..Limits::default()
        };
        let fitting = TrustedDocuments::parse("{\"a\": \"{ b }\"}", &few).unwrap();
        assert_eq!(fitting.len(), 1);
        let larger = TrustedDocuments::parse("{\"a\": \"{ b c }\"}", &few).unwrap_err();
        assert!(larger.to_string().ends_with("more than 3 tokens."), "{larger}");
    }
}
