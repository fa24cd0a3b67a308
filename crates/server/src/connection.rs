//! How many requests one connection may have in progress.
//!
//! Over HTTP/1.1 they take turns. Over HTTP/2 a connection may begin any number of them, since the library neither announces
//! a limit nor can be told to; each takes memory until its answer has been read to the end, and nobody has to read.

use std::rc::Rc;

/// How many there may be. Clients that are told of no limit begin about as many before they open another connection.
const MOST: usize = 1_000;

/// A connection, known to all of its requests.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connection(Rc<()>);

/// The place of a request among those of its connection, until this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _connection: Rc<()>,
}

impl Connection {
    /// A place for another request; none if there are too many.
    pub(crate) fn place(&self) -> Option<Place> {
        // One of those who hold it is the connection.
        let requests = Rc::strong_count(&self.0) - 1;
        (requests < MOST).then(|| Place {
            _connection: Rc::clone(&self.0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_so_many_places_and_who_goes_makes_one() {
        let connection = Connection::default();
        let mut places: Vec<_> = (0..MOST).map(|_| connection.place().unwrap()).collect();
        assert!(connection.place().is_none());
        places.pop();
        places.push(connection.place().unwrap());
        assert!(connection.place().is_none());
        assert!(Connection::default().place().is_some());
    }
}
