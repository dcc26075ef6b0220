//! `compose` of an application: all of its plugins become one component.

use std::path::Path;

use plugwright_component::application::{End, Joint, Plan, Ungranted};

use crate::failure::{Failure, uncomposed};
use crate::graph::Asked;
use crate::input;
use crate::ui::Ui;

pub(super) fn compose(ui: &Ui, path: &Path, graph: Option<Asked<'_>>) -> Result<Vec<u8>, Failure> {
    let plan = input::plan(path)?;
    let groups = plan.groups();
    let [group] = groups.as_slice() else { return Err(apart(path, &plan)) };
    let component = plan.component(group, Ungranted::Denied);
    let component = component.map_err(|err| uncomposed(&path.to_string_lossy(), &err))?;
    if let Some(graph) = graph {
        graph.draw(ui, &plan)?;
    }
    Ok(component.bytes().to_vec())
}

/// Says which links keep the plugins from becoming one.
fn apart(path: &Path, plan: &Plan) -> Failure {
    let name = |at: usize| &plan.members()[at].name;
    let isolated = plan.links().iter().filter(|it| it.joint == Joint::Isolated);
    let mut failure =
        Failure::input(format!("the plugins of `{}` cannot become one component", path.display()));
    for link in isolated {
        if let End::Plugin { member, .. } = &link.to {
            let (from, to, import) = (name(link.from), name(*member), &link.import);
            failure = failure.cause(format!(
                "the link from `{from}` to `{to}`, `{import}`, is isolated: {}",
                link.reason
            ));
        }
    }
    if failure.causes().is_empty() {
        failure = failure.cause("some of them have nothing to do with each other");
    }
    failure.hint("run it with `plugwright run`; or let the links be `fused`, or give the plugins the same `trust`")
}
