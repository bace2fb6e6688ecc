//! What a vendor's refusal means for the person who reads it.

use shindan_wire::{Fault, FaultKind};
use vaddy_model::VaddyFault;
use wsc_model::WscFault;

use crate::secrets;

/// Beyond this the clock explains a refusal; the service's window is five minutes.
const CLOCK_OFF_MS: i64 = 4 * 60 * 1000;
/// Beyond this no clock is believed.
const BELIEVABLE_MS: u64 = 24 * 60 * 60 * 1000;

const REDIRECTED: &str = "redirects are not followed: set the endpoint to the service itself";

/// A refusal with what can be said about it.
pub(crate) trait Explain: Fault {
    /// What the service said, in its own words.
    fn says(&self) -> Vec<String>;

    /// Why the credentials were probably refused, and what to do.
    ///
    /// `server_ahead_ms` was measured, `skew_ms` was allowed for.
    fn unauthenticated(&self, server_ahead_ms: Option<i64>, skew_ms: i64)
    -> (String, &'static str);

    /// What to do about any other refusal.
    fn help(&self) -> Option<&'static str>;
}

impl Explain for WscFault {
    fn says(&self) -> Vec<String> {
        let details = self.details().filter(|details| *details != self.message());
        let texts = [self.message(), details.unwrap_or_default()];
        texts.into_iter().filter(|text| !text.is_empty()).map(quote).collect()
    }

    fn unauthenticated(
        &self,
        server_ahead_ms: Option<i64>,
        skew_ms: i64,
    ) -> (String, &'static str) {
        let clock = clock(server_ahead_ms);
        let unexplained = server_ahead_ms.map_or(0, |ms| ms.saturating_sub(skew_ms));
        if self.details().is_some_and(|details| details.contains("Client ID does not exist")) {
            (
                format!("the access key looks wrong: the service does not know it ({clock})"),
                "set NCLOUD_ACCESS_KEY_ID to a key of this cloud: public, gov and fin have their own",
            )
        } else if unexplained.saturating_abs() > CLOCK_OFF_MS {
            let help = match server_ahead_ms {
                Some(ms) if ms.unsigned_abs() > BELIEVABLE_MS => {
                    "set this machine's clock if it is wrong, and else check the endpoint"
                }
                // It would have been allowed for.
                _ if skew_ms == 0 => "set this machine's clock, or leave out --no-clock-adjust",
                _ => "set this machine's clock",
            };
            (format!("the clock looks wrong: {clock}, and signatures are good for 5 min"), help)
        } else {
            (
                format!(
                    "the signature looks wrong: the secret key does not fit the access key ({clock})"
                ),
                "set NCLOUD_ACCESS_KEY_ID and NCLOUD_SECRET_ACCESS_KEY to a pair from one line of the console",
            )
        }
    }

    fn help(&self) -> Option<&'static str> {
        match (self.kind(), self.code()) {
            (FaultKind::CatchAll, _) => Some(
                "901 stands for a wrong number as well as for a passing failure: compare the number with `shindan wsc job list`",
            ),
            (FaultKind::Quota, _) => Some("the quota is used up: see the console"),
            (FaultKind::Forbidden, _) => Some(
                "the key needs the policy NCP_WEB_SECURITY_CHECKER_MANAGER and a subscription to WSC; a wrong endpoint looks the same",
            ),
            (FaultKind::Unrecognized, _) if (300..400).contains(&self.status()) => Some(REDIRECTED),
            // The gateway's code for a 401, with another status.
            (FaultKind::Unrecognized, Some("200")) => {
                Some("it looks like a refusal of the key: check the access key and the secret key")
            }
            (FaultKind::Unrecognized, _) => {
                Some("check that WSC_ENDPOINT or NCLOUD_SITE names WSC's own host")
            }
            (FaultKind::Throttled | FaultKind::Server, _) => Some("try again later"),
            (FaultKind::Refused | FaultKind::Unauthenticated, _) => None,
        }
    }
}

impl Explain for VaddyFault {
    fn says(&self) -> Vec<String> {
        Some(self.message()).filter(|text| !text.is_empty()).map(quote).into_iter().collect()
    }

