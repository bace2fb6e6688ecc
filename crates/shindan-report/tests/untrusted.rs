//! What somebody else wrote cannot be formatted by mistake.

#[test]
fn it_has_no_display() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
