//! The summary as JSON: it is read back whole or not at all, and its published schema means the same as the reader.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use jsonschema::Validator;
use serde_json::{Map, Value, json};
use shindan_report::{
    Format, Lang, Summary,
    format::{ReadError, SCHEMA, read},
};

use crate::samples;

#[test]
fn every_sample_is_read_back() {
    for (name, summary) in samples::all() {
        let text = Format::Json.render(&summary, Lang::Ko);
        assert_eq!(read(&text).unwrap(), summary, "{name}");
        assert_eq!(read(&format!("\u{feff}{text}")).unwrap(), summary, "{name}");
        let acts = |c: char| c != '\n' && (c.is_control() || matches!(c, '\u{202e}' | '\u{2066}'));
        assert!(!text.contains(acts), "{name}");
        assert!(text.ends_with("}\n"), "{name}");
    }
}

#[test]
fn fields_of_tomorrow_are_no_obstacle() {
    let mut value = whole();
    value["new"] = json!({ "a": [1] });
    value["targets"][0]["diagnosis"]["findings"][0]["new"] = json!(1);
    assert_eq!(read(&value.to_string()).unwrap(), samples::findings());
}

#[test]
fn another_schema_is_refused() {
    for schema in [0, 2, 4_294_967_297_u64] {
        let error = read(&with(&["schema"], json!(schema)).to_string()).unwrap_err();
        assert!(matches!(error, ReadError::Schema(found) if found == schema), "{error:?}");
        assert!(error.to_string().starts_with(&format!("the summary has schema {schema}, ")));
        assert!(std::error::Error::source(&error).is_none());
    }
    // What else it has does not matter then.
    assert!(matches!(read("{\"schema\": 2}"), Err(ReadError::Schema(2))));
    for schema in [json!("1"), json!(1.0), json!(-1), json!(null)] {
        assert!(matches!(read(&with(&["schema"], schema).to_string()), Err(ReadError::Json(_))));
    }
}

#[test]
fn an_unknown_word_is_refused() {
    let finding = ["targets", "0", "diagnosis", "findings", "0"];
    for (path, known) in [
        (&["targets", "0", "service"][..], "`wsc`"),
        (&["targets", "0", "diagnosis", "depth"], "`totals`"),
        (&[&finding[..], &["severity"]].concat(), "`unrated`"),
        (&[&finding[..], &["standing", "state"]].concat(), "`expired`"),
    ] {
        let error = read(&with(path, json!("fine")).to_string()).unwrap_err();
        assert!(error.to_string().starts_with("this cannot be read as a summary; "), "{path:?}");
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains("`fine`") && source.contains(known), "{source}");
    }
    for text in
        ["", "{", "[]", "null", "<html>", &Format::Json.render(&samples::clean(), Lang::En)[..900]]
    {
        assert!(matches!(read(text), Err(ReadError::Json(_))), "{text}");
    }
}

#[test]
fn every_sample_is_valid() {
    let mut closed: Value = serde_json::from_str(SCHEMA).unwrap();
    close(&mut closed);
    let (open, closed) = (schema(), jsonschema::validator_for(&closed).unwrap());
    for (name, summary) in samples::all() {
        let value = serde_json::to_value(&summary).unwrap();
        assert!(open.is_valid(&value), "{name}: {:?}", open.iter_errors(&value).next());
        assert!(closed.is_valid(&value), "{name}: {:?}", closed.iter_errors(&value).next());
    }
}

/// Whatever is taken away or replaced anywhere in a summary, the schema and the reader agree about the rest.
#[test]
fn the_schema_means_the_same_as_the_reader() {
    let schema = schema();
    let (mut valid, mut invalid) = (0, 0);
    let mut compare = |value: &Value, what: &str| {
        let is_read = read(&value.to_string()).is_ok();
        assert_eq!(schema.is_valid(value), is_read, "{what}");
        *(if is_read { &mut valid } else { &mut invalid }) += 1;
    };
    for value in [whole(), serde_json::to_value(samples::failed()).unwrap()] {
        let mut paths = Vec::new();
        walk(&value, String::new(), &mut paths);
        for path in paths.iter().filter(|path| !path.is_empty()) {
            let mut less = value.clone();
            let (parent, key) = path.rsplit_once('/').unwrap();
            if less
                .pointer_mut(parent)
                .and_then(Value::as_object_mut)
                .and_then(|all| all.remove(key))
                .is_some()
            {
                compare(&less, &format!("without {path}"));
            }
            for other in
                [json!(null), json!(-1), json!(true), json!("zz"), json!([]), json!([0]), json!({})]
            {
                let mut changed = value.clone();
                *changed.pointer_mut(path).unwrap() = other.clone();
                compare(&changed, &format!("{path} is {other}"));
            }
        }
    }
    assert!(valid > 100 && invalid > 1_000, "{valid} valid, {invalid} invalid");
}

fn schema() -> Validator {
    jsonschema::validator_for(&serde_json::from_str(SCHEMA).unwrap()).unwrap()
}

/// Allows no field that is not described.
fn close(schema: &mut Value) {
    if let Some(members) = schema.as_object_mut() {
        if members.contains_key("properties") && members.contains_key("type") {
            members.insert("additionalProperties".to_owned(), json!(false));
        }
        members.values_mut().for_each(close);
    }
}

fn whole() -> Value {
    serde_json::to_value::<Summary>(samples::findings()).unwrap()
}

fn with(path: &[&str], value: Value) -> Value {
    let mut summary = whole();
    *summary.pointer_mut(&format!("/{}", path.join("/"))).unwrap() = value;
    summary
}

fn walk(value: &Value, path: String, paths: &mut Vec<String>) {
    let empty = Map::new();
    for (key, value) in value.as_object().unwrap_or(&empty) {
        walk(value, format!("{path}/{key}"), paths);
    }
    for (n, value) in value.as_array().into_iter().flatten().enumerate() {
        walk(value, format!("{path}/{n}"), paths);
    }
    paths.push(path);
}
