//! Where the services are and who asks. A pair of keys comes whole from one place: variables, then the
//! vendor's file, then the role of the server.

mod ncloud_file;
mod server_role;

pub(crate) use ncloud_file::{differences, path as ncloud_path};

use std::fmt::Display;

use ncp_sign::Credential;
use shindan_proto::{Base, VaddyKey};
use vaddy_model::Vaddy;
use wsc_model::Site;

use crate::{
    args::text,
    config::{Origin, Settings},
    environment::Environment,
    exit::Exit,
    failed::Failed,
};

const ACCESS_KEY: [&str; 2] = ["NCLOUD_ACCESS_KEY_ID", "NCLOUD_ACCESS_KEY"];
const SECRET_KEY: [&str; 2] = ["NCLOUD_SECRET_ACCESS_KEY", "NCLOUD_SECRET_KEY"];
const USER: [&str; 1] = ["VADDY_USER"];
const TOKEN: [&str; 2] = ["VADDY_TOKEN", "VADDY_AUTH_KEY"];

/// What is said where nothing is set at all.
const NONE: [&str; 2] =
    ["there are no credentials for NAVER Cloud", "there are no credentials for VAddy"];

/// Whether keys are missing altogether, and not only in part or unusable.
pub(crate) fn are_absent(failed: &Failed) -> bool {
    failed.sentences().next().is_some_and(|said| NONE.contains(&said))
}

/// Keys, and where they were found.
#[derive(Debug)]
pub(crate) struct Keys<T> {
    pub(crate) keys: T,
    pub(crate) origin: String,
}

/// NAVER Cloud's pair of keys, and the service that takes them.
pub(crate) async fn wsc(
    environment: &Environment,
    settings: &Settings,
) -> Result<(Keys<Credential>, Base), Failed> {
    let named = settings.profile.as_ref();
    let by_option = named.filter(|profile| matches!(profile.origin, Origin::Flag(_)));
    let name = named.map(|profile| profile.value.as_str());
    // A section that was named on the command line is meant, whatever else is set.
    let from_variables = match by_option {
        Some(_) => None,
        None => pair(environment, [&ACCESS_KEY, &SECRET_KEY], Credential::new)?,
    };
    if let Some(keys) = from_variables {
        return Ok((keys, wsc_base(environment, settings, None)?));
    }
    if let Some(found) = ncloud_file::read(environment, name)? {
        let base = wsc_base(environment, settings, found.profile.api_url.as_deref())?;
        return Ok((whole(found)?, base));
    }
    let keys = match server_role::ask(environment).await? {
        Ok(role) => Keys {
            keys: credential(&role.access_key, &role.secret_key, &role.name)?,
            origin: format!("the server's role {}", role.name),
        },
        Err(why) => return Err(no_keys(environment, &why)),
    };
    Ok((keys, wsc_base(environment, settings, None)?))
}

/// VAddy's user and key, and the service that takes them.
pub(crate) fn vaddy(
    environment: &Environment,
    settings: &Settings,
) -> Result<(Keys<VaddyKey>, Base), Failed> {
    let named = |setting: &Option<crate::config::Setting<String>>| {
        setting.as_ref().map(|setting| setting.value.clone())
    };
    let (user, token) = (named(&settings.user_env), named(&settings.token_env));
    let user: Vec<&str> = user.as_deref().map_or(USER.to_vec(), |name| vec![name]);
    let token: Vec<&str> = token.as_deref().map_or(TOKEN.to_vec(), |name| vec![name]);
    let keys = pair(environment, [&user, &token], VaddyKey::new)?.ok_or_else(|| {
        Failed::new(Exit::Auth, NONE[1])
            .cause(format!("looked at {}: not set", user.join(", then ")))
            .cause(format!("looked at {}: not set", token.join(", then ")))
            .help(format!("set {} and {}", user[0], token[0]))
    })?;
    Ok((keys, vaddy_base(environment)?))
}

/// A pair from variables; `None` if neither half is set.
fn pair<T, E: Display>(
    environment: &Environment,
    names: [&[&str]; 2],
    make: impl Fn(&str, &str) -> Result<T, E>,
) -> Result<Option<Keys<T>>, Failed> {
    let half = |there: &str, missing: &[&str]| {
        Failed::new(Exit::Auth, format!("{there} is set, and its other half is not"))
            .cause(format!("looked at {}: not set", missing.join(", then ")))
            .help(format!("set {} too, or unset {there}", missing[0]))
    };
    match [environment.first(names[0])?, environment.first(names[1])?] {
        [None, None] => Ok(None),
        [Some((there, _)), None] => Err(half(there, names[1])),
        [None, Some((there, _))] => Err(half(there, names[0])),
        [Some((first, id)), Some((second, secret))] => {
            crate::secrets::keep([secret].into_iter());
            let origin = format!("{first} and {second}");
            let keys = make(id, secret).map_err(|error| {
                Failed::new(Exit::Auth, error).cause(format!("taken from {origin}"))
            })?;
            Ok(Some(Keys { keys, origin }))
        }
    }
}

