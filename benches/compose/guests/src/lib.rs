//! Plugins that call each other; each is a file of its own, beside this one.
