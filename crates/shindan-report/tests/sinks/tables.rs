//! CSV and links.

use shindan_report::sink;

use crate::texts::{all, is_dangerous, meant};

/// Whether a spreadsheet calculates a cell: what it skips, and then a sign.
fn is_formula(cell: &str) -> bool {
    let skipped = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}';
    cell.trim_start_matches(skipped).starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || cell.starts_with(['\t', '\r'])
}

#[test]
fn a_spreadsheet_calculates_nothing() {
    all("CSV", |texts| {
        let mut writer =
            csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
        for text in texts {
            writer.write_record(["a", &sink::csv(text), "b"]).unwrap();
        }
        let file = writer.into_inner().unwrap();
        assert_eq!(std::str::from_utf8(&file).unwrap().lines().count(), texts.len());
        let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&*file);
        let records: Vec<_> = reader.into_records().map(Result::unwrap).collect();
        assert_eq!(records.len(), texts.len());
        for (text, record) in texts.iter().zip(records) {
            assert_eq!((record.len(), &record[0], &record[2]), (3, "a", "b"));
            let cell = &record[1];
            assert!(!is_formula(cell) && !cell.contains(is_dangerous), "{cell:?}");
            assert_eq!(meant(cell.strip_prefix('\'').unwrap_or(cell)), *text);
        }
    });
}

/// A link is in ASCII, names a host, and can stand in quotes, brackets and a URI of SARIF.
#[test]
fn a_link_is_a_plain_url() {
    let mut links = 0_u64;
    all("link", |texts| {
        for text in texts {
            assert!(sink::link(text).is_none_or(|link| is_plain(&link)), "{text:?}");
            assert_eq!(
                sink::link(&format!("https://{text}@a.example/"))
                    .filter(|link| !is_to_text(link, text)),
                None
            );
            let Some(link) = sink::link(&format!("https://a.example/{text}")) else {
                assert!(text.contains(|c: char| is_dangerous(c) || c.is_whitespace()), "{text:?}");
                continue;
            };
            assert!(link.starts_with("https://a.example/") && is_plain(&link), "{link:?}");
            links += 1;
        }
    });
    eprintln!("link: {links} of them");
}

/// Whether the host of this link is what stands at the beginning of the text, and not the one after `@`.
fn is_to_text(link: &str, text: &str) -> bool {
    let end = text.find(['/', '?', '#']).unwrap_or(text.len());
    link.starts_with(&format!("https://{}", text[..end].to_ascii_lowercase())) && end < text.len()
}

fn is_plain(link: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&*+,;=%".contains(&b);
    let Some((_, rest)) = link.split_once("://") else { return false };
    let (host, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let percents = rest
        .split('%')
        .skip(1)
        .all(|part| part.len() >= 2 && part.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit));
    !host.is_empty()
        && !host.contains('@')
        && link.bytes().all(allowed)
        && !rest.contains(['[', ']'])
        && rest.matches('#').count() <= 1
        && percents
}
