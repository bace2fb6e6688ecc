//! Where the services are and who asks, from the environment.

use std::fmt::Display;

use ncp_sign::Credential;
use shindan_proto::{Base, NcpKey, RetryPolicy, Target, VaddyKey};
use vaddy_model::Vaddy;
use wsc_model::Site;

use crate::{
    args::text, environment::Environment, exit::Exit, failed::Failed, intent::fingerprint,
};

const ACCESS_KEY: [&str; 2] = ["NCLOUD_ACCESS_KEY_ID", "NCLOUD_ACCESS_KEY"];
const SECRET_KEY: [&str; 2] = ["NCLOUD_SECRET_ACCESS_KEY", "NCLOUD_SECRET_KEY"];
const USER: [&str; 1] = ["VADDY_USER"];
const TOKEN: [&str; 2] = ["VADDY_TOKEN", "VADDY_AUTH_KEY"];

/// WSC with the account's keys.
pub(crate) fn wsc(
    environment: &Environment,
    policy: RetryPolicy,
) -> Result<Target<NcpKey>, Failed> {
    let base = wsc_base(environment)?;
    Ok(Target::new(base, NcpKey::new(ncp(environment)?)).with_policy(policy))
}

/// NAVER Cloud's pair of keys.
pub(crate) fn ncp(environment: &Environment) -> Result<Credential, Failed> {
    keys(environment, "NAVER Cloud", [&ACCESS_KEY, &SECRET_KEY], Credential::new)
}

/// VAddy with the user's key.
pub(crate) fn vaddy(
    environment: &Environment,
    policy: RetryPolicy,
) -> Result<Target<VaddyKey>, Failed> {
    let base = vaddy_base(environment)?;
    let key = keys(environment, "VAddy", [&USER, &TOKEN], VaddyKey::new)?;
    Ok(Target::new(base, key).with_policy(policy))
}

/// A credential of two halves, or which variables were looked at and in which order.
fn keys<T, E: Display>(
    environment: &Environment,
    whose: &str,
    names: [&'static [&'static str]; 2],
    make: impl Fn(&str, &str) -> Result<T, E>,
) -> Result<T, Failed> {
    let found = [environment.first(names[0])?, environment.first(names[1])?];
    if let [Some((first, id)), Some((second, secret))] = found {
        return make(id, secret).map_err(|error| {
            Failed::new(Exit::Auth, error).cause(format!("taken from {first} and {second}"))
        });
    }
    let mut failed = Failed::new(Exit::Auth, format!("there are no credentials for {whose}"));
    for (names, found) in names.iter().zip(found) {
        let state = found.map_or("not set".to_owned(), |(name, _)| format!("{name} is set"));
        failed = failed.cause(format!("looked at {}: {state}", names.join(", then ")));
    }
    Err(failed.help(format!("set {} and {}", names[0][0], names[1][0])))
}

/// Tells accounts apart, and gives no key away.
pub(crate) fn account(environment: &Environment, service: &str) -> Result<String, Failed> {
    let names: &[&str] = if service == "wsc" { &ACCESS_KEY } else { &USER };
    let id = environment.first(names)?.map_or("", |(_, id)| id);
    Ok(fingerprint(&format!("{service} {id}")))
}

fn wsc_base(environment: &Environment) -> Result<Base, Failed> {
    if let Some(base) = environment.read(&["WSC_ENDPOINT"], endpoint)? {
        return Ok(base);
    }
    let site = environment.read(&["NCLOUD_SITE"], |site| match site {
        "public" => Ok(Site::Public),
        "gov" => Ok(Site::Gov),
        "fin" => Ok(Site::Fin),
        _ => Err("it is none of: public, gov, fin".to_owned()),
    })?;
    let site = match site {
        Some(site) => site,
        // It is the address of another service: only the cloud can be told from it.
        None => match environment.first(&["NCLOUD_API_GW"])? {
            Some((_, url)) if url.contains("gov-ntruss") => Site::Gov,
            Some((_, url)) if url.contains("fin-ntruss") => Site::Fin,
            _ => Site::Public,
        },
    };
    Ok(site.base_url().parse().expect("the vendor's own url is an endpoint"))
}

fn vaddy_base(environment: &Environment) -> Result<Base, Failed> {
    let base = environment.read(&["VADDY_API_SERVER"], |server| {
        // The vendor's own client takes a bare host.
        if server.contains("://") {
            endpoint(server)
        } else {
            endpoint(&format!("https://{server}"))
        }
    })?;
    Ok(base
        .unwrap_or_else(|| Vaddy::BASE_URL.parse().expect("the vendor's own url is an endpoint")))
}

