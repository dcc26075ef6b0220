//! Holds `docs/reference/cli.md` to what the program says about itself.
