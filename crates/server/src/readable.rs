//! What can only be read.

use actix_web::{FromRequest, Handler, Resource, Responder, web};

/// A path that answers GET, and HEAD as GET, of which only the head is sent. Other methods are refused with the list of
/// these two.
pub(crate) fn readable<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args, Output: Responder + 'static>,
    Args: FromRequest + 'static,
{
    web::resource(path)
        .route(web::get().to(handler.clone()))
        .route(web::head().to(handler))
}
