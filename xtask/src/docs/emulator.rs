//! docs/emulator.md: what the emulator plays, and what stands behind it.

use std::fmt::Write as _;

use shindan_emulator::{Evidence, Operation, Scenario};

use super::{
    NOTE,
    statements::{self, Said, Statement},
};
use crate::{Result, files};

/// The sections that are about no single operation: where they stand, their names in tests, their titles.
const SECTIONS: [(Part, &str, &str); 9] = [
    (Part::Wsc, "wsc.signature", "Signature"),
    (Part::Wsc, "wsc.errors", "Errors"),
    (Part::Wsc, "wsc.life", "Life of a job"),
    (Part::Vaddy, "vaddy.key", "User and key"),
    (Part::Vaddy, "vaddy.clients", "What its clients send"),
    (Part::Vaddy, "vaddy.errors", "Errors"),
    (Part::Vaddy, "vaddy.life", "Life of a scan"),
    (Part::Both, "faults", "Faults on purpose"),
    (Part::Both, "safety", "Safety"),
];

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Wsc,
    Vaddy,
    Both,
}

pub(super) fn page() -> Result<String> {
    let topics = SECTIONS.map(|(_, name, _)| name);
    let folder = files::root().join("crates/shindan-emulator/tests");
    let page = Page { statements: statements::below(&folder, &topics)?, text: String::new() };
    page.written()
}

struct Page {
    statements: Vec<Statement>,
    text: String,
}

impl Page {
    fn written(mut self) -> Result<String> {
        let count = |evidence| {
            self.statements.iter().filter(|of| of.said.evidence == Some(evidence)).count()
        };
        let [documented, observed, assumed] = Evidence::ALL.map(count);
        self.text = format!(
            "# The emulator, and what stands behind it\n\n{NOTE}\n\
            `shindan-emulator` answers like WSC and VAddy, from what can be read in public. **Nothing in it was \
            compared with the live services.** Each sentence below stands before the test that holds it, with one \
            of three marks, or with none where it is a rule of the emulator and of no service. Where a mark has no link, the \
            page of the operation is meant:\n\n\
            | mark | what stands behind it | statements |\n| --- | --- | --- |\n\
            | documented | the vendor says so on a public page, or shows it in an example there | {documented} |\n\
            | observed | a public client does or expects so, the vendor's own or another | {observed} |\n\
            | assumed | nobody says so: it had to be invented | {assumed} |\n\n\
            An operation's mark is that of its call and the form of its answer; a scenario's is that of what it \
            adds. A program can ask for the marks of the operations: `GET /_emulator/operations`.\n"
        );
        self.part("WSC", Part::Wsc, "wsc")?;
        self.part("VAddy", Part::Vaddy, "vaddy")?;
        self.scenarios()?;
        self.part("The emulator itself", Part::Both, "")?;
        Ok(self.text)
    }

    fn part(&mut self, title: &str, part: Part, service: &str) -> Result {
        write!(self.text, "\n## {title}\n")?;
        for operation in Operation::all().iter().filter(|of| of.service == service) {
            let name = operation.to_string();
            let with = operation
                .fixed
                .iter()
                .fold(String::new(), |with, (name, value)| format!("{with} with `{name}={value}`"));
            write!(
                self.text,
                "\n### `{name}`: {}\n\n`{} {}`{with}, [the vendor's page]({})\n\n",
                operation.evidence(),
                operation.method,
                operation.path,
                operation.docs
            )?;
            if !self.statements_about(&name)?.contains(&Some(operation.evidence())) {
                let mark = operation.evidence();
                return Err(format!(
                    "{name} is {mark}, and no test holds a statement of this mark"
                )
                .into());
            }
        }
        for (_, name, title) in SECTIONS.into_iter().filter(|(of, ..)| *of == part) {
            write!(self.text, "\n### {title}\n\n")?;
            if self.statements_about(name)?.is_empty() {
                return Err(format!("no test holds a statement about {name}").into());
            }
        }
        Ok(())
    }

    /// Writes them, and says which marks they have.
    fn statements_about(&mut self, topic: &str) -> Result<Vec<Option<Evidence>>> {
        let about = |of: &&Statement| of.said.topics.iter().any(|name| name == topic);
        let mut about: Vec<_> = self.statements.iter().filter(about).collect();
        about.sort_by_key(|of| (of.said.evidence.is_none(), of.said.evidence));
        for Statement { said, test, file } in &about {
            let Said { evidence, source, text, .. } = said;
            let mark = match (evidence, source) {
                (None, _) => String::new(),
                (Some(evidence), None) => format!("*{evidence}*: "),
                (Some(evidence), Some(page)) => format!("*[{evidence}]({page})*: "),
            };
            writeln!(self.text, "- {mark}{text} ([`{test}`](../{file}))")?;
        }
        Ok(about.into_iter().map(|statement| statement.said.evidence).collect())
    }

    fn scenarios(&mut self) -> Result {
        self.text += "\n## Scenarios\n\n\
            A target behaves like one of these if it was told to, or if its host is called after it: \
            `https://scenario-incomplete.test/`. The test [`each_does_what_its_name_says`]\
            (../crates/shindan-emulator/tests/emulator/scenarios.rs) plays each of them.\n\n\
            | scenario | what it does | the answers are |\n| --- | --- | --- |\n";
        for scenario in Scenario::ALL {
            writeln!(
                self.text,
                "| `{scenario}` | {} | {} |",
                scenario.meaning(),
                scenario.evidence()
            )?;
        }
        Ok(())
    }
}
