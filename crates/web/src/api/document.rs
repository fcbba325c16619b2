//! The `OpenAPI` document, made from the table of operations. What a case is, it says by the names of
//! its fields; `docs/` has the case record.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::{Access, JSON, OPERATIONS, Operation};
use crate::app::App;

/// `GET /api/openapi.json`
pub(crate) async fn serve(State(app): State<Arc<App>>) -> Response {
    let document = document(app.options.public_read).to_string();
    ([(CONTENT_TYPE, JSON)], document).into_response()
}

fn document(public_read: bool) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in OPERATIONS {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = described(operation, public_read);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "jikenbo",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A book of security incidents whose every fact cites its words.",
        },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "Made on the page of one's account." },
            },
            "schemas": schemas(),
        },
    })
}

fn described(operation: &Operation, public_read: bool) -> Value {
    let parameters: Vec<Value> = operation
        .parameters
        .iter()
        .map(|parameter| {
            json!({
                "name": parameter.name,
                "in": parameter.place,
                "required": parameter.place == "path",
                "description": parameter.about,
                "schema": serde_json::from_str::<Value>(parameter.schema).unwrap_or_default(),
            })
        })
        .collect();
    let (status, kind, schema) = operation.answer;
    let answer = json!({ "description": operation.about, "content": content(kind, schema) });
    let mut responses = Map::new();
    responses.insert(status.to_string(), answer.clone());
    if operation.id == "add" {
        responses.insert("200".to_owned(), answer);
    }
    for (status, about) in refusals(operation) {
        let refusal = json!({ "description": about, "content": content(JSON, "Error") });
        responses.insert(status.to_string(), refusal);
    }
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.about,
        "parameters": parameters,
        "responses": responses,
    });
    if let Some((kind, schema)) = operation.body {
        described["requestBody"] = json!({ "required": true, "content": content(kind, schema) });
    }
    described["security"] = match operation.access {
        Access::Open => json!([]),
        // Without a token, or with one that may read.
        Access::Read if public_read => json!([{}, { "token": [] }]),
        Access::Read | Access::Respond | Access::Write => json!([{ "token": [] }]),
    };
    described
}

fn content(kind: &str, schema: &str) -> Value {
    json!({ kind: { "schema": { "$ref": format!("#/components/schemas/{schema}") } } })
}

fn refusals(operation: &Operation) -> Vec<(u16, &'static str)> {
    let mut refusals = vec![(421, "The server does not answer to that name")];
    if operation.access != Access::Open {
        refusals.extend([
            (401, "No token, or one that is not good"),
            (403, "The token may not do this"),
            (408, "It took too long"),
            (422, "Something in the request is wrong"),
        ]);
    }
    if operation.parameters.iter().any(|parameter| parameter.place == "path") {
        refusals.push((404, "There is no such thing"));
    } else if operation.access == Access::Respond {
        refusals.push((404, "To those who may not see live cases there are none"));
    }
    if operation.body.is_some() {
        refusals.extend([(413, "Too large"), (503, "The server is busy")]);
    }
    refusals
}

fn schemas() -> Value {
    let mut all = book_schemas();
    if let (Some(all), Value::Object(live)) = (all.as_object_mut(), live_schemas()) {
        all.extend(live);
    }
    all
}

/// An object that has all of these.
fn object(properties: Value) -> Value {
    let required: Vec<String> =
        properties.as_object().map(|all| all.keys().cloned().collect()).unwrap_or_default();
    let mut object = json!({ "type": "object", "required": required });
    object["properties"] = properties;
    object
}

