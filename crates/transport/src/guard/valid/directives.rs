//! Directives: those that there are, where they may stand.

use async_graphql::{
    Positioned,
    parser::types::{Directive, DirectiveLocation},
};

use super::{Walk, selections::Taker};

impl<'a> Walk<'a> {
    /// Walks through the directives that stand at a `place`.
    pub(super) fn directives(&mut self, directives: &'a [Positioned<Directive>], place: DirectiveLocation) {
        for (index, directive) in directives.iter().enumerate() {
            let Directive { name, arguments } = &directive.node;
            let definition = self.types.directive(&name.node);
            match definition {
                None => self.tell(&[directive.pos], format_args!("There is no directive `@{name}`.")),
                Some(definition) if !definition.locations.iter().any(|location| location.node == place) => {
                    self.tell(
                        &[directive.pos],
                        format_args!("The directive `@{name}` may not stand here."),
                    );
                }
                Some(definition) => {
                    let mut before = directives.iter().take(index);
                    if !definition.is_repeatable && before.any(|before| before.node.name.node == name.node) {
                        self.tell(
                            &[directive.pos],
                            format_args!("The directive `@{name}` stands here twice."),
                        );
                    }
                }
            }
            let defined = definition.map(|definition| &definition.arguments);
            self.arguments(arguments, defined, Taker::Directive(&name.node), directive.pos);
        }
    }
}
