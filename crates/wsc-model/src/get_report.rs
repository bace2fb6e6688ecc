use core::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, IgnoredAny, MapAccess, Visitor, value::MapAccessDeserializer},
};
use shindan_wire::{Args, Effect, Endpoint, Method, Secret, lenient};

use crate::{InstanceNo, Raw, Wsc, reply::ReturnCode};

/// `GET /api/v1/jobs/{instanceId}/report`: the report of a finished diagnosis.
///
/// Source: <https://api.ncloud-docs.com/docs/en/security-websecuritychecker-getreport>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GetReport {
    /// Which one.
    #[serde(rename = "instanceId")]
    pub instance_no: InstanceNo,
}

impl GetReport {
    /// Names the job.
    pub fn new(instance_no: InstanceNo) -> Self {
        Self { instance_no }
    }
}

impl Endpoint for GetReport {
    type Api = Wsc;
    type Response = ReportReply;
    const NAME: &'static str = "getReport";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/v1/jobs/{instanceId}/report";
    const ARGS: Args = Args::None;
    const EFFECT: Effect = Effect::Read;
    const BULKY: bool = true;
    const DOCS: &'static str =
        "https://api.ncloud-docs.com/docs/en/security-websecuritychecker-getreport";
}

/// What a diagnosis found.
///
/// The parts whose children the vendor does not document are [`Raw`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct Report {
    /// When the diagnosis ended.
    #[serde(rename = "report_date", default, deserialize_with = "lenient::text")]
    pub report_date: String,
    /// What was scanned.
    #[serde(rename = "Target_Info", default, deserialize_with = "lenient::text")]
    pub target_info: String,
    /// From when to when URLs were collected, with or without spaces around the `~`.
    #[serde(rename = "Crawl_Time", default, deserialize_with = "lenient::text")]
    pub crawl_time: String,
    /// From when to when it was scanned.
    #[serde(rename = "Scan_Time", default, deserialize_with = "lenient::text")]
    pub scan_time: String,
    /// The URLs that were left out, as one text.
    #[serde(rename = "Excluded_Url", default, deserialize_with = "lenient::text")]
    pub excluded_url: String,
    /// The cookies of the scanned site: a secret.
    #[serde(
        rename = "Login_Info",
        default,
        deserialize_with = "lenient::opt",
        serialize_with = "lenient::empty_when_none"
    )]
    pub login_info: Option<Secret<String>>,
    /// The titles of what was looked for, joined by commas.
    #[serde(rename = "Vulnerability_Category", default, deserialize_with = "lenient::text")]
    pub vulnerability_category: String,
    /// As what the scanner appeared.
    #[serde(rename = "User_Agent", default, deserialize_with = "lenient::text")]
    pub user_agent: String,
    /// The text given at creation.
    #[serde(default, deserialize_with = "lenient::text")]
    pub memo: String,
    /// The domains that were scanned; the type of an element is not documented.
    #[serde(rename = "Scanned_Domain_List", default, deserialize_with = "lenient::list")]
    pub scanned_domain_list: Vec<Raw>,
    /// The domains that were not.
    #[serde(rename = "Not_Scanned_Domain_List", default, deserialize_with = "lenient::list")]
    pub not_scanned_domain_list: Vec<Raw>,
    /// Numbers of findings by risk. A report without them is not a report.
    #[serde(rename = "Classify_byRisk_Level")]
    pub classify_by_risk_level: RiskCounts,
    /// Counts by domain.
    #[serde(rename = "Classify_byRisk_Domain")]
    pub classify_by_risk_domain: Option<Raw>,
    /// Counts by vulnerability.
    #[serde(rename = "Classify_byRisk_Vulnerability")]
    pub classify_by_risk_vulnerability: Option<Raw>,
    /// Details by item.
    pub details: Option<Raw>,
    /// Countermeasures by vulnerability.
    pub recommendation: Option<Raw>,
}

impl Report {
    /// A report that says nothing but the counts.
    pub fn new(classify_by_risk_level: RiskCounts) -> Self {
        Self {
            report_date: String::new(),
            target_info: String::new(),
            crawl_time: String::new(),
            scan_time: String::new(),
            excluded_url: String::new(),
            login_info: None,
            vulnerability_category: String::new(),
            user_agent: String::new(),
            memo: String::new(),
            scanned_domain_list: Vec::new(),
            not_scanned_domain_list: Vec::new(),
            classify_by_risk_level,
            classify_by_risk_domain: None,
            classify_by_risk_vulnerability: None,
            details: None,
            recommendation: None,
        }
    }
}

/// Numbers of findings by risk; what is absent is unknown, not zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct RiskCounts {
    /// All of them.
    #[serde(default, deserialize_with = "lenient::opt")]
    pub total: Option<u64>,
    /// High risk.
    #[serde(default, deserialize_with = "lenient::opt")]
    pub high: Option<u64>,
    /// Medium risk.
    #[serde(default, deserialize_with = "lenient::opt")]
    pub medium: Option<u64>,
    /// Low risk.
    #[serde(default, deserialize_with = "lenient::opt")]
    pub low: Option<u64>,
}

impl RiskCounts {
    /// Counts that add up.
    pub fn new(high: u64, medium: u64, low: u64) -> Self {
        Self {
            total: Some(high + medium + low),
            high: Some(high),
            medium: Some(medium),
            low: Some(low),
        }
    }
}

/// A report in the usual envelope or, since no example shows it, bare; it is written in the envelope.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "it stands for the report alone")]
pub struct ReportReply(pub Report);

impl Serialize for ReportReply {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        crate::Reply::new(&self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ReportReply {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ReportVisitor)
    }
}

struct ReportVisitor;

impl<'de> Visitor<'de> for ReportVisitor {
    type Value = ReportReply;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a report")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ReportReply, A::Error> {
        let (mut in_envelope, mut report) = (false, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "returnCode" => {
                    map.next_value::<ReturnCode>()?;
                }
                "resources" => report = Some(ReportReply(map.next_value()?)),
                "returnDesc" | "returnMessage" => {
                    map.next_value::<IgnoredAny>()?;
                }
                _ if in_envelope => {
                    map.next_value::<IgnoredAny>()?;
                }
                _ => {
                    let bare = Bare { first: Some(key), rest: map };
                    return Report::deserialize(MapAccessDeserializer::new(bare)).map(ReportReply);
                }
            }
            in_envelope = true;
        }
        report.ok_or_else(|| A::Error::missing_field("resources"))
    }
}

/// The entries of a bare report, whose first key has been read already.
struct Bare<A> {
    first: Option<String>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Bare<A> {
    type Error = A::Error;

    fn next_key_seed<K: serde::de::DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(key) => seed.deserialize(serde::de::value::StringDeserializer::new(key)).map(Some),
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: serde::de::DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, A::Error> {
        self.rest.next_value_seed(seed)
    }
}
