//! A machine with a project's file, and an emulator to scan in.

use std::fs;

use crate::{
    machine::Machine,
    support::{Directory, Emulator},
};

pub(crate) struct Team {
    pub(crate) emulator: Emulator,
    pub(crate) machine: Machine,
    project: Directory,
}

impl Team {
    /// The emulator's time runs like this clock.
    pub(crate) fn with(clock: &str, toml: &str) -> Self {
        let project = Directory::new();
        fs::create_dir_all(project.path()).expect("it can be made");
        let file = format!("{}/shindan.toml", project.path());
        fs::write(&file, format!("version = 1\n{toml}")).expect("it can be written");
        let emulator = Emulator::start(clock);
        let machine = Machine::new(&emulator.env_with(&[("SHINDAN_CONFIG", &file)]));
        Self { emulator, machine, project }
    }

    /// Writes another project's file.
    pub(crate) fn write(&self, toml: &str) {
        fs::write(self.file(), format!("version = 1\n{toml}")).expect("it can be written");
    }

    /// The project's file.
    pub(crate) fn read(&self) -> String {
        fs::read_to_string(self.file()).expect("it is there")
    }

    fn file(&self) -> String {
        format!("{}/shindan.toml", self.project.path())
    }
}
