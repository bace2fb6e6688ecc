//! `shindan.toml` as it is written: every value keeps its place, so that an error can name it.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{self, value::MapAccessDeserializer},
};
use toml::{Spanned, value::Datetime};

/// A text, a whole number or a day, as text, and where it stands.
pub(super) type Text = Spanned<Scalar>;
/// Texts and where they stand.
pub(super) type Texts = Vec<Text>;

/// A whole file: the project's or the user's.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    pub(super) version: Option<Text>,
    #[serde(default)]
    pub(super) defaults: Defaults,
    #[serde(default)]
    pub(super) budget: Budget,
    #[serde(default)]
    pub(super) scope: Scope,
    #[serde(default)]
    pub(super) services: Services,
    #[serde(default)]
    pub(super) reports: Reports,
    #[serde(default)]
    pub(super) targets: BTreeMap<String, Spanned<Target>>,
    #[serde(default)]
    pub(super) accept: Vec<Spanned<Accept>>,
}

/// What holds for targets that do not say otherwise.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Defaults {
    pub(super) fail_on: Option<Text>,
    pub(super) min_coverage: Option<Text>,
    pub(super) wait_timeout: Option<Text>,
    pub(super) if_busy: Option<Text>,
    pub(super) rescan: Option<Text>,
    pub(super) reuse_within: Option<Text>,
    pub(super) max_parallel: Option<Text>,
}

/// How many charged scans may be started.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Budget {
    pub(super) max_billable_per_run: Option<Text>,
    pub(super) max_billable_per_day: Option<Text>,
}

/// What may be scanned at all.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Scope {
    pub(super) allowed_hosts: Option<Texts>,
}

/// Where keys come from.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Services {
    #[serde(default)]
    pub(super) wsc: Wsc,
    #[serde(default)]
    pub(super) vaddy: Vaddy,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Wsc {
    pub(super) profile: Option<Text>,
    pub(super) site: Option<Text>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Vaddy {
    pub(super) user_env: Option<Text>,
    pub(super) token_env: Option<Text>,
}

/// Which files a run leaves.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Reports {
    pub(super) dir: Option<Text>,
    pub(super) formats: Option<Texts>,
    pub(super) lang: Option<Text>,
}

/// Something to scan. Which keys belong to which service is checked afterwards.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Target {
    pub(super) service: Option<Text>,
    pub(super) environment: Option<Text>,
    pub(super) tags: Option<Texts>,
    pub(super) owner: Option<Text>,
    pub(super) fail_on: Option<Text>,
    pub(super) min_coverage: Option<Text>,
    pub(super) wait_timeout: Option<Text>,
    pub(super) if_busy: Option<Text>,
    pub(super) reuse_within: Option<Text>,
    pub(super) url: Option<Text>,
    pub(super) exclude: Option<Texts>,
    pub(super) vuln_items: Option<Texts>,
    pub(super) user_agent: Option<Text>,
    pub(super) speed: Option<Text>,
    pub(super) rescan: Option<Text>,
    pub(super) header_env: Option<BTreeMap<String, Text>>,
    pub(super) project_id: Option<Text>,
    pub(super) fqdn: Option<Text>,
    pub(super) verification_code_env: Option<Text>,
    pub(super) project_number: Option<Text>,
    pub(super) crawl: Option<Text>,
    pub(super) scan_type: Option<Texts>,
    pub(super) max_alerts: Option<Text>,
    pub(super) max_alerts_until: Option<Text>,
    pub(super) routes: Option<BTreeMap<String, Text>>,
}

/// A finding that somebody answers for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Accept {
    pub(super) fingerprint: Option<Text>,
    pub(super) target: Option<Text>,
    pub(super) count: Option<Text>,
    pub(super) severity: Option<Text>,
    pub(super) reason: Option<Text>,
    pub(super) owner: Option<Text>,
    pub(super) until: Option<Text>,
}

/// What is read by whoever wants it, in the same way as an option or a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scalar(pub(super) String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a whole number or a day")
            }

            fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar(text.to_owned()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar(number.to_string()))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Scalar, A::Error> {
                let day = Datetime::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Scalar(day.to_string()))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}
