//! A page as a browser reads it.

use html5ever::{parse_document, tendril::TendrilSink};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// One element.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) depth: usize,
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    /// All text in it.
    pub(crate) text: String,
    /// The text in it that is in none of its elements.
    pub(crate) own_text: String,
}

impl Element {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// All but the text.
    pub(crate) fn shape(&self) -> (usize, &str, &[(String, String)]) {
        (self.depth, &self.name, &self.attributes)
    }
}

/// Every element in the order of the page.
pub(crate) fn elements(page: &str) -> Vec<Element> {
    let dom = parse_document(RcDom::default(), html5ever::ParseOpts::default()).one(page);
    assert!(dom.errors.borrow().is_empty(), "{:?}", dom.errors.borrow());
    let mut all = Vec::new();
    walk(&dom.document, 0, &mut all);
    all
}

fn walk(node: &Handle, depth: usize, all: &mut Vec<Element>) {
    match &node.data {
        NodeData::Element { name, attrs, .. } => {
            let pair =
                |attr: &html5ever::Attribute| (attr.name.local.to_string(), attr.value.to_string());
            all.push(Element {
                depth,
                name: name.local.to_string(),
                attributes: attrs.borrow().iter().map(pair).collect(),
                text: text(node, usize::MAX),
                own_text: text(node, 1),
            });
        }
        NodeData::Comment { .. } | NodeData::ProcessingInstruction { .. } => {
            panic!("a page of ours has no comment");
        }
        NodeData::Document | NodeData::Doctype { .. } | NodeData::Text { .. } => {}
    }
    for child in node.children.borrow().iter() {
        walk(child, depth + 1, all);
    }
}

fn text(node: &Handle, levels: usize) -> String {
    let mut all = String::new();
    for child in node.children.borrow().iter() {
        if let NodeData::Text { contents } = &child.data {
            all.push_str(&contents.borrow());
        } else if levels > 1 {
            all.push_str(&text(child, levels - 1));
        }
    }
    all
}
