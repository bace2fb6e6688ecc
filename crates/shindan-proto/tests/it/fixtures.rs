//! What the services are known to say, read with the types that they are meant for.

use std::{collections::BTreeSet, fs};

use bytes::Bytes;
use http::Response;
use shindan_proto::{Error, accept, decode, encode, respond};
use shindan_wire::{Api, Endpoint, Fault, Visit};
use vaddy_model::Vaddy;
use wsc_model::Wsc;

use crate::{
    each,
    fixture::{ResponseFile, files, folder, responses, root},
};

fn folder_of<E: Endpoint>() -> std::path::PathBuf {
    folder(E::Api::NAME, E::NAME)
}

#[test]
fn every_operation_has_a_folder_and_every_folder_an_operation() {
    struct Folders(BTreeSet<String>);
    impl Visit for Folders {
        fn endpoint<E: Endpoint>(&mut self) {
            let folder = folder_of::<E>();
            assert!(responses(&folder).len() >= 2, "{} needs two responses", folder.display());
            assert!(
                !files(&folder, ".request.json").is_empty(),
                "{} needs a request",
                folder.display()
            );
            self.0.insert(folder.display().to_string());
        }
    }
    let mut folders = Folders(BTreeSet::new());
    each(&mut folders);
    let there: BTreeSet<String> = ["wsc", "vaddy/v1", "vaddy/v2"]
        .into_iter()
        .flat_map(|api| fs::read_dir(root().join(api)).expect("it is there"))
        .map(|entry| entry.expect("it can be read").path().display().to_string())
        .collect();
    assert_eq!(folders.0, there);
}

#[test]
fn every_response_is_read_and_can_be_said_again() {
    struct Read;
    impl Visit for Read {
        fn endpoint<E: Endpoint>(&mut self) {
            for ResponseFile { case, comments, response } in responses(&folder_of::<E>()) {
                assert!(has_origin(&comments), "{} {case}", E::NAME);
                let answer = decode::<E>(response)
                    .unwrap_or_else(|error| panic!("{} {case}: {}", E::NAME, chain(&error)));
                let again = decode::<E>(respond(&answer.value))
                    .unwrap_or_else(|error| panic!("{} {case}: {}", E::NAME, chain(&error)));
                assert_eq!(answer.value, again.value, "{} {case}", E::NAME);
                let expected = usize::from(case == "bad_records");
                assert_eq!(answer.rejected.len(), expected, "{} {case}", E::NAME);
            }
        }
    }
    each(&mut Read);
}

#[test]
fn every_request_case_is_an_operation_that_the_server_accepts() {
    struct Read;
    impl Visit for Read {
        fn endpoint<E: Endpoint>(&mut self) {
            let base = "https://example.com".parse().expect("it is a url");
            for (case, json) in files(&folder_of::<E>(), ".request.json") {
                let operation: E = serde_json::from_str(&json)
                    .unwrap_or_else(|error| panic!("{} {case}: {error}", E::NAME));
                let request = encode(&base, &operation).expect("a case can be encoded");
                assert_eq!(accept::<E>(&request), Some(Ok(operation)), "{} {case}", E::NAME);
            }
        }
    }
    each(&mut Read);
}

/// T-TRUNC: half of an answer is no answer.
#[test]
fn a_truncated_response_is_never_a_success() {
    struct Cut(usize);
    impl Visit for Cut {
        fn endpoint<E: Endpoint>(&mut self) {
            for ResponseFile { case, response, .. } in responses(&folder_of::<E>()) {
                let (parts, body) = response.into_parts();
                for length in 0..body.trim_ascii_end().len() {
                    let cut = Response::from_parts(parts.clone(), body.slice(..length));
                    assert!(decode::<E>(cut).is_err(), "{} {case} cut at {length}", E::NAME);
                    self.0 += 1;
                }
            }
        }
    }
    let mut cuts = Cut(0);
    each(&mut cuts);
    assert!(cuts.0 > 10_000, "{} cuts", cuts.0);
}

#[test]
fn every_fault_is_of_its_kind_whatever_was_asked() {
    struct Asked<'a>(&'a str, u16, Bytes);
    impl Visit for Asked<'_> {
        fn endpoint<E: Endpoint>(&mut self) {
            let mut response = Response::new(self.2.clone());
            *response.status_mut() = self.1.try_into().expect("it is a status");
            assert!(
                matches!(decode::<E>(response), Err(Error::Fault(_))),
                "{} {}",
                E::NAME,
                self.0
            );
        }
    }
    fn faults<A: Api>(each: fn(&mut Asked<'_>)) {
        for ResponseFile { case, comments, response } in
            responses(&root().join("faults").join(A::NAME))
        {
            assert!(has_origin(&comments), "{case}");
            let status = response.status().as_u16();
            let fault =
                A::fault(status, response.body()).unwrap_or_else(|| panic!("{case} is no fault"));
            assert_eq!(comments[1], ("kind".to_owned(), format!("{:?}", fault.kind())), "{case}");
            assert_eq!(A::fault(status, &fault.to_body()), Some(fault), "{case}");
            each(&mut Asked(&case, status, response.into_body()));
        }
    }
    faults::<Wsc>(|asked| wsc_model::each(asked));
    faults::<Vaddy>(|asked| vaddy_model::each(asked));
}

/// A fixture says of itself that it is from the vendor's page, a recording, or made up and why.
fn has_origin(comments: &[(String, String)]) -> bool {
    let Some((key, origin)) = comments.first() else { return false };
    let mut words = origin.split(' ');
    let (kind, about, date) = (words.next(), words.next(), words.next());
    key == "origin"
        && match kind {
            Some("documented") => {
                about.is_some_and(|url| url.starts_with("https://")) && date.is_some_and(is_date)
            }
            Some("recorded") => about.is_some_and(is_date),
            Some("synthetic") => about.is_some(),
            _ => false,
        }
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

fn chain(error: &dyn core::error::Error) -> String {
    let source = error.source().map_or_else(String::new, |source| format!(": {}", chain(source)));
    format!("{error}{source}")
}
