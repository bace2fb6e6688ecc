//! The only credentials that the emulator accepts, if it is not told to take any: published, and of no use
//! anywhere else.

/// WSC's access key.
pub const WSC_ACCESS_KEY: &str = "shindan-emulator-access-key";

/// WSC's secret key.
pub const WSC_SECRET_KEY: &str = "shindan-emulator-secret-key";

/// VAddy's user.
pub const VADDY_USER: &str = "emulator";

/// VAddy's key.
pub const VADDY_KEY: &str = "shindanemulatorkey";
