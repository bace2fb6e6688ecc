//! shindan-proto
