//! What every sink has to show: each scalar value, and strings made of dangerous pieces and of chance.

/// Pieces that do something in at least one sink.
const PIECES: &[&str] = &[
    "::",
    "::error::",
    "::error file=a,line=1::",
    "::set-output name=a::",
    "::stop-commands::",
    ":",
    "#",
    "##",
    "##[",
    "##[error]",
    "##[group]",
    "##vso[task.complete]",
    "##teamcity[",
    "]",
    "[",
    "%",
    "%0A",
    "%0D",
    "%25",
    "%3A",
    "%2C",
    ",",
    "=",
    "==",
    ";",
    "\u{ad}",
    "\u{115f}",
    "\u{fe0f}",
    "\u{fff9}",
    "section_start:1:a\r\u{1b}[0K",
    "\u{1b}[8mha:",
    "\u{1b}[2J",
    "\u{1b}]0;a\u{7}",
    "\u{1b}]8;;http://a\u{1b}\\",
    "\u{9b}2J",
    "\u{90}",
    "\u{9c}",
    "\u{8}",
    "\u{7f}",
    "\0",
    "\r",
    "\n",
    "\r\n",
    "\t",
    "\u{b}",
    "\u{c}",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{a0}",
    "\u{3000}",
    " ",
    "  ",
    "    ",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{200d}",
    "\u{feff}",
    "\u{2060}",
    "\u{e0041}",
    "\u{e000}",
    "\u{fdd0}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{1fffe}",
    "\u{fffd}",
    "\\",
    "\\u{1b}",
    "\\u{",
    "u{",
    "}",
    "\\u001b",
    "\\n",
    "<",
    ">",
    "&",
    "\"",
    "'",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&lt;",
    "&#x1b;",
    "&#0;",
    "&amp",
    "<a href=x>",
    "</p>",
    "</td>",
    "<b>",
    "javascript:",
    "onerror=a ",
    "{{",
    "${{",
    "`",
    "``",
    "```",
    "~~~",
    "*",
    "**",
    "_",
    "__",
    "~~",
    "~",
    "^",
    "$",
    "$$",
    "|",
    "||",
    "\\|",
    "-",
    "--",
    "---",
    "+",
    "++",
    "===",
    "1.",
    "1)",
    "- [ ] ",
    "# ",
    "> ",
    "> [!NOTE]",
    "[^1]",
    "[^1]: ",
    "[a](b)",
    "![a](b)",
    "[a]: b",
    "[[a]]",
    "](",
    "(",
    ")",
    "!",
    "/",
    "//",
    "://",
    "http://a.b",
    "https://",
    "ftp://a",
    "www.",
    "www.a.b",
    "mailto:a@b.c",
    "a@b.c",
    "@",
    "@a",
    "@a/b",
    "#1",
    "a/b#1",
    "GH-1",
    "gh-",
    "1",
    "a",
    ":+1:",
    ":a",
    "a:",
    "...",
    ".",
    "＝",
    "＋",
    "－",
    "＠",
    "=1+1",
    "@SUM(1)",
    "-1",
    "+1",
    "=cmd|' /C calc'!A0",
    "한",
    "ｱ",
    "é",
    "e\u{301}",
    "😀",
    "0",
    "W",
    "w",
];

/// Every scalar value, in order.
pub(crate) fn scalars() -> impl Iterator<Item = char> + Clone {
    '\0'..=char::MAX
}

/// How many scalar values there are.
pub(crate) const SCALARS: usize = 1_112_064;

/// How many strings each sink shows.
pub(crate) const STRINGS: usize = 1_000_000;

/// Calls with many texts at once, until every scalar value was there alone and between letters, where another
/// rule may hold, and all strings were. Then prints how many there were.
pub(crate) fn all(sink: &str, mut check: impl FnMut(&[String])) {
    const SEED: u64 = 0x5eed_0006;
    let alone = scalars().map(String::from);
    let mut rest = scalars();
    let between = std::iter::from_fn(|| {
        let some: String = rest.by_ref().take(32).flat_map(|c| [c, 'a']).collect();
        (!some.is_empty()).then(|| format!("a{some}"))
    });
    let count = alone.clone().count();
    assert_eq!(count, SCALARS);
    let mut dice = Dice(SEED);
    let strings = std::iter::repeat_with(|| dice.text()).take(STRINGS);
    let mut batch = Vec::new();
    for text in alone.chain(between).chain(strings) {
        batch.push(text);
        if batch.len() == 1_000 {
            check(&batch);
            batch.clear();
        }
    }
    check(&batch);
    eprintln!(
        "{sink}: {count} scalar values, alone and between letters, and {STRINGS} strings of seed {SEED:#x}"
    );
}

/// `SplitMix64`: the same numbers from the same seed.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u32) -> u32 {
        u32::try_from(self.next() % u64::from(end)).expect("it is below a u32")
    }

    /// One to five pieces, mostly from the list.
    fn text(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..=self.below(5) {
            match self.below(8) {
                0 => text.extend(char::from_u32(self.below(0x11_0000))),
                1 => text.extend(char::from_u32(self.below(0x80))),
                _ => {
                    let at = self.below(u32::try_from(PIECES.len()).expect("there are few"));
                    text.push_str(PIECES[usize::try_from(at).expect("it is an index")]);
                }
            }
        }
        text
    }
}

/// What was meant by a text in which `\u{..}` stands for a character.
pub(crate) fn meant(shown: &str) -> String {
    let mut parts = shown.split("\\u{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (hex, rest) = part.split_once('}').expect("an escape ends");
        let n = u32::from_str_radix(hex, 16).expect("an escape is a number");
        out.push(char::from_u32(n).expect("an escape is a scalar value"));
        out.push_str(rest);
    }
    out
}

/// Whether it moves the cursor, reorders or hides text: the table of the threat model, as numbers.
pub(crate) fn is_dangerous(c: char) -> bool {
    const RANGES: [(u32, u32); 14] = [
        (0x00, 0x1f),
        (0x7f, 0x7f),
        (0x80, 0x9f),
        (0x61c, 0x61c),
        (0x200b, 0x200f),
        (0x2028, 0x2029),
        (0x202a, 0x202e),
        (0x2060, 0x2060),
        (0x2066, 0x2069),
        (0xfeff, 0xfeff),
        (0xe000, 0xf8ff),
        (0xe0000, 0xe007f),
        (0xf0000, 0xffffd),
        (0x10_0000, 0x10_fffd),
    ];
    RANGES.iter().any(|&(from, to)| (from..=to).contains(&u32::from(c)))
}