fn endpoint(url: &str) -> Result<Base, String> {
    text(url)?.parse().map_err(|error: shindan_proto::InvalidBase| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(set: &[(&'static str, &str)]) -> Environment {
        Environment::from(|name| set.iter().find(|(n, _)| *n == name).map(|(_, v)| v.into()))
    }

    fn wsc_at(set: &[(&'static str, &str)]) -> Result<String, Exit> {
        wsc_base(&environment(set)).map(|base| base.to_string()).map_err(|failed| failed.exit())
    }

    fn vaddy_at(server: &str) -> Result<String, Exit> {
        let base = vaddy_base(&environment(&[("VADDY_API_SERVER", server)]));
        base.map(|base| base.to_string()).map_err(|failed| failed.exit())
    }

    #[test]
    fn where_wsc_is() {
        let public = Ok("https://wsc.apigw.ntruss.com".to_owned());
        let fin = Ok("https://wsc.apigw.fin-ntruss.com".to_owned());
        let gateway = ("NCLOUD_API_GW", "https://fin-ncloud.apigw.fin-ntruss.com");
        assert_eq!(wsc_at(&[]), public);
        assert_eq!(wsc_at(&[("WSC_ENDPOINT", ""), ("NCLOUD_SITE", "")]), public);
        assert_eq!(wsc_at(&[gateway]), fin);
        assert_eq!(wsc_at(&[gateway, ("NCLOUD_SITE", "public")]), public);
        assert_eq!(
            wsc_at(&[("NCLOUD_SITE", "gov")]),
            Ok("https://wsc.apigw.gov-ntruss.com".to_owned())
        );
        assert_eq!(wsc_at(&[("NCLOUD_SITE", "kr")]), Err(Exit::Usage));
        let own = ("WSC_ENDPOINT", "http://127.0.0.1:8080");
        assert_eq!(wsc_at(&[own, gateway]), Ok(own.1.to_owned()));
        assert_eq!(wsc_at(&[("WSC_ENDPOINT", "http://wsc.example")]), Err(Exit::Usage));
    }

    #[test]
    fn where_vaddy_is() {
        for (server, base) in [
            ("", Ok("https://api.vaddy.net")),
            ("vaddy.example", Ok("https://vaddy.example")),
            ("127.0.0.1:8443", Ok("https://127.0.0.1:8443")),
            ("https://vaddy.example/base", Ok("https://vaddy.example/base")),
            ("http://127.0.0.1:1", Ok("http://127.0.0.1:1")),
            ("http://vaddy.example", Err(Exit::Usage)),
            ("user:canary@vaddy.example", Err(Exit::Usage)),
            ("ftp://vaddy.example", Err(Exit::Usage)),
        ] {
            assert_eq!(vaddy_at(server), base.map(ToOwned::to_owned), "{server}");
        }
    }

    #[test]
    fn which_keys() {
        let old = [("NCLOUD_ACCESS_KEY", "OLD"), ("NCLOUD_SECRET_KEY", "s")];
        assert_eq!(ncp(&environment(&old)).unwrap().access_key(), "OLD");
        let both = [old[0], old[1], ("NCLOUD_ACCESS_KEY_ID", "NEW")];
        assert_eq!(ncp(&environment(&both)).unwrap().access_key(), "NEW");
        for set in [&[][..], &old[..1], &old[1..], &[old[0], ("NCLOUD_SECRET_KEY", "")]] {
            assert_eq!(ncp(&environment(set)).unwrap_err().exit(), Exit::Auth);
        }
    }

    #[test]
    fn the_variables_that_were_used() {
        let set = environment(&[("VADDY_USER", "alice"), ("VADDY_AUTH_KEY", "canary key")]);
        let failed = vaddy(&set, RetryPolicy::default()).unwrap_err();
        assert!(failed.sentences().any(|text| text == "taken from VADDY_USER and VADDY_AUTH_KEY"));
    }

    #[test]
    fn no_key_is_shown() {
        let set = environment(&[("VADDY_TOKEN", "canary"), ("NCLOUD_SECRET_KEY", "canary\n")]);
        let mut shown = format!("{set:?}").into_bytes();
        vaddy(&set, RetryPolicy::default()).unwrap_err().print(&mut shown);
        ncp(&set).unwrap_err().print(&mut shown);
        let shown = String::from_utf8(shown).unwrap();
        assert!(!shown.contains("canary") && shown.contains("VADDY_TOKEN is set"), "{shown}");
        assert!(shown.contains("NCLOUD_ACCESS_KEY_ID, then NCLOUD_ACCESS_KEY: not set"), "{shown}");
    }
}