    fn unauthenticated(&self, _: Option<i64>, _: i64) -> (String, &'static str) {
        (
            "the user or the key looks wrong".to_owned(),
            "compare VADDY_USER and VADDY_TOKEN (or VADDY_AUTH_KEY) with https://console.vaddy.net/user/webapi",
        )
    }

    fn help(&self) -> Option<&'static str> {
        match self.kind() {
            FaultKind::Unrecognized if (300..400).contains(&self.status()) => Some(REDIRECTED),
            FaultKind::Unrecognized => Some("check that VADDY_API_SERVER names VAddy's own host"),
            FaultKind::Throttled | FaultKind::Server => Some("try again later"),
            FaultKind::Refused => Some(
                "see what runs with `shindan vaddy scan running`, and the project in the console",
            ),
            FaultKind::Unauthenticated
            | FaultKind::Forbidden
            | FaultKind::Quota
            | FaultKind::CatchAll => None,
        }
    }
}

fn quote(text: &str) -> String {
    format!("the service says: {}", secrets::quote(text))
}

/// How far the clocks are apart.
pub(crate) fn clock(server_ahead_ms: Option<i64>) -> String {
    let Some(ms) = server_ahead_ms else {
        return "its answer has no date to compare this machine's clock with".to_owned();
    };
    if ms.unsigned_abs() > BELIEVABLE_MS {
        return "the service's date is more than a day away from this machine's and not believable"
            .to_owned();
    }
    let seconds = ms.unsigned_abs().div_ceil(1000);
    let by = match seconds {
        0..=2 => return "this machine's clock is right to 2 s".to_owned(),
        3..=59 => format!("{seconds} s"),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    };
    if ms > 0 {
        format!("this machine's clock is {by} behind the service's")
    } else {
        format!("this machine's clock is {by} ahead of the service's")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(details: &str, server_ahead_ms: Option<i64>, skew_ms: i64) -> String {
        WscFault::gateway(401, "200", "Authentication Failed", Some(details))
            .unauthenticated(server_ahead_ms, skew_ms)
            .0
    }

    #[test]
    fn which_of_the_three() {
        let unknown = "Invalid authentication information. Client ID does not exist.";
        assert!(refused(unknown, Some(0), 0).starts_with("the access key"));
        assert!(
            refused("", Some(372_000), 0)
                .starts_with("the clock looks wrong: this machine's clock is 6 min 12 s behind")
        );
        assert!(refused("", Some(-372_000), 0).contains("6 min 12 s ahead of"));
        // The clock was allowed for, and it was refused all the same.
        assert!(refused("", Some(372_000), 372_000).starts_with("the signature"));
        assert!(refused("", Some(372_000), 372_000).contains("6 min 12 s behind"));
        assert!(refused("", Some(1_500), 0).contains("right to 2 s"));
        assert!(refused("", None, 0).contains("no date"));
        for ms in [i64::MIN, -86_400_001, 86_400_001, i64::MAX] {
            let said = refused("", Some(ms), 0);
            assert!(said.contains("not believable") && !said.contains(" min "), "{said}");
        }
    }

    #[test]
    fn what_to_do() {
        let fault = WscFault::gateway(401, "200", "Authentication Failed", None);
        let help = |ms, skew| fault.unauthenticated(Some(ms), skew).1;
        assert!(help(372_000, 0).contains("--no-clock-adjust"));
        assert!(!help(800_000, 372_000).contains("--no-clock-adjust"));
        assert!(!help(i64::MAX, 0).contains("--no-clock-adjust"));
        let in_a_success = WscFault::gateway(200, "200", "Authentication Failed", None);
        assert!(in_a_success.help().unwrap().contains("key"));
        assert_eq!(VaddyFault::new(302, None).help(), Some(REDIRECTED));
        assert_eq!(WscFault::gateway(302, "200", "", None).help(), Some(REDIRECTED));
        let twice = WscFault::gateway(400, "100", "wrong", Some("wrong"));
        assert_eq!(twice.says(), ["the service says: wrong"]);
    }
}
