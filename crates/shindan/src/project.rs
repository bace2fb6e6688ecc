//! Which VAddy project is meant: options come before variables.

use shindan_proto::VaddyProject;

use crate::{
    args::{ProjectArgs, digits, host, text},
    environment::Environment,
    exit::Exit,
    failed::Failed,
};

/// What names a v1 project.
const V1: [&str; 2] = ["VADDY_HOST", "VADDY_FQDN"];

/// The project that is named, if one is.
pub(crate) fn named(
    args: &ProjectArgs,
    environment: &Environment,
) -> Result<Option<VaddyProject>, Failed> {
    let v1 = |fqdn: String| {
        Ok(Some(VaddyProject::V1 { fqdn, verification_code: verification_code(environment)? }))
    };
    let v2 = |project_id| Ok(Some(VaddyProject::V2 { project_id }));
    match (&args.fqdn, &args.project_id) {
        (Some(fqdn), _) => return v1(fqdn.clone()),
        (_, Some(project_id)) => return v2(project_id.clone()),
        (None, None) => {}
    }
    let fqdn = environment.read(&V1, host)?;
    let project_id = environment.read(&["VADDY_PROJECT_ID"], text)?;
    match (fqdn, project_id) {
        (Some(_), Some(_)) => {
            let v1 = environment.first(&V1)?.map_or(V1[0], |(name, _)| name);
            Err(Failed::new(
                Exit::Usage,
                format!("{v1} names a v1 project and VADDY_PROJECT_ID a v2 project; only one can be scanned"),
            )
            .cause(format!("the vendor's own client would silently take {v1}"))
            .help("unset one of them, or say --fqdn or --project-id"))
        }
        (Some(fqdn), None) => v1(fqdn),
        (None, Some(project_id)) => v2(project_id),
        (None, None) => Ok(None),
    }
}

/// What tells apart private v1 projects with the same host name.
pub(crate) fn verification_code(environment: &Environment) -> Result<Option<String>, Failed> {
    environment.read(&["VADDY_VERIFICATION_CODE"], text)
}

/// The project that must be named.
pub(crate) fn required(
    args: &ProjectArgs,
    environment: &Environment,
) -> Result<VaddyProject, Failed> {
    named(args, environment)?.ok_or_else(|| {
        Failed::new(Exit::Usage, "no VAddy project is named")
            .cause("looked at --project-id and --fqdn, then VADDY_PROJECT_ID and VADDY_HOST, then VADDY_FQDN: not set")
            .help("copy the ProjectID from the console's server page and say --project-id ID")
    })
}

/// The number in the console's address of the project.
pub(crate) fn number(arg: Option<u64>, environment: &Environment) -> Result<Option<u64>, Failed> {
    match arg {
        Some(number) => Ok(Some(number)),
        None => environment.read(&["VADDY_PROJECT_NUMBER"], digits),
    }
}

/// The number, where nothing can be done without it.
pub(crate) fn required_number(arg: Option<u64>, environment: &Environment) -> Result<u64, Failed> {
    number(arg, environment)?.ok_or_else(|| {
        Failed::new(Exit::Usage, "no VAddy project number is given")
            .cause("this operation wants the number at the end of the project's address in the console, not the project id")
            .help("say --project-number NUMBER or set VADDY_PROJECT_NUMBER")
    })
}

/// As a person would name it.
pub(crate) fn name(project: &VaddyProject) -> &str {
    match project {
        VaddyProject::V1 { fqdn, .. } => fqdn,
        VaddyProject::V2 { project_id } => project_id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named_by(
        fqdn: Option<&str>,
        id: Option<&str>,
        set: &[(&str, &str)],
    ) -> Result<String, Exit> {
        let args = ProjectArgs { fqdn: fqdn.map(str::to_owned), project_id: id.map(str::to_owned) };
        match named(&args, &Environment::from(set.iter().copied())) {
            Ok(None) => Ok("none".to_owned()),
            Ok(Some(VaddyProject::V1 { fqdn, verification_code })) => {
                Ok(format!("v1 {fqdn} {}", verification_code.unwrap_or_default()))
            }
            Ok(Some(VaddyProject::V2 { project_id })) => Ok(format!("v2 {project_id}")),
            Err(failed) => Err(failed.exit()),
        }
    }

    #[test]
    fn options_then_variables_and_never_both() {
        let (host, id) = (("VADDY_HOST", "h"), ("VADDY_PROJECT_ID", "p"));
        let code = ("VADDY_VERIFICATION_CODE", "0123");
        for (fqdn, project_id, set, expected) in [
            (None, None, &[][..], Ok("none")),
            (None, None, &[host], Ok("v1 h ")),
            (None, None, &[("VADDY_FQDN", "h")], Ok("v1 h ")),
            (None, None, &[host, code], Ok("v1 h 0123")),
            (None, None, &[id], Ok("v2 p")),
            (None, None, &[host, id], Err(Exit::Usage)),
            (None, None, &[("VADDY_HOST", ""), id], Ok("v2 p")),
            (Some("o"), None, &[host, id], Ok("v1 o ")),
            (None, Some("o"), &[host, id], Ok("v2 o")),
            (None, None, &[("VADDY_HOST", "h\r\nx")], Err(Exit::Usage)),
        ] {
            assert_eq!(named_by(fqdn, project_id, set), expected.map(str::to_owned), "{set:?}");
        }
    }
}