/// The pair of a section, or which half it lacks.
fn whole(found: ncloud_file::Found) -> Result<Keys<Credential>, Failed> {
    let ncloud_file::Found { profile, origin } = found;
    let (access_key, secret_key) = match (profile.access_key, profile.secret_key) {
        (Some(access_key), Some(secret_key)) => (access_key, secret_key),
        (access_key, _) => {
            let missing = match access_key {
                Some(_) => "ncloud_secret_access_key",
                None => "ncloud_access_key_id",
            };
            return Err(Failed::new(Exit::Auth, format!("{origin} has no {missing}"))
                .help("write it with: ncloud configure"));
        }
    };
    Ok(Keys { keys: credential(&access_key, &secret_key, &origin)?, origin })
}

fn credential(access_key: &str, secret_key: &str, origin: &str) -> Result<Credential, Failed> {
    Credential::new(access_key, secret_key)
        .map_err(|error| Failed::new(Exit::Auth, error).cause(format!("taken from {origin}")))
}

fn no_keys(environment: &Environment, role: &str) -> Failed {
    let file = ncloud_path(environment)
        .map_or_else(|| "no home directory".to_owned(), |path| path.display().to_string());
    Failed::new(Exit::Auth, NONE[0])
        .cause(format!("looked at {}: not set", ACCESS_KEY.join(", then ")))
        .cause(format!("looked at {}: not set", SECRET_KEY.join(", then ")))
        .cause(format!("looked at {file}: no section DEFAULT"))
        .cause(format!("asked for the role of this server: {role}"))
        .help(format!("set {} and {}", ACCESS_KEY[0], SECRET_KEY[0]))
}

fn wsc_base(
    environment: &Environment,
    settings: &Settings,
    api_url: Option<&str>,
) -> Result<Base, Failed> {
    if let Some(base) = environment.read(&["WSC_ENDPOINT"], endpoint)? {
        return Ok(base);
    }
    let gateway = environment.first(&["NCLOUD_API_GW"])?.map(|(_, url)| url).or(api_url);
    let site = match (&settings.site, gateway) {
        (Some(site), _) => site.value,
        // It is the address of another service: only the cloud can be told from it.
        (None, Some(url)) if url.contains("gov-ntruss") => Site::Gov,
        (None, Some(url)) if url.contains("fin-ntruss") => Site::Fin,
        (None, _) => Site::Public,
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
    use crate::config::{Flags, Found};

    fn set(set: &[(&str, &str)]) -> (Environment, Settings) {
        let environment = Environment::from(set.iter().copied());
        let settings = Settings::new(Flags::default(), &environment, &Found::default());
        (environment, settings.expect("they are right"))
    }

    fn wsc_at(variables: &[(&str, &str)], api_url: Option<&str>) -> Result<String, Exit> {
        let (environment, settings) = set(variables);
        let base = wsc_base(&environment, &settings, api_url);
        base.map(|base| base.to_string()).map_err(|failed| failed.exit())
    }

    fn vaddy_at(server: &str) -> Result<String, Exit> {
        let base = vaddy_base(&set(&[("VADDY_API_SERVER", server)]).0);
        base.map(|base| base.to_string()).map_err(|failed| failed.exit())
    }

    #[test]
    fn where_wsc_is() {
        let public = Ok("https://wsc.apigw.ntruss.com".to_owned());
        let gov = Ok("https://wsc.apigw.gov-ntruss.com".to_owned());
        let fin = Ok("https://wsc.apigw.fin-ntruss.com".to_owned());
        let gateway = ("NCLOUD_API_GW", "https://fin-ncloud.apigw.fin-ntruss.com");
        let in_file = Some("https://ncloud.apigw.gov-ntruss.com");
        assert_eq!(wsc_at(&[], None), public);
        assert_eq!(wsc_at(&[("WSC_ENDPOINT", ""), ("NCLOUD_SITE", "")], None), public);
        assert_eq!(wsc_at(&[gateway], in_file), fin);
        assert_eq!(wsc_at(&[], in_file), gov);
        assert_eq!(wsc_at(&[gateway, ("NCLOUD_SITE", "public")], in_file), public);
        assert_eq!(wsc_at(&[("NCLOUD_SITE", "gov")], None), gov);
        let own = ("WSC_ENDPOINT", "http://127.0.0.1:8080");
        assert_eq!(wsc_at(&[own, gateway], in_file), Ok(own.1.to_owned()));
        assert_eq!(wsc_at(&[("WSC_ENDPOINT", "http://wsc.example")], None), Err(Exit::Usage));
        let unknown = Environment::from([("NCLOUD_SITE", "kr")]);
        let settings = Settings::new(Flags::default(), &unknown, &Found::default());
        assert_eq!(settings.unwrap_err().exit(), Exit::Usage);
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
    fn no_key_is_shown() {
        let (environment, settings) =
            set(&[("VADDY_TOKEN", "canary"), ("NCLOUD_SECRET_KEY", "c\n")]);
        let mut shown = format!("{environment:?}").into_bytes();
        vaddy(&environment, &settings).unwrap_err().print(&mut shown);
        let shown = String::from_utf8(shown).unwrap();
        assert!(!shown.contains("canary") && shown.contains("VADDY_TOKEN is set"), "{shown}");
        assert!(shown.contains("VADDY_USER: not set"), "{shown}");
    }
}
