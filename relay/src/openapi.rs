//! The OpenAPI 3.1 document, generated from the handlers and the types they serve. What holds for
//! every call (keys, problem documents) is added here instead of being repeated on each.

use leanspec_shared::change::ChangesHead;
use leanspec_shared::command::{Delivery, Edit, Withdraw};
use leanspec_shared::feed::{Bye, Heartbeat, Hello, MachineGone, ProjectGone, Reset, SpecGone};
use leanspec_shared::probe::ProbeEvent;
use leanspec_shared::problem::{PROBLEM_MEDIA_TYPE, Problem};
use leanspec_shared::view::{Machine, Project, Spec};
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, ContentBuilder, Ref, ResponseBuilder};

/// The types that stand in no signature: what travels in feeds and in the head of a changes body.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "LeanSpec Relay",
        description = "Keeps what is on each machine and fans it out over Server-Sent Events."
    ),
    components(schemas(
        Bye, ChangesHead, Delivery, Edit, Heartbeat, Hello, Machine, MachineGone, Problem, ProbeEvent, Project,
        ProjectGone, Reset, Spec, SpecGone, Withdraw
    )),
    tags(
        (name = "bridge", description = "For bridges: key scope `bridge`."),
        (name = "read", description = "For people: key scope `view` and above."),
        (name = "edit", description = "For people: key scope `edit`. Changes on a machine, by commands."),
        (name = "manage", description = "For people: key scope `edit` (rename) and `admin` (forget)."),
        (name = "keys", description = "For people: key scope `admin`, and signing in."),
        (name = "operations", description = "For whoever runs the relay or looks into the way to it."),
    )
)]
struct Document;

/// The document before the routes have added themselves to it.
#[must_use]
pub(crate) fn skeleton() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// Adds what holds for every call.
#[must_use]
pub(crate) fn finish(mut api: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    api.components.get_or_insert_with(Components::new).add_security_scheme("key", bearer);
    // The router's mark for "all names that follow" is not known to OpenAPI.
    let paths = std::mem::take(&mut api.paths.paths);
    for (path, mut item) in paths {
        for operation in operations(&mut item) {
            complete(operation);
        }
        api.paths.paths.insert(path.replace("{*", "{"), item);
    }
    api
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete]
        .into_iter()
        .filter_map(Option::as_mut)
}

fn complete(operation: &mut Operation) {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = ResponseBuilder::new()
        .description("What went wrong, and what to do next.")
        .content(PROBLEM_MEDIA_TYPE, problem)
        .build();
    operation.responses.responses.insert("default".into(), response.into());
    if operation.security.is_none() {
        let no_scopes: [&str; 0] = [];
        operation.security = Some(vec![SecurityRequirement::new("key", no_scopes)]);
    }
}
