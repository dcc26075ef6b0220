//! An application that is loaded: plugins that answer each other, each group of fused ones in sandboxes of its own.

use std::sync::Arc;

use plugwright_component::{
    ComposeError,
    application::{Group, Joint, Plan, Ungranted},
};
use wasmtime::component::Val;

use crate::{
    engine::Engine,
    error::{CallError, LoadError},
    link::{Answer, Kind, Links, kinds},
    plugin::Plugin,
    spent::Spent,
    untyped::{Function, Request, RequestError, Untyped},
    world::{Import, World, blocks},
};

/// An application whose plugins are compiled and linked, to be called by name; cheap to clone.
///
/// A host that knows its world loads it by [`Application::load_as`] instead, and calls it as it calls any plugin:
///
/// ```no_run
/// use plugwright::{Application, Engine, EngineOptions, Plan};
///
/// plugwright::bindings!({
///     inline: "package demo:house; world house { export knock: func(number: u32) -> u32; }",
/// });
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let engine = Engine::new(EngineOptions::default())?;
///     let plan = Plan::read("app.toml", &|_, _| Err("the file names no WIT".into()))?;
///     let house = Application::load_as::<House>(&engine, &plan, || ())?;
///     println!("{}", house.knock(5)?);
///     Ok(())
/// }
/// ```
///
/// `H` is the host author's state, for each sandbox of each plugin.
///
/// Plugins that its file fuses are one component, and share their sandboxes and their budget.
/// All others live apart: each call of another one runs in a sandbox that the other one's instance policy chooses, is
/// bounded by what is left of the caller's time and fuel, and copies what is passed.
/// Where it fails, the caller's call ends with [`CallError::Linked`], and nothing else is touched.
#[derive(Debug)]
pub struct Application<H: Send + 'static = ()>(Arc<Inner<H>>);

impl<H: Send + 'static> Clone for Application<H> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[derive(Debug)]
struct Inner<H: Send + 'static> {
    name: String,
    units: Vec<Unit<H>>,
    /// The functions that the host may call, and the unit of each.
    functions: Vec<(Function, usize)>,
}

/// Plugins that are one component, or one that is by itself.
struct Unit<H: Send + 'static> {
    name: Arc<str>,
    plugin: Plugin<Untyped<H>>,
    /// The resources that it exports.
    kinds: Arc<[Kind]>,
}

impl<H: Send + 'static> std::fmt::Debug for Unit<H> {
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
    /// The exports of the world are those of several plugins that are not one component: let their links be `fused`,
    /// or call the application by name.
    #[error(
        "the exports of world `{world}` are those of plugins that are not one component: {}",
        crate::error::quoted(.plugins)
    )]
    Scattered {
        /// The world.
        world: &'static str,
        /// The plugins, fused ones joined by `+`.
        plugins: Vec<String>,
    },
    /// A plugin behind the one that an `async` host calls imports what that host offers: link it to a plugin, or fuse it
    /// with the one that is called.
    #[error(
        "the plugin `{plugin}` imports `{import}` of a host that is `async`, and is called by plugins only"
    )]
    Behind {
        /// The plugin, fused ones joined by `+`.
        plugin: String,
        /// What it imports.
        import: String,
    },
}

impl Application {
    /// Composes, compiles and links the plugins of an application that has no host behind its own imports.
    ///
    /// Nobody but the caller vouches for its components: that they are those of the file's digests was checked when it
    /// was read.
    /// Interfaces of the host's own are refused as for every [`Untyped`] plugin.
    ///
    /// # Errors
    ///
    /// See [`ApplicationLoadError`].
    pub fn load(engine: &Engine, plan: &Plan) -> Result<Application, ApplicationLoadError> {
        Application::by_name(engine, plan, &[], &(Arc::new(|| ()) as Host<()>))
    }
}

/// What makes the host author's state for a sandbox.
type Host<H> = Arc<dyn Fn() -> H + Send + Sync>;

