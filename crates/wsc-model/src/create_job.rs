use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shindan_wire::{Args, Effect, Endpoint, Method, Secret, lenient, open_enum};

use crate::{InstanceNo, Raw, Reply, Wsc};

/// `PUT /api/v1/job`: starts a diagnosis at once. **Every call is charged**, whatever the verb promises.
///
/// Source: <https://api.ncloud-docs.com/docs/en/security-websecuritychecker-createjob>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct CreateJob {
    /// The URL to diagnose, with `http://` or `https://`.
    pub start_url: String,
    /// URLs to leave out. Required in some of the vendor's documents, so it is always sent.
    #[serde(default, deserialize_with = "lenient::list")]
    pub exclude_url: Vec<String>,
    /// Headers that the scanner sends to the site: cookies and tokens.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Secret<String>>,
    /// `["ALL"]`, or keywords of which only a few are documented.
    pub vuln_items: Vec<String>,
    /// As what the scanner appears.
    pub user_agent: UserAgent,
    /// How fast it scans.
    pub speed: Speed,
    /// Free text, returned by the lists; it carries the token that finds the job again.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::opt")]
    pub memo: Option<String>,
    /// A finished diagnosis to repeat; free twice within 60 days.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::opt")]
    pub master_instance_no: Option<InstanceNo>,
}

impl CreateJob {
    /// Everything that WSC can look for, as a desktop Chrome at normal speed.
    pub fn new(start_url: &str) -> Self {
        Self {
            start_url: start_url.to_owned(),
            exclude_url: Vec::new(),
            headers: BTreeMap::new(),
            vuln_items: vec!["ALL".to_owned()],
            user_agent: UserAgent::PcChrome,
            speed: Speed::Normal,
            memo: None,
            master_instance_no: None,
        }
    }
}

impl Endpoint for CreateJob {
    type Api = Wsc;
    type Response = Created;
    const NAME: &'static str = "createJob";
    const METHOD: Method = Method::Put;
    const PATH: &'static str = "/api/v1/job";
    const ARGS: Args = Args::Json;
    const EFFECT: Effect = Effect::Billed;
    const DOCS: &'static str =
        "https://api.ncloud-docs.com/docs/en/security-websecuritychecker-createjob";
}

/// The answer to [`CreateJob`]: its content is not documented.
pub type Created = Reply<Option<Raw>>;

impl Created {
    /// The new job's number, if the answer names one.
    pub fn instance_no(&self) -> Option<InstanceNo> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Named {
            instance_no: InstanceNo,
        }
        Some(self.resources.as_ref()?.read::<Named>().ok()?.instance_no)
    }
}

open_enum! {
    /// The browser that the scanner claims to be.
    pub enum UserAgent {
        /// An Android phone.
        Android = "Android",
        /// An iPhone.
        Iphone = "iPhone",
        /// Chrome on a desktop.
        PcChrome = "PC Chrome",
        /// Internet Explorer on a desktop.
        PcIe = "PC IE",
    }
}

open_enum! {
    /// How fast a site is scanned; text on the wire.
    pub enum Speed {
        /// Normal.
        Normal = "1",
        /// A bit faster.
        Faster = "2",
        /// Fast.
        Fast = "3",
    }
}