fn book_schemas() -> Value {
    let text = || json!({ "type": ["string", "null"] });
    let number = || json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{1,9}$" });
    let count = || json!({ "type": "integer", "minimum": 0 });
    let list = |items: Value| json!({ "type": "array", "items": items });
    json!({
        "Error": object(json!({ "error": object(json!({ "code": { "type": "string" }, "message": { "type": "string" } })) })),
        "Found": object(json!({
            "total": count(), "page": count(), "per_page": count(),
            "cases": list(object(json!({
                "number": number(), "organisation": text(), "title": text(), "category": text(),
                "disclosed_on": text(), "data_disclosure": text(),
                "reports": count(), "corrections": count(), "contradictions": count(),
            }))),
        })),
        "Bytes": { "type": "string", "contentMediaType": "application/octet-stream", "minLength": 1 },
        "Text": { "type": "string" },
        "Document": { "type": "object" },
        "Added": object(json!({
            "sha256": { "type": "string" }, "known": { "type": "boolean" },
            "cases": list(object(json!({
                "number": number(), "joined": { "type": "boolean" }, "proposed": text(),
            }))),
        })),
        "Case": object(json!({
            "number": number(), "merged_into": text(), "facts": { "type": "object" },
            "reports": list(json!({ "type": "object" })),
            "corrections": list(json!({ "type": "object" })),
            "proposals": list(json!({ "type": "object" })),
            "history": list(json!({ "type": "object" })),
            "original": { "type": ["object", "null"] },
        })),
        "Correction": {
            "type": "object",
            "properties": {
                "field": { "enum": case::Field::ALL.iter().map(|field| field.name()).collect::<Vec<_>>() },
                "value": { "description": "The shape of the case record without cite and cites" },
                "why": { "type": "string", "minLength": 1 },
            },
            "required": ["field", "value", "why"],
            "additionalProperties": false,
        },
        "Corrected": object(json!({ "number": number(), "field": { "type": "string" } })),
        "Statistics": object(json!({
            "query": { "type": "string" }, "cases": count(), "columns": count(),
            "breakdowns": list(json!({ "type": "object" })),
            "affected": { "type": "object" },
            "delays": list(json!({ "type": "object" })),
        })),
        "Timeline": {
            "type": "object",
            "properties": {
                "from": { "type": "integer" }, "to": { "type": "integer" },
                "first": { "type": "integer" }, "last": { "type": "integer" }, "total": count(),
                "cases": list(json!({ "type": "array" })),
                "parts": count(), "bins": list(list(count())),
            },
            "required": ["from", "to", "first", "last", "total"],
        },
    })
}

/// What answers about live cases are.
fn live_schemas() -> Value {
    let text = || json!({ "type": ["string", "null"] });
    let number = || json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{1,9}$" });
    let live = || json!({ "type": "string", "pattern": "^L[0-9]{4}-[0-9]{1,9}$" });
    let count = || json!({ "type": "integer", "minimum": 0 });
    let list = |items: Value| json!({ "type": "array", "items": items });
    json!({
        "LiveCases": object(json!({ "cases": list(object(json!({
            "number": live(), "title": text(), "disclosed": text(),
            "opened_at": { "type": "string" }, "changed_at": { "type": "string" },
        }))) })),
        "LiveEntry": {
            "type": "object",
            "description": "An entry as docs/response.md tells: its kind, and what that kind says",
            "properties": { "kind": { "type": "string" } },
            "required": ["kind"],
        },
        "LiveOpened": object(json!({ "number": live() })),
        "LiveRecorded": object(json!({ "number": live(), "entry": count() })),
        "LiveCase": object(json!({
            "format": { "type": "string" }, "number": live(), "at": { "type": "string" },
            "title": { "type": "string" }, "disclosed": text(), "contacts": count(),
            "clocks": list(json!({ "type": "object" })),
            "timeline": list(json!({ "type": "object" })),
            "services": list(json!({ "type": "object" })),
            "tasks": list(json!({ "type": "object" })),
            "decisions": list(json!({ "type": "object" })),
            "evidence": list(json!({ "type": "object" })),
            "costs": list(json!({ "type": "object" })),
        })),
        "LiveContacts": object(json!({ "number": live(), "contacts": list(json!({ "type": "object" })) })),
        "Disclosure": {
            "type": "object",
            "properties": { "why": { "type": "string", "minLength": 1 } },
            "required": ["why"],
            "additionalProperties": false,
        },
        "LiveDisclosed": object(json!({ "live": live(), "number": number() })),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_document_leads_somewhere() {
        let document = document(false);
        let text = document.to_string();
        for part in text.split("\"#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(document["components"]["schemas"][name].is_object(), "{name}");
        }
        for operation in OPERATIONS {
            let described = &document["paths"][operation.path][operation.method];
            assert_eq!(described["operationId"], operation.id);
            for parameter in operation.parameters {
                assert!(
                    serde_json::from_str::<Value>(parameter.schema).is_ok(),
                    "{}",
                    parameter.name
                );
                let in_path = operation.path.contains(&format!("{{{}}}", parameter.name));
                assert_eq!(in_path, parameter.place == "path", "{}", parameter.name);
            }
        }
    }
}
