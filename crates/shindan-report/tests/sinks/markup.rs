//! HTML, Markdown and XML.

use html5ever::{parse_document, tendril::TendrilSink};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use pulldown_cmark::{Event, Options, Parser, Tag};
use shindan_report::sink;

use crate::texts::{all, is_dangerous, meant};

/// The text and the title of every paragraph, if nothing else is in the body.
fn paragraphs(page: &str) -> Vec<(String, String)> {
    let dom = parse_document(RcDom::default(), html5ever::ParseOpts::default()).one(page);
    let html = dom.document.children.borrow()[1].clone();
    let body = html.children.borrow()[1].clone();
    let mut all = Vec::new();
    for node in body.children.borrow().iter() {
        let NodeData::Element { name, attrs, .. } = &node.data else { panic!("not a paragraph") };
        let attrs = attrs.borrow();
        assert_eq!((&*name.local, attrs.len(), &*attrs[0].name.local), ("p", 1, "title"));
        all.push((attrs[0].value.to_string(), only_text(node)));
    }
    all
}

/// What is in an element that has nothing but text.
fn only_text(node: &Handle) -> String {
    let children = node.children.borrow();
    assert!(children.len() <= 1);
    children.first().map_or(String::new(), |node| {
        let NodeData::Text { contents } = &node.data else { panic!("not text") };
        contents.borrow().to_string()
    })
}

#[test]
fn a_page_has_only_our_elements() {
    all("HTML", |texts| {
        let one = |text: &String| {
            let html = sink::html(text);
            assert!(!html.contains(is_forbidden), "{html:?}");
            format!("<p title=\"{html}\">{html}</p>")
        };
        let page: String = texts.iter().map(one).collect();
        let read = paragraphs(&format!("<!doctype html><title>a</title><body>{page}"));
        assert_eq!(read.len(), texts.len());
        for ((title, inner), text) in read.iter().zip(texts) {
            assert_eq!(meant(title), *text);
            assert_eq!(inner, title);
        }
    });
}

fn is_forbidden(c: char) -> bool {
    let n = u32::from(c);
    is_dangerous(c) && c != '\n' && c != '\t'
        || (0xfdd0..=0xfdef).contains(&n)
        || n & 0xfffe == 0xfffe
}

/// The text of every block in a document, if each is a paragraph or a cell and has nothing but text, or
/// nothing but a code span.
fn blocks(document: &str) -> Vec<String> {
    let mut all = Vec::new();
    for event in Parser::new_ext(document, Options::all()) {
        if let Event::Start(Tag::Paragraph | Tag::TableCell) = event {
            all.push(String::new());
        } else if let Event::Text(text) | Event::Code(text) = event {
            all.last_mut().unwrap().push_str(&text);
        } else {
            let is_table =
                matches!(event, Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableRow));
            assert!(is_table || matches!(event, Event::End(_)), "{event:?} in {document:?}");
        }
    }
    all
}

/// What GitHub finds in the text of a finished page: mentions, addresses, references, emoji.
fn is_found_later(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let digit = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    let name = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'-'))
    };
    let parts: Vec<_> = text.split(':').collect();
    text.contains('@')
        || text.split('#').skip(1).any(digit)
        || text.split("gh-").skip(1).any(digit)
        || parts.len() > 2 && parts[1..parts.len() - 1].iter().any(|part| name(part))
}

#[test]
fn a_document_has_only_our_blocks() {
    all("Markdown", |texts| {
        let shown: Vec<_> = texts.iter().map(|text| sink::markdown(text)).collect();
        let paragraphs: String = shown.iter().flat_map(|text| [text, "\n\n"]).collect();
        let cells: String = shown.iter().flat_map(|text| ["| ", text, " |", text, "|\n"]).collect();
        let alone = blocks(&paragraphs);
        let table = blocks(&format!("| a | b |\n|---|---|\n{cells}"));
        let mut alone = alone.iter();
        assert_eq!(table.len(), 2 * texts.len() + 2);
        for ((text, shown), cells) in texts.iter().zip(&shown).zip(table[2..].chunks(2)) {
            assert!(!shown.contains(is_dangerous), "{shown:?}");
            // GitHub links these itself, before anything else is done with punctuation.
            assert!(!shown.contains("www.") && !shown.contains("://"), "{shown:?}");
            if !text.is_empty() {
                assert_eq!(meant(alone.next().unwrap()), *text);
            }
            assert_eq!(meant(&cells[0]), *text);
            assert_eq!(cells[0], cells[1]);
            assert!(!is_found_later(&cells[0]), "{cells:?}");
        }
        assert_eq!(alone.next(), None);
    });
}

#[test]
fn a_code_span_has_the_text() {
    all("Markdown code", |texts| {
        let texts: Vec<_> = texts.iter().filter(|text| !text.is_empty()).collect();
        let shown: Vec<_> = texts.iter().map(|text| sink::markdown_code(text)).collect();
        let paragraphs: String = shown.iter().flat_map(|text| [text, "\n\n"]).collect();
        let cells: String = shown.iter().flat_map(|text| ["| ", text, " |", text, "|\n"]).collect();
        let alone = blocks(&paragraphs);
        let table = blocks(&format!("| a | b |\n|---|---|\n{cells}"));
        assert_eq!((alone.len(), table.len()), (texts.len(), 2 * texts.len() + 2));
        for (at, text) in texts.into_iter().enumerate() {
            for read in [&alone[at], &table[2 * at + 2], &table[2 * at + 3]] {
                assert!(!read.contains(is_dangerous), "{read:?}");
                assert_eq!(meant(read), *text);
            }
        }
    });
}

#[test]
fn a_file_is_xml() {
    all("XML", |texts| {
        let one = |text: &String| {
            let xml = sink::xml(text);
            assert!(!xml.contains(is_dangerous), "{xml:?}");
            assert_eq!(
                quick_junit::XmlString::new(&xml).as_str(),
                xml,
                "quick-junit strips nothing"
            );
            let xml = xml.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let xml = xml.replace('"', "&quot;");
            format!("<p title=\"{xml}\">{xml}</p>")
        };
        let file: String = texts.iter().map(one).collect();
        let file = format!("<all>{file}</all>");
        let document = roxmltree::Document::parse(&file).unwrap();
        let read: Vec<_> = document.root_element().children().collect();
        assert_eq!(read.len(), texts.len());
        for (node, text) in read.into_iter().zip(texts) {
            let inner = node.text().unwrap_or_default();
            assert_eq!(meant(inner), *text);
            assert_eq!(node.attribute("title"), Some(inner));
            assert!(node.children().all(|child| child.is_text()));
        }
    });
}
