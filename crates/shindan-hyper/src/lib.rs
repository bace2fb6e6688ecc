//! shindan-hyper