impl<H: Send + 'static> Application<H> {
    /// The same where the host implements the imports of world `W`, as far as each plugin is granted them; `host` makes
    /// its state for each sandbox of each plugin.
    ///
    /// The world's exports are nothing to it; one that is `async` does not compile.
    ///
    /// # Errors
    ///
    /// See [`ApplicationLoadError`].
    pub fn load_with<W: World<Host = H>>(
        engine: &Engine,
        plan: &Plan,
        host: impl Fn() -> H + Send + Sync + 'static,
    ) -> Result<Self, ApplicationLoadError> {
        const { blocks::<W>() };
        Self::by_name(engine, plan, W::IMPORTS, &(Arc::new(host) as Host<H>))
    }

    /// Loads an application as one plugin, whose functions are those of world `W`: to its host it is a plugin like any
    /// other.
    ///
    /// All that `W` exports has to come from one plugin, or from fused ones.
    /// `host` makes its state for each sandbox of each plugin; where `W` is `async`, only what the host calls itself may
    /// call the host.
    ///
    /// # Errors
    ///
    /// See [`ApplicationLoadError`].
    pub fn load_as<W: World<Host = H>>(
        engine: &Engine,
        plan: &Plan,
        host: impl Fn() -> H + Send + Sync + 'static,
    ) -> Result<Plugin<W>, ApplicationLoadError> {
        let host: Host<H> = Arc::new(host);
        let groups = plan.groups();
        let exported =
            |it: &&Group| plan.exports().iter().any(|export| it.members.contains(&export.member));
        let [front] = groups.iter().filter(exported).collect::<Vec<_>>()[..] else {
            let plugins = groups.iter().filter(exported).map(|it| name(plan, it)).collect();
            return Err(ApplicationLoadError::Scattered { world: W::NAME, plugins });
        };
        let imports = if W::IS_ASYNC { &[] } else { W::IMPORTS };
        let mut loading = Loading::new(engine, plan, imports, host);
        for group in groups.iter().filter(|it| *it != front) {
            if W::IS_ASYNC
                && let Some(import) = of_host(plan, group)
            {
                let plugin = name(plan, group);
                return Err(ApplicationLoadError::Behind { plugin, import });
            }
            loading.load(group)?;
        }
        let links = Links { imports: W::IMPORTS, answers: loading.answers(front) };
        loading.linked(front, links)
    }

    fn by_name(
        engine: &Engine,
        plan: &Plan,
        imports: &'static [Import<H>],
        host: &Host<H>,
    ) -> Result<Self, ApplicationLoadError> {
        let mut loading = Loading::new(engine, plan, imports, Arc::clone(host));
        for group in &plan.groups() {
            loading.load(group)?;
        }
        let Loading { units, homes, .. } = loading;
        let mut functions = Vec::new();
        for export in plan.exports() {
            let Some(unit) = homes[export.member] else { continue };
            let all = units[unit].plugin.functions();
            let of_export = all.iter().filter(|it| it.is_of(&export.export));
            functions.extend(of_export.map(|it| (it.clone(), unit)));
        }
        let name = plan.name().to_owned();
        Ok(Self(Arc::new(Inner { name, units, functions })))
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
    pub fn plugins(&self) -> impl Iterator<Item = (&str, &Plugin<Untyped<H>>)> {
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

/// An application of which some plugins are loaded.
struct Loading<'a, H: Send + 'static> {
    engine: &'a Engine,
    plan: &'a Plan,
    imports: &'static [Import<H>],
    host: Host<H>,
    units: Vec<Unit<H>>,
    /// The unit of each plugin that is loaded.
    homes: Vec<Option<usize>>,
    /// The last number that a resource was given.
    last: u32,
}

impl<'a, H: Send + 'static> Loading<'a, H> {
    fn new(
        engine: &'a Engine,
        plan: &'a Plan,
        imports: &'static [Import<H>],
        host: Host<H>,
    ) -> Self {
        let homes = vec![None; plan.members().len()];
        Self { engine, plan, imports, host, units: Vec::new(), homes, last: 0 }
    }

    /// Loads a group, those whom it calls being loaded.
    fn load(&mut self, group: &Group) -> Result<(), ApplicationLoadError> {
        let links = Links { imports: self.imports, answers: self.answers(group) };
        let plugin: Plugin<Untyped<H>> = self.linked(group, links)?;
        let kinds = kinds(&plugin.component(), &self.answers(group), &mut self.last);
        for member in &group.members {
            self.homes[*member] = Some(self.units.len());
        }
        let name = name(self.plan, group).into();
        self.units.push(Unit { name, plugin, kinds });
        Ok(())
    }

    /// Who answers a group, as far as it is not the host.
    fn answers(&self, group: &Group) -> Vec<Answer<H>> {
        let answer = |it: &plugwright_component::application::Answer| {
            let unit = &self.units[self.homes[it.member]?];
            Some(Answer {
                import: it.import.clone(),
                plugin: unit.plugin.clone(),
                name: self.plan.members()[it.member].name.as_str().into(),
                export: it.export.clone(),
                resources: Arc::clone(&unit.kinds),
            })
        };
        group.answers.iter().filter_map(answer).collect()
    }

    fn linked<W: World<Host = H>>(
        &self,
        group: &Group,
        links: Links<H>,
    ) -> Result<Plugin<W>, ApplicationLoadError> {
        let Self { engine, plan, .. } = self;
        let component = plan.component(group, Ungranted::Outside).map_err(|source| {
            let plugins = group.members.iter().map(|it| plan.members()[*it].name.clone());
            ApplicationLoadError::Compose { plugins: plugins.collect(), source: Box::new(source) }
        })?;
        let (component, host) = (component.accept_unsigned(), Arc::clone(&self.host));
        let plugin =
            engine.load_linked(component, plan.policy(group), links, Box::new(move || host()));
        plugin.map_err(|source| ApplicationLoadError::Load {
            plugin: name(plan, group),
            source: Box::new(source),
        })
    }
}

/// The names of fused plugins, joined by `+`.
fn name(plan: &Plan, group: &Group) -> String {
    let names = group.members.iter().map(|it| plan.members()[*it].name.as_str());
    names.collect::<Vec<_>>().join("+")
}

/// What a group imports of the host and was granted, if it does.
fn of_host(plan: &Plan, group: &Group) -> Option<String> {
    let granted = |it: &&plugwright_component::application::Link| {
        it.joint == Joint::Host
            && group.members.contains(&it.from)
            && plan.members()[it.from].policy.grants.interfaces.grant(&it.import)
    };
    plan.links().iter().find(granted).map(|it| it.import.clone())
}
