//! Why the guard refuses a request, in the words and by the codes that the client gets.

use async_graphql::{Pos, ServerError};

use crate::error::with_code;

/// The code of a document that would cost too much.
const TOO_COMPLEX: &str = "QUERY_TOO_COMPLEX";

/// The code of a text that is no document.
pub(super) const PARSE_FAILED: &str = "GRAPHQL_PARSE_FAILED";

/// The code of a document that is none by the rules of GraphQL, or of this server.
pub(super) const VALIDATION_FAILED: &str = "GRAPHQL_VALIDATION_FAILED";

/// Why a request is not handed on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// Brackets in brackets, in the document's text.
    #[error("The document nests brackets deeper than {0} levels.")]
    Nesting(usize),
    /// Too many names, values and signs, in the document's text.
    #[error("The document has more than {0} tokens.")]
    Tokens(usize),
    /// A string that never ends, so that nobody can say what the rest of the text is.
    #[error("The document has a string without an end.")]
    UnterminatedString,
    /// Too many values, in the request's JSON.
    #[error("The request has more than {0} values, counting each variable wherever it is used.")]
    Values(usize),
    /// Lists and objects in one another, in the request's JSON.
    #[error("The request's JSON nests lists and objects deeper than {0} levels.")]
    JsonNesting(usize),
    /// Too many selections, once every fragment stands where it is spread.
    #[error(
        "The document selects more than {0} fields and fragments, counting each fragment wherever it is spread."
    )]
    Selections(usize),
    /// Too many selections, once those of interfaces and unions are there for each type of object.
    #[error(
        "The document selects far more than {0} fields, counting those of interfaces and unions for each type of object."
    )]
    Objects(usize),
    /// Too many names that the client gives, once every fragment stands where it is spread.
    #[error("The document has more than {0} aliases, counting each fragment wherever it is spread.")]
    Aliases(usize),
    /// Too many directives, in the document's text.
    #[error("The document has more than {0} directives.")]
    Directives(usize),
    /// Selections in selections, once every fragment stands where it is spread.
    #[error(
        "The document nests selections deeper than {0} levels, counting fragments wherever they are spread."
    )]
    Depth(usize),
    /// A fragment that contains itself, and so has no size at all.
    #[error("The fragment `{0}` spreads itself.")]
    Cycle(String),
    /// Two fields of one name, in an object that is written out.
    #[error("An object in the document has the field `{0}` twice.")]
    DuplicateField(String),
    /// Names of any length.
    #[error("The document has a name of more than {0} bytes.")]
    Name(usize),
    /// A name for the operation that no operation can have.
    #[error("There is no operation with a name of more than {0} bytes.")]
    OperationName(usize),
    /// What the parser would take for a document, and GraphQL does not.
    #[error("Syntax error: {0}")]
    Syntax(&'static str),
    /// Fields of one response key, in interfaces and their objects, level by level.
    #[error(
        "The document selects the same response keys of too many types in one another; give them other aliases."
    )]
    Meetings,
    /// More than an answer may hold, if every page of it is full.
    #[error(
        "The request asks for up to {values} values, and may ask for {limit}: take smaller pages, or less of each item."
    )]
    Complexity {
        /// What it asks for.
        values: usize,
        /// What it may ask for.
        limit: usize,
    },
    /// What a field or directive is given is not of the type that it takes.
    #[error("The argument `{at}` of {of} {must}.")]
    Argument {
        /// The field or directive that gets it.
        of: String,
        /// The argument's name, and what leads to a part of its value.
        at: String,
        /// What must be there.
        must: String,
        /// Where its value stands in the document.
        position: Pos,
    },
    /// A document by an id that nobody knows.
    #[error("There is no trusted document with this id.")]
    UnknownDocument,
    /// A document by its id, where none have ids.
    #[error("There are no trusted documents here: send the document itself, as `query`.")]
    NoTrustedDocuments,
    /// A document that is not trusted, where only trusted ones are carried out.
    #[error("Only trusted documents are carried out here, and this is none.")]
    Untrusted,
    /// Questions about the schema, where they are not answered.
    #[error("Introspection is switched off here.")]
    IntrospectionOff,
    /// Introspection that walks from types to fields to types, again and again.
    #[error("The introspection nests lists deeper than {0} levels.")]
    Introspection(usize),
}

impl From<Refusal> for ServerError {
    fn from(refusal: Refusal) -> Self {
        let code = match &refusal {
            Refusal::UnterminatedString | Refusal::Syntax(_) => PARSE_FAILED,
            Refusal::Cycle(_)
            | Refusal::OperationName(_)
            | Refusal::DuplicateField(_)
            | Refusal::Argument { .. } => VALIDATION_FAILED,
            // Apollo's clients know these two by their codes, and go on with the document itself.
            Refusal::UnknownDocument => "PERSISTED_QUERY_NOT_FOUND",
            Refusal::NoTrustedDocuments => "PERSISTED_QUERY_NOT_SUPPORTED",
            Refusal::Untrusted => "DOCUMENT_NOT_TRUSTED",
            Refusal::IntrospectionOff => "INTROSPECTION_DISABLED",
            Refusal::Nesting(_)
            | Refusal::Tokens(_)
            | Refusal::Values(_)
            | Refusal::JsonNesting(_)
            | Refusal::Aliases(_)
            | Refusal::Directives(_)
            | Refusal::Name(_)
            | Refusal::Meetings
            | Refusal::Selections(_)
            | Refusal::Objects(_)
            | Refusal::Depth(_)
            | Refusal::Complexity { .. }
            | Refusal::Introspection(_) => TOO_COMPLEX,
        };
        let position = match &refusal {
            Refusal::Argument { position, .. } => Some(*position),
            _ => None,
        };
        with_code(ServerError::new(refusal.to_string(), position), code)
    }
}
