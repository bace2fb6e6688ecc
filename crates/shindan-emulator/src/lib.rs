//! shindan-emulator
