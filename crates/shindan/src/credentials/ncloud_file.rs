//! `~/.ncloud/configure`, the file that NAVER Cloud's own tools write and read.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::{
    config::nearest, environment::Environment, exit::Exit, failed::Failed, secrets, state::quoted,
};

/// The section of whoever names none; lines before the first section belong to it too.
const DEFAULT: &str = "DEFAULT";
/// A file that is larger is another one, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// What one section says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Profile {
    pub(super) access_key: Option<String>,
    pub(super) secret_key: Option<String>,
    pub(super) api_url: Option<String>,
}

/// A section that was found, and where.
pub(super) struct Found {
    pub(super) profile: Profile,
    pub(super) origin: String,
}

/// Reads the section of the user's file; `None` if nobody names one and it is not there.
pub(super) fn read(
    environment: &Environment,
    named: Option<&str>,
) -> Result<Option<Found>, Failed> {
    let Some(path) = path(environment) else { return missing(named, "there is no home directory") };
    let text = match open(&path) {
        Ok(Some(text)) => text,
        Ok(None) => return missing(named, &format!("there is no file {}", quoted(&path))),
        Err(failed) => return Err(failed),
    };
    let mut profiles = parse(&text);
    secrets::keep(profiles.values().filter_map(|profile| profile.secret_key.as_deref()));
    let name = named.unwrap_or(DEFAULT);
    let origin = format!("section {name} of {}", quoted(&path));
    if let Some(profile) = profiles.remove(name) {
        return Ok(Some(Found { profile, origin }));
    }
    if named.is_none() {
        return Ok(None);
    }
    let failed = Failed::new(Exit::Auth, format!("{} has no section {name}", quoted(&path)));
    Err(match nearest(name, profiles.keys().map(String::as_str)) {
        Some(known) => failed.help(format!("did you mean {known}?")),
        None => failed.help("name a section with --profile, or run: ncloud configure"),
    })
}

/// Where the vendor's tools keep it.
pub(crate) fn path(environment: &Environment) -> Option<PathBuf> {
    let home = environment.path("HOME").or_else(|| environment.path("USERPROFILE"))?;
    Some(home.join(".ncloud").join("configure"))
}

/// How NAVER Cloud's other tools would read the file differently: they take no notice of sections, and
/// end a value at its first `=`. `None` if it is not there.
pub(crate) fn differences(environment: &Environment) -> Result<Option<Vec<String>>, Failed> {
    let Some(path) = path(environment) else { return Ok(None) };
    Ok(open(&path)?.map(|text| differences_of(&text)))
}

fn differences_of(text: &str) -> Vec<String> {
    let (mut sections, mut cut) = (vec![DEFAULT], false);
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            sections.push(name.trim());
        } else if let Some((key, value)) = line.split_once('=') {
            cut |= key.trim() == "ncloud_secret_access_key" && value.contains('=');
        }
    }
    let mut differences = Vec::new();
    let profiles = parse(text);
    let with_keys = |name: &&str| {
        profiles.get(*name).is_some_and(|of| of.access_key.is_some() || of.secret_key.is_some())
    };
    let mut with_keys: Vec<_> = sections.into_iter().filter(with_keys).collect();
    with_keys.dedup();
    if let [_, .., last] = with_keys[..] {
        differences
            .push(format!("it has several sections, and theirs always take the last one, {last}"));
    }
    if cut {
        differences.push("a secret key contains a =, and theirs cut it there".to_owned());
    }
    differences
}

fn missing(named: Option<&str>, why: &str) -> Result<Option<Found>, Failed> {
    match named {
        None => Ok(None),
        Some(name) => {
            Err(Failed::new(Exit::Auth, format!("the profile {name} cannot be read: {why}")).help(
                "run: ncloud configure, or set NCLOUD_ACCESS_KEY_ID and NCLOUD_SECRET_ACCESS_KEY",
            ))
        }
    }
}

/// The file's text; `None` if it is not there.
fn open(path: &Path) -> Result<Option<String>, Failed> {
    let unreadable = |error: io::Error| {
        Failed::new(Exit::Auth, format!("{} cannot be read", quoted(path)))
            .cause(error)
            .help("let it be read by you alone")
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    if is_open_to_others(&file.metadata().map_err(unreadable)?) {
        return Err(Failed::new(Exit::Auth, format!("{} can be read by others", quoted(path)))
            .help(format!("close it with: chmod 600 {}", quoted(path))));
    }
    let mut text = String::new();
    file.take(MOST_BYTES).read_to_string(&mut text).map_err(unreadable)?;
    Ok(Some(text))
}

#[cfg(unix)]
fn is_open_to_others(file: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &fs::Metadata) -> bool {
    false
}

/// The sections by name. A value is everything after the first `=`; of two equal keys the last counts.
fn parse(text: &str) -> BTreeMap<String, Profile> {
    let mut profiles: BTreeMap<String, Profile> = BTreeMap::new();
    let mut section = DEFAULT;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name.trim();
            profiles.entry(section.to_owned()).or_default();
        } else if let Some((key, value)) = line.split_once('=') {
            let profile = profiles.entry(section.to_owned()).or_default();
            let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
            match key.trim() {
                "ncloud_access_key_id" => profile.access_key = value,
                "ncloud_secret_access_key" => profile.secret_key = value,
                "ncloud_api_url" => profile.api_url = value,
                _ => {}
            }
        }
    }
    profiles
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(access: &str, secret: &str, url: &str) -> Profile {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Profile { access_key: some(access), secret_key: some(secret), api_url: some(url) }
    }

    #[test]
    fn how_others_read_it() {
        let one = "ncloud_access_key_id = A\nncloud_secret_access_key = s\n";
        assert!(differences_of(one).is_empty());
        assert!(differences_of(&format!("[DEFAULT]\n{one}[empty]\n")).is_empty());
        let two = differences_of(&format!("{one}[ci]\n{one}[empty]\n"));
        assert_eq!(two, ["it has several sections, and theirs always take the last one, ci"]);
        let cut = differences_of("[ci]\nncloud_secret_access_key = canary==\n");
        assert_eq!(cut, ["a secret key contains a =, and theirs cut it there"]);
    }

    #[test]
    fn sections_and_values_with_equal_signs() {
        let text = "\u{20}ncloud_access_key_id = A\nncloud_secret_access_key=s=e=c==\n\
            # ncloud_api_url = https://comment.example\n\
            [ ci ]\r\nncloud_access_key_id=B\r\nncloud_secret_access_key = t \r\n\
            ncloud_api_url = https://ncloud.apigw.gov-ntruss.com\r\n\
            [empty]\nncloud_access_key_id =\nunknown = x\nno value\n[ci]\nncloud_access_key_id = C\n";
        let expected = [
            ("DEFAULT", profile("A", "s=e=c==", "")),
            ("ci", profile("C", "t", "https://ncloud.apigw.gov-ntruss.com")),
            ("empty", profile("", "", "")),
        ];
        assert_eq!(parse(text), expected.map(|(name, of)| (name.to_owned(), of)).into());
    }
}
