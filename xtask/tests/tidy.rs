//! Our rules for the tree, as tests. Every message says the fix.
//!
//! A rule about a file is a function from its text to complaints, so that each has a test that
//! shows it complain. `tree` knows the files and manifests, the rest are the rules.

#[path = "tidy/edges.rs"]
mod edges;
#[path = "tidy/links.rs"]
mod links;
#[path = "tidy/manifests.rs"]
mod manifests;
#[path = "tidy/sources.rs"]
mod sources;
#[path = "tidy/tree.rs"]
mod tree;

/// Fails with all complaints at once.
#[track_caller]
fn assert_tidy(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n\n{}\n", complaints.join("\n"));
}
