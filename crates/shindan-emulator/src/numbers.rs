/// A number that looks random and depends on its arguments alone.
///
/// FNV-1a, and then the mixer of splitmix64, so that texts that differ in one character get numbers
/// that are far apart.
pub(crate) fn number(seed: u32, about: &str) -> u64 {
    let basis = 0xcbf2_9ce4_8422_2325 ^ u64::from(seed);
    let hash = about
        .bytes()
        .fold(basis, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mixed = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
