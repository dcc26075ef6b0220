//! Renders a view through one template.

use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

/// Templates with their names; the first is the one to render, the others may be included by it.
pub(crate) type Templates = &'static [(&'static str, &'static str)];

/// Renders the first template with the fields of `view`.
///
/// The templates are part of this crate and the tests render each of them, so a failure here is a typing error of ours that no input can cause.
pub(crate) fn render(templates: Templates, view: &impl Serialize) -> String {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_keep_trailing_newline(true);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    for (name, text) in templates {
        environment.add_template(name, text).expect("the templates are tested");
    }
    let (name, _) = templates.first().expect("a backend has a template");
    let template = environment.get_template(name).expect("it was added above");
    let text = template.render(view).expect("the templates are tested");
    format!("{}\n", text.trim_end())
}
