"""What schemathesis is told of Understudy: ids that there are, and how a request may be refused that fits the schema."""

import json
import os
import re

import schemathesis
from graphql import REMOVE, ArgumentNode, NullValueNode, ObjectValueNode, StringValueNode, Visitor, parse, print_ast, visit
from hypothesis import strategies
from schemathesis.graphql import nodes, scalar

TOLD = json.loads(os.environ["UNDERSTUDY_TOLD"])

# A text at random is no id, and nothing would ever be found by it.
scalar("ID", strategies.sampled_from(TOLD["ids"]).map(nodes.String))

# Most numbers at random are more than a page can have.
SMALL = strategies.integers(min_value=0, max_value=20)
ANY = strategies.integers(min_value=-(2**31), max_value=2**31 - 1)
scalar("Int", strategies.one_of(SMALL, SMALL, SMALL, ANY).map(nodes.Int))

# By their codes, the refusals of which GraphQL's type system cannot tell beforehand. Anything else is a fault.
REFUSALS = {
    "BAD_USER_INPUT": re.compile(
        r"^(\S+ is not (an id|the id of a .+|a cursor of this list in this order)"
        r"|\S+ is a number from 0 to 100"
        r"|\S+ has a NUL character"
        r"|filter\.segmentId names another segment than the one whose campaigns are asked for"
        r"|a page is counted from one end: give first or last, not both"
        r"|a recipient is found by one thing: give id or externalId)$"
    ),
    # schemathesis does not know @oneOf.
    "GRAPHQL_VALIDATION_FAILED": re.compile(r"must have exactly one field, and not null\.$"),
    "QUERY_TOO_COMPLEX": re.compile(""),
} | {code: re.compile("") for code in TOLD["refusals"]}


# What an argument `id` is the id of, by a part of its field's name.
KINDS = {"campaign": "cmp_", "segment": "seg_", "recipient": "rcp_", "canvas": "cnv_", "token": "tok_"}

# What is called otherwise.
PREFIXES = {
    "sourceId": ["cmp_", "cnv_"],
    "contentId": ["cmp_"],
    "campaignId": ["cmp_"],
    "recipientId": ["rcp_"],
    "asRecipient": ["rcp_"],
}

# The arguments of which one field must be given.
ONE_OF = ("place", "selection")


class Sense(Visitor):
    """Makes sense of what would be refused nearly always: ids of another kind, pages counted from both ends,
    a recipient by both ids, and several of what there can be one of."""

    def enter_argument(self, argument, key, arguments, path, ancestors):
        given = {other.name.value for other in arguments if not isinstance(other.value, NullValueNode)}
        if given >= {"first", "last"} and argument.name.value in ("last", "after", "before"):
            return REMOVE
        if given >= {"id", "externalId"} and argument.name.value == "externalId":
            return REMOVE
        if argument.name.value in ONE_OF and isinstance(argument.value, ObjectValueNode):
            given = [field for field in argument.value.fields if not isinstance(field.value, NullValueNode)]
            return ArgumentNode(name=argument.name, value=ObjectValueNode(fields=tuple(given[:1])))
        return self.with_id(argument, ancestors[-1].name.value.lower())

    def enter_object_field(self, field, key, fields, path, ancestors):
        return self.with_id(field, "")

    def with_id(self, given, field):
        """The argument or the field of an input with an id of its kind, where it is to be one."""
        name, value = given.name.value, given.value
        if not isinstance(value, StringValueNode):
            return None
        if name == "id" and field:
            prefixes = [prefix for part, prefix in KINDS.items() if part in field][:1]
        elif name in PREFIXES:
            prefixes = PREFIXES[name]
        else:
            return None
        if not value.value.startswith(tuple(prefixes) or ""):
            first = next(id for id in TOLD["ids"] if id.startswith(tuple(prefixes)))
            return type(given)(name=given.name, value=nodes.String(first))
        return None


@schemathesis.hook
def before_call(context, case, kwargs):
    """Has requests reach further than schemathesis would come by the schema alone."""
    # Were the token revoked by which it asks, nothing more would be answered.
    case.body = case.body.replace(TOLD["own"], TOLD["ids"][0])
    if case.meta.generation.mode.is_positive:
        case.body = print_ast(visit(parse(case.body), Sense()))


@schemathesis.check
def what_fits_is_refused_only_as_it_may_be(context, response, case):
    """Takes the place of `positive_data_acceptance`, to which every refusal of what fits the schema is a fault."""
    if case.meta.generation.mode.is_negative:
        return
    for error in response.json().get("errors", []):
        refusal = REFUSALS.get(error["extensions"]["code"])
        assert refusal and refusal.search(error["message"]), error
