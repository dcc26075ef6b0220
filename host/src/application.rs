//! An application that is loaded: plugins that answer each other, each group of fused ones in sandboxes of its own.

use std::sync::Arc;

use plugwright_component::{
    ComposeError,
    application::{Group, Plan, Ungranted},
};
use wasmtime::component::Val;

use crate::{
    engine::Engine,
    error::{CallError, LoadError},
    link::{Answer, Kind, kinds},
    plugin::Plugin,
    spent::Spent,
    untyped::{Function, Request, RequestError, Untyped},
};

/// An application whose plugins are compiled and linked, to be called by name; cheap to clone.
///
/// Plugins that its file fuses are one component, and share their sandboxes and their budget.
/// All others live apart: each call of another one runs in a sandbox that the other one's instance policy chooses, is
/// bounded by what is left of the caller's time and fuel, and copies what is passed.
/// Where it fails, the caller's call ends with [`CallError::Linked`], and nothing else is touched.
#[derive(Clone, Debug)]
pub struct Application(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    units: Vec<Unit>,
    /// The functions that the host may call, and the unit of each.
    functions: Vec<(Function, usize)>,
}

/// Plugins that are one component, or one that is by itself.
struct Unit {
    name: Arc<str>,
    plugin: Plugin<Untyped>,
    /// The resources that it exports.
    kinds: Arc<[Kind]>,
}

impl std::fmt::Debug for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unit").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A call of an application that was read, found and typed.
#[derive(Clone, Debug)]
pub struct ApplicationRequest {
    request: Request,
    unit: usize,
}

/// Why an application cannot be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApplicationLoadError {
    /// Plugins that are to be fused cannot be made one component: do what the source says.
    #[error("the plugins {} cannot be made one component", crate::error::quoted(.plugins))]
    Compose {
        /// Their names.
        plugins: Vec<String>,
        /// What is wrong.
        source: Box<ComposeError>,
    },
    /// A plugin cannot be loaded: do what the source says.
    #[error("the plugin `{plugin}` of the application cannot be loaded")]
    Load {
        /// Its name in the application; of fused ones, all names, joined by `+`.
        plugin: String,
        /// What is wrong.
        source: Box<LoadError>,
    },
}

impl Application {
    /// Composes, compiles and links the plugins of an application.
    ///
    /// Nobody but the caller vouches for its components: that they are those of the file's digests was checked when it
    /// was read.
    /// Interfaces of the host's own are refused as for every [`Untyped`] plugin.
    ///
    /// # Errors
    ///
    /// See [`ApplicationLoadError`].
    pub fn load(engine: &Engine, plan: &Plan) -> Result<Application, ApplicationLoadError> {
        let mut units: Vec<Unit> = Vec::new();
        // The unit of each plugin that is loaded.
        let mut homes: Vec<Option<usize>> = vec![None; plan.members().len()];
        let mut kinds = 0;
        for group in &plan.groups() {
            let unit = load(engine, plan, group, &units, &homes, &mut kinds)?;
            for member in &group.members {
                homes[*member] = Some(units.len());
            }
            units.push(unit);
        }
        let mut functions = Vec::new();
        for export in plan.exports() {
            let Some(unit) = homes[export.member] else { continue };
            let all = units[unit].plugin.functions();
            let of_export = all.iter().filter(|it| it.is_of(&export.export));
            functions.extend(of_export.map(|it| (it.clone(), unit)));
        }
        let name = plan.name().to_owned();
        Ok(Application(Arc::new(Inner { name, units, functions })))
    }

    /// Gives the name of the application.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Lists the functions that it exports.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.0.functions.iter().map(|(function, _)| function)
    }

    /// Lists its plugins by their names; fused ones are one, whose name joins theirs by `+`.
    pub fn plugins(&self) -> impl Iterator<Item = (&str, &Plugin<Untyped>)> {
        self.0.units.iter().map(|it| (&*it.name, &it.plugin))
    }

    /// Reads a call in WAVE, as [`Plugin::request`] does, of a function that the application exports.
    ///
    /// # Errors
    ///
    /// See [`RequestError`].
    pub fn request(&self, text: &str) -> Result<ApplicationRequest, RequestError> {
        let functions: Vec<&Function> = self.functions().collect();
        let request = Request::read(text, &functions, |ty| ty)?;
        let of_request =
            |(it, _): &&(Function, usize)| it.full_name() == request.function().full_name();
        let unit = self.0.functions.iter().find(of_request).map_or(0, |(_, unit)| *unit);
        Ok(ApplicationRequest { request, unit })
    }

    /// Calls a function of the application; `None` where it returns nothing.
    ///
    /// # Errors
    ///
    /// See [`CallError`].
    pub fn call(&self, request: &ApplicationRequest) -> Result<Option<Val>, CallError> {
        self.0.units[request.unit].plugin.call(&request.request)
    }
}

impl Application {
    /// Calls a function, and says what that took in the plugin that has it, as [`Plugin::spend`] does.
    ///
    /// What it called other plugins with is among the calls and the bytes; what those spent within is theirs.
    ///
    /// # Errors
    ///
    /// Where no sandbox could be had; the error of the call itself is beside what it spent.
    pub fn spend(&self, request: &ApplicationRequest) -> Result<Called, CallError> {
        self.0.units[request.unit].plugin.spend(|it| it.call(&request.request))
    }
}

/// What a call gave, and what it spent.
type Called = (Result<Option<Val>, CallError>, Spent);

impl ApplicationRequest {
    /// The function that will be called.
    pub fn function(&self) -> &Function {
        self.request.function()
    }
}

/// Loads a group, those whom it calls being loaded.
fn load(
    engine: &Engine,
    plan: &Plan,
    group: &Group,
    units: &[Unit],
    homes: &[Option<usize>],
    next: &mut u32,
) -> Result<Unit, ApplicationLoadError> {
    let names =
        || group.members.iter().map(|it| plan.members()[*it].name.clone()).collect::<Vec<_>>();
    let component = plan.component(group, Ungranted::Outside).map_err(|source| {
        ApplicationLoadError::Compose { plugins: names(), source: Box::new(source) }
    })?;
    let answers = group.answers.iter().filter_map(|it| {
        let unit = &units[homes[it.member]?];
        Some(Answer {
            import: it.import.clone(),
            plugin: unit.plugin.clone(),
            name: plan.members()[it.member].name.as_str().into(),
            export: it.export.clone(),
            resources: Arc::clone(&unit.kinds),
        })
    });
    let answers: Vec<Answer> = answers.collect();
    let name = names().join("+");
    let component = component.accept_unsigned();
    let plugin = engine.load_linked(component, plan.policy(group), answers.clone());
    let plugin = plugin.map_err(|source| ApplicationLoadError::Load {
        plugin: name.clone(),
        source: Box::new(source),
    })?;
    let kinds = kinds(&plugin.component(), &answers, next);
    Ok(Unit { name: name.into(), plugin, kinds })
}
