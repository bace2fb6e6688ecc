//! Numbers and texts from a seed.

/// splitmix64
#[derive(Clone, Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.index(from.len())]
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("it is below a length")
    }

    /// Text that is not empty and has no control characters: words that mean something somewhere,
    /// and characters of one to four bytes.
    pub(crate) fn text(&mut self) -> String {
        if self.below(3) == 0 {
            return self.pick(WORDS).to_owned();
        }
        let length = 1 + self.below(12);
        let characters: Vec<char> = CHARACTERS.chars().collect();
        (0..length).map(|_| characters[self.index(characters.len())]).collect()
    }

    pub(crate) fn digits(&mut self) -> String {
        let length = 1 + self.below(20);
        (0..length).map(|_| self.pick(&["0", "1", "5", "9"])).collect()
    }

    pub(crate) fn scan_id(&mut self) -> String {
        let length = 1 + self.below(128);
        (0..length).map(|_| self.pick(&["a", "F", "0", "7", "-"])).collect()
    }

    pub(crate) fn time(&mut self) -> String {
        if self.below(8) == 0 {
            return self.pick(EDGES_OF_TIME).to_owned();
        }
        let [year, month, day] = [10_000, 13, 32].map(|bound| self.below(bound));
        let [hour, minute, second] = [24, 60, 60].map(|bound| self.below(bound));
        let zone = self.pick(&["Z", "+0000", "+0900", "-03:30", "+2359", "-2359"]);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}")
    }
}

const EDGES_OF_TIME: &[&str] = &[
    "0000-01-01T00:00:00Z",
    "0000-01-01T00:00:00+0001",
    "9999-12-31T23:59:59+0000",
    "9999-12-31T23:59:59-0001",
];

const WORDS: &[&str] = &[
    "finish",
    "SCANNING",
    "canceled",
    "report",
    "terminate",
    "Cancel",
    "complete",
    "possible",
    "PC Chrome",
    "ALL",
    "SQLI,XSS",
    " xss , eval ",
    ",",
    "asc",
    "null",
    "true",
    "0",
    "007",
    "1.5",
    "-1",
    "action=start",
    "&action=cancel",
    "a=b&c=d",
    "%2e%2e",
    "..",
    ".",
    "/",
    "../../x",
    "?#[]",
    "+ +",
    "\"\\\"",
    "</script>",
    "診断完了",
    "\u{feff}",
    "JSESSIONID=fake; Path=/",
];

/// Of one to four bytes, with spaces that are trimmed and marks that hide or turn text.
const CHARACTERS: &str = "aZ09  &=+%/;\"\\{<'~é\u{a0}診가\u{2028}\u{202e}\u{feff}🦀\u{10ffff}";
