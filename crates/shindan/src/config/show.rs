//! The settings in words.

use super::{Origin, Setting, Settings};
use crate::args::{Wanted, span_text, word};

/// A setting, its value, and who set it; what nobody has set has no value.
pub(crate) struct Shown<'a> {
    pub(crate) name: String,
    pub(crate) value: Option<String>,
    pub(crate) origin: &'a Origin,
}

impl Settings {
    /// All of them, in the order of the file.
    pub(crate) fn shown(&self) -> Vec<Shown<'_>> {
        let mut all = vec![
            shown("fail-on", Some(&self.fail_on), word),
            shown("min-coverage", Some(&self.min_coverage), u32::to_string),
            shown("wait-timeout", Some(&self.wait_timeout), |span| span_text(*span)),
            shown("if-busy", Some(&self.if_busy), word),
            shown("rescan", Some(&self.rescan), word),
            shown("reuse-within", Some(&self.reuse_within), |span| span_text(*span)),
            shown("max-parallel", Some(&self.max_parallel), u64::to_string),
            shown("max-billable-per-run", self.max_billable_per_run.as_ref(), u64::to_string),
            shown("max-billable-per-day", self.max_billable_per_day.as_ref(), u64::to_string),
        ];
        all.extend(self.allowed_hosts.iter().map(|hosts| {
            shown("allowed-hosts", Some(hosts), |hosts| {
                hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            })
        }));
        all.extend([
            shown("services.wsc.profile", self.profile.as_ref(), String::clone),
            shown("services.wsc.site", self.site.as_ref(), |site| site.base_url().to_owned()),
            shown("services.vaddy.user-env", self.user_env.as_ref(), String::clone),
            shown("services.vaddy.token-env", self.token_env.as_ref(), String::clone),
        ]);
        let formats = |formats: &Vec<Wanted>| {
            formats.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        };
        all.extend([
            shown("reports.dir", self.report_dir.as_ref(), String::clone),
            shown("reports.formats", self.report_formats.as_ref(), formats),
            shown("reports.lang", self.report_lang.as_ref(), |lang| lang.as_str().to_owned()),
        ]);
        all.extend(self.targets.iter().map(|target| Shown {
            name: format!("targets.{}", target.name),
            value: Some(target.summary()),
            origin: &target.origin,
        }));
        all
    }
}

fn shown<'a, T>(
    name: &str,
    setting: Option<&'a Setting<T>>,
    value: impl Fn(&T) -> String,
) -> Shown<'a> {
    Shown {
        name: name.to_owned(),
        value: setting.map(|setting| value(&setting.value)),
        origin: setting.map_or(&Origin::Default, |setting| &setting.origin),
    }
}
