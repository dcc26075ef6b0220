//! Hosts whose functions are async: whatever they wait for ends with the call, and so does a call that nobody waits for.

mod common;

use std::{
    future::{pending, poll_fn},
    num::NonZeroU32,
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    task::{Context, Poll, Wake},
    thread::Thread,
    time::{Duration, Instant},
};

use common::{Tested, component};
use plugwright::{
    Artifact, CallError, Captured, Engine, EngineOptions, Grants, Instances, Interfaces, Limits,
    Output, Plugin, Policy, Verified,
};
use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
    sync::mpsc,
    time::{sleep, timeout},
};

plugwright::bindings!({
    inline: "
        package example:waiting;

        interface desk {
            ask: func(what: u32) -> u32;
        }

        world waiter {
            import desk;
            export ask: func(what: u32) -> u32;
            export count: func() -> u32;
            export spin: func();
        }
    ",
    async: true,
});

mod sleeper {
    plugwright::bindings!({
        inline: "
            package example:sleeper;
            world sleeper { export print: func(text: string); export sleep: func(nanoseconds: u64); }
        ",
        async: true,
    });
}

mod shop {
    plugwright::bindings!({ path: "tests/shop.wit", world: "shop", async: true });
}

/// What the desk may be asked.
const NEVER: u32 = 0;
const SLEEP: u32 = 1;
const CHANNEL: u32 = 2;
const SOCKET: u32 = 3;
const PANIC: u32 = 4;
/// Has the other plugin spin, once or twice at the same time, and gives the fuel that it had.
const OTHER: u32 = 5;
const OTHER_TWICE: u32 = 6;
/// Waits so many milliseconds beyond this.
const MILLISECONDS: u32 = 100;

/// Answers as it is asked.
#[derive(Clone, Default)]
struct Desk {
    /// How many of its functions run now.
    running: Arc<AtomicU32>,
    told: Arc<Mutex<Vec<String>>>,
    other: Option<Plugin<Waiter<Desk>>>,
}

/// A function that runs, until it is dropped.
struct Runs(Arc<AtomicU32>);

impl Drop for Runs {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl desk::Host for Desk {
    async fn ask(&mut self, what: u32) -> u32 {
        self.running.fetch_add(1, Ordering::SeqCst);
        let _runs = Runs(Arc::clone(&self.running));
        match what {
            NEVER => pending().await,
            SLEEP => sleep(Duration::from_secs(3600)).await,
            CHANNEL => {
                let (_sender, mut receiver) = mpsc::channel::<()>(1);
                receiver.recv().await;
            }
            SOCKET => silence().await.expect("a socket on this machine"),
            PANIC => return NEVER.checked_sub(what).expect("the desk fell over"),
            OTHER => return self.spin().await,
            OTHER_TWICE => {
                let (one, two) = (self.clone(), self.clone());
                let (one, two) = both(one.spin(), two.spin()).await;
                return one + two;
            }
            _ => sleep(Duration::from_millis((what - MILLISECONDS).into())).await,
        }
        what
    }
}

impl Desk {
    /// Has the other plugin spin until its fuel or its time is over.
    async fn spin(&self) -> u32 {
        let other = self.other.as_ref().expect("this test has another plugin");
        // Others may come to this thread meanwhile.
        tokio::task::yield_now().await;
        let error = other.spin().await.expect_err("it never ends by itself");
        self.told.lock().expect("no test panics here").push(error.to_string());
        match error {
            CallError::Fuel { allowed, .. } => u32::try_from(allowed).unwrap_or(u32::MAX),
            _ => 0,
        }
    }
}

/// Waits for both, on one thread.
async fn both<A, B>(one: impl Future<Output = A>, two: impl Future<Output = B>) -> (A, B) {
    let (mut one, mut two) = (pin!(one), pin!(two));
    let (mut first, mut second) = (None, None);
    poll_fn(move |context| {
        if first.is_none()
            && let Poll::Ready(result) = one.as_mut().poll(context)
        {
            first = Some(result);
        }
        if second.is_none()
            && let Poll::Ready(result) = two.as_mut().poll(context)
        {
            second = Some(result);
        }
        if first.is_none() || second.is_none() {
            return Poll::Pending;
        }
        first.take().zip(second.take()).map_or(Poll::Pending, Poll::Ready)
    })
    .await
}

/// Reads from a socket at whose other end nobody writes.
async fn silence() -> std::io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let mut stream = TcpStream::connect(listener.local_addr()?).await?;
    let _other_end = listener.accept().await?;
    stream.read_u8().await.map(drop)
}

fn one_thread() -> Tested<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

fn threads(count: usize) -> Tested<Runtime> {
    Ok(Builder::new_multi_thread().worker_threads(count).enable_all().build()?)
}

fn policy(limits: Limits) -> Policy {
    let grants = Grants { interfaces: Interfaces::All, ..Grants::default() };
    Policy { grants, limits, ..Policy::default() }
}

/// A time that ends what waits, and one that does not hurry.
fn short() -> Limits {
    Limits { time: Duration::from_millis(30), ..Limits::default() }
}

fn long() -> Limits {
    Limits { time: Duration::from_secs(600), ..Limits::default() }
}

fn engine() -> Tested<Engine> {
    Ok(Engine::new(EngineOptions::default())?)
}

fn waiter(engine: &Engine, policy: Policy, desk: &Desk) -> Tested<Plugin<Waiter<Desk>>> {
    let desk = desk.clone();
    Ok(engine.load_with(component("waiter")?, policy, move || desk.clone())?)
}

/// The component in a file of ours, with a part of its text replaced.
fn changed(name: &str, from: &str, to: &str) -> Tested<Verified> {
    let path = format!("{}/tests/components/{name}.wat", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path)?;
    assert!(text.contains(from), "{text}");
    let bytes = wat::parse_str(text.replace(from, to))?;
    Ok(Artifact::from_bytes(format!("{name}.wasm"), bytes)?.accept_unsigned())
}

/// Whether nothing is left of what plugins did.
fn is_empty(engine: &Engine) -> bool {
    let metrics = engine.metrics();
    metrics.plugins.iter().all(|it| (it.sandboxes, it.memory) == (0, 0))
        && metrics.pools.iter().all(|it| it.taken == 0)
}

#[test]
fn a_call_waits_for_its_host() -> Tested {
    let plugin = waiter(&engine()?, policy(long()), &Desk::default())?;
    for runtime in [one_thread()?, threads(2)?] {
        assert_eq!(runtime.block_on(plugin.ask(MILLISECONDS))?, 100);
        assert_eq!(runtime.block_on(plugin.ask(MILLISECONDS + 10))?, 110);
        let plugin = plugin.clone();
        let moved = runtime.spawn(async move { plugin.ask(MILLISECONDS + 1).await });
        assert_eq!(runtime.block_on(moved)??, 101);
    }
    Ok(())
}

#[test]
fn whatever_the_host_waits_for_ends_with_the_call() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let plugin = waiter(&engine, policy(short()), &desk)?;
    for runtime in [one_thread()?, threads(2)?] {
        for what in [NEVER, SLEEP, CHANNEL, SOCKET] {
            let error = runtime.block_on(plugin.ask(what)).unwrap_err();
            assert_eq!(
                error.to_string(),
                "`ask` took longer than the 30ms that its policy allows",
                "{what}"
            );
            assert!(matches!(error, CallError::Deadline { .. }), "{error:?}");
            assert_eq!(desk.running.load(Ordering::SeqCst), 0, "{what} runs on");
            assert!(is_empty(&engine), "{:?}", engine.metrics());
        }
    }
    let metrics = engine.metrics();
    assert_eq!(metrics.plugins[0].errors.get("deadline"), Some(&8));
    Ok(())
}

#[test]
fn so_does_what_it_waits_for_while_a_sandbox_starts() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let asks = |what| format!("(func $start (drop (call $ask (i32.const {what})))) (start $start)");
    let load = |what, limits: Limits| {
        let desk = desk.clone();
        let component = changed("waiter", ";; What a test has it do at its start.", &asks(what))?;
        Tested::Ok(
            engine.load_with::<Waiter<Desk>>(component, policy(limits), move || desk.clone())?,
        )
    };
    let runtime = one_thread()?;
    assert_eq!(runtime.block_on(load(MILLISECONDS + 1, long())?.count())?, 1);
    let plugin = load(NEVER, short())?;
    let told = "`start` took longer than the 30ms that its policy allows";
    assert_eq!(runtime.block_on(plugin.count()).unwrap_err().to_string(), told);
    assert_eq!(runtime.block_on(plugin.instantiate_async()).unwrap_err().to_string(), told);
    assert_eq!(desk.running.load(Ordering::SeqCst), 0);
    let patient = load(NEVER, long())?;
    let cancelled = async { timeout(Duration::from_millis(5), patient.count()).await };
    assert!(runtime.block_on(cancelled).is_err());
    assert_eq!(desk.running.load(Ordering::SeqCst), 0);
    assert!(is_empty(&engine), "{:?}", engine.metrics());
    Ok(())
}

#[test]
fn a_call_that_nobody_waits_for_is_over() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    for instances in [Instances::Fresh, Instances::Pinned, Instances::Reset] {
        let limits = Limits { concurrent: 1, ..long() };
        let plugin = waiter(&engine, Policy { instances, ..policy(limits) }, &desk)?;
        for runtime in [one_thread()?, threads(1)?] {
            runtime.block_on(async {
                assert_eq!(plugin.count().await?, 1);
                let cancelled = timeout(Duration::from_millis(20), plugin.ask(NEVER)).await;
                assert!(cancelled.is_err());
                assert_eq!(desk.running.load(Ordering::SeqCst), 0, "its host runs on");
                assert!(is_empty(&engine), "{instances:?}: {:?}", engine.metrics());
                let start = Instant::now();
                assert_eq!(plugin.count().await?, 1, "{instances:?}: a sandbox is used again");
                assert!(start.elapsed() < Duration::from_secs(60), "its turn is not given back");
                drop(timeout(Duration::from_millis(5), plugin.spin()).await);
                Tested::Ok(())
            })?;
        }
        let metrics = engine.metrics();
        assert_eq!(metrics.plugins[0].errors.get("cancelled"), Some(&4));
        assert_eq!(metrics.plugins[0].calls, 4);
    }
    Ok(())
}

#[test]
fn an_instance_whose_call_was_dropped_is_dead() -> Tested {
    let (engine, desk) = (engine()?, Desk::default());
    let plugin = waiter(&engine, policy(long()), &desk)?;
    one_thread()?.block_on(async {
        let mut instance = plugin.instantiate_async().await?;
        assert_eq!((instance.count().await?, instance.count().await?), (1, 2));
        let cancelled = timeout(Duration::from_millis(5), instance.ask(NEVER)).await;
        assert!(cancelled.is_err() && !instance.is_alive());
        assert_eq!(
            instance.count().await.unwrap_err().to_string(),
            "`count` cannot be called: an earlier call ended this instance"
        );
        drop(instance);
        assert!(is_empty(&engine), "{:?}", engine.metrics());
        Ok(())
    })
}

#[test]
fn waiting_for_a_turn_leaves_the_thread_to_others() -> Tested {
    let runtime = one_thread()?;
    for instances in [Instances::Pinned, Instances::Reuse(NonZeroU32::MAX), Instances::Fresh] {
        let limits = Limits { concurrent: 1, waiting: 2, ..long() };
        let policy = Policy { instances, ..policy(limits) };
        let plugin = waiter(&engine()?, policy, &Desk::default())?;
        runtime.block_on(async {
            let first = both(plugin.ask(MILLISECONDS + 30), plugin.ask(MILLISECONDS + 1));
            let last = both(plugin.ask(MILLISECONDS + 2), plugin.ask(MILLISECONDS + 3));
            let (first, last) = both(first, last).await;
            assert_eq!((first.0?, first.1?, last.0?), (130, 101, 102));
            assert_eq!(
                last.1.unwrap_err().to_string(),
                "`ask` got no turn within 0ns: its policy allows 1 calls at once"
            );
            // Who leaves the line leaves room in it.
            let slow = plugin.ask(MILLISECONDS + 40);
            let impatient = async {
                for _ in 0..5 {
                    let next = timeout(Duration::from_millis(1), plugin.count());
                    assert!(next.await.is_err(), "it was its turn");
                }
                plugin.ask(MILLISECONDS).await
            };
            let (slow, patient) = both(slow, impatient).await;
            assert_eq!((slow?, patient?), (140, 100));
            Tested::Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn nobody_waits_for_a_turn_for_ever() -> Tested {
    let limits = Limits { concurrent: 1, ..short() };
    let plugin = waiter(&engine()?, policy(limits), &Desk::default())?;
    let (slow, next) =
        one_thread()?.block_on(async { both(plugin.spend_async(holds), plugin.count()).await });
    slow?;
    assert_eq!(
        next.unwrap_err().to_string(),
        "`count` got no turn within 30ms: its policy allows 1 calls at once"
    );
    Ok(())
}

/// Holds a sandbox, and its turn with it.
async fn holds(_: &mut plugwright::Instance<Waiter<Desk>>) {
    sleep(Duration::from_millis(200)).await;
}

#[test]
fn the_instance_policies_hold() -> Tested {
    let runtime = threads(1)?;
    let counts = |instances| {
        let plugin = waiter(&engine()?, Policy { instances, ..policy(long()) }, &Desk::default())?;
        let count = || Tested::Ok(runtime.block_on(plugin.count())?);
        let counts = [count()?, count()?, count()?];
        Tested::Ok((counts, plugin.resets().reset))
    };
    let twice = NonZeroU32::new(2).ok_or("not zero")?;
    assert_eq!(counts(Instances::Fresh)?, ([1, 1, 1], 0));
    assert_eq!(counts(Instances::Reuse(twice))?, ([1, 2, 1], 0));
    assert_eq!(counts(Instances::Pinned)?, ([1, 2, 3], 0));
    assert_eq!(counts(Instances::Reset)?, ([1, 1, 1], 3));
    Ok(())
}

#[test]
fn a_plugin_that_another_asks_ends_with_it() -> Tested {
    let engine = engine()?;
    let other = waiter(&engine, policy(long()), &Desk::default())?;
    let desk = Desk { other: Some(other), ..Desk::default() };
    let plugin = waiter(&engine, policy(short()), &desk)?;
    let start = Instant::now();
    match threads(2)?.block_on(plugin.ask(OTHER)) {
        Err(CallError::Deadline { .. }) => {}
        // The other one's timer may have come a moment before this one's: then the host is told of it.
        Ok(_) => {
            let told = desk.told.lock().unwrap().concat();
            assert!(told.starts_with("`spin` took longer than"), "{told}");
        }
        Err(error) => return Err(error.into()),
    }
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    assert_eq!(desk.running.load(Ordering::SeqCst), 0);
    Ok(())
}

/// Each caller is known to what it calls, however they take turns on a thread, and on whichever they go on.
#[test]
fn plugins_that_others_ask_spend_what_those_were_given() -> Tested {
    let engine = engine()?;
    let of = |fuel| policy(Limits { fuel: Some(fuel), ..long() });
    let other = waiter(&engine, of(1_000_000_000), &Desk::default())?;
    let desk = Desk { other: Some(other), ..Desk::default() };
    let (poor, rich) = (waiter(&engine, of(5000), &desk)?, waiter(&engine, of(9000), &desk)?);
    // Enough for several ticks, so that the second that it asks begins before the first has ended.
    let richest = waiter(&engine, of(50_000_000), &desk)?;
    for runtime in [one_thread()?, threads(2)?] {
        let ask = |plugin: &Plugin<Waiter<Desk>>, what| {
            let plugin = plugin.clone();
            runtime.spawn(async move { plugin.ask(what).await })
        };
        for _ in 0..20 {
            let (one, two) = (ask(&poor, OTHER), ask(&rich, OTHER));
            assert_eq!(runtime.block_on(one)??, 5000);
            assert_eq!(runtime.block_on(two)??, 9000);
        }
        desk.told.lock().unwrap().clear();
        assert_eq!(runtime.block_on(ask(&richest, OTHER_TWICE))??, 50_000_000, "both together");
        let mut told = desk.told.lock().unwrap().clone();
        told.sort();
        let all = [0, 50_000_000]
            .map(|it| format!("`spin` used up the {it} units of fuel that its policy allows"));
        assert_eq!(told, all);
    }
    Ok(())
}

#[test]
fn a_plugin_that_spins_leaves_the_thread_to_others() -> Tested {
    for runtime in [one_thread()?, threads(1)?] {
        let limits = Limits { time: Duration::from_secs(1), ..Limits::default() };
        let plugin = waiter(&engine()?, policy(limits), &Desk::default())?;
        let spins = runtime.spawn(async move { plugin.spin().await });
        let ticks = runtime.spawn(async move {
            let (mut ticks, start) = (0, Instant::now());
            while start.elapsed() < Duration::from_millis(900) {
                sleep(Duration::from_millis(1)).await;
                ticks += 1;
            }
            ticks
        });
        let ticks = runtime.block_on(ticks)?;
        // A thread that is held for the whole second would let one pass.
        assert!(ticks > 20, "{ticks}");
        let told = "`spin` took longer than the 1s that its policy allows";
        assert_eq!(runtime.block_on(spins)?.unwrap_err().to_string(), told);
    }
    Ok(())
}

#[test]
fn a_panic_of_the_host_is_the_hosts() -> Tested {
    let engine = engine()?;
    let plugin = waiter(&engine, policy(long()), &Desk::default())?;
    let runtime = threads(1)?;
    let calls = plugin.clone();
    let panicked = runtime.spawn(async move { calls.ask(PANIC).await });
    let panicked = runtime.block_on(panicked).unwrap_err();
    assert!(panicked.is_panic());
    assert!(is_empty(&engine), "{:?}", engine.metrics());
    assert_eq!(runtime.block_on(plugin.count())?, 1);
    Ok(())
}

#[test]
fn what_is_not_granted_is_refused() -> Tested {
    let plugin = waiter(&engine()?, Policy::default(), &Desk::default())?;
    let error = one_thread()?.block_on(plugin.ask(MILLISECONDS)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`ask` reached for its host (`example:waiting/desk.ask`), which its policy does not grant"
    );
    Ok(())
}

#[test]
fn what_a_call_spent_is_told() -> Tested {
    let fuel = Some(1_000_000);
    let plugin = waiter(&engine()?, policy(Limits { fuel, ..long() }), &Desk::default())?;
    one_thread()?.block_on(async {
        let calls = async |it: &mut plugwright::Instance<Waiter<Desk>>| {
            (it.ask(MILLISECONDS + 5).await, it.count().await)
        };
        let ((asked, counted), spent) = plugin.spend_async(calls).await?;
        assert_eq!((asked?, counted?), (105, 1));
        assert_eq!((spent.copied_in, spent.copied_out, spent.host_calls), (4 + 4, 4 + 4 + 4, 1));
        assert!(spent.time >= Duration::from_millis(5), "{spent:?}");
        assert!(spent.fuel.is_some_and(|it| (1..1000).contains(&it)), "{spent:?}");
        let mut instance = plugin.instantiate_async().await?;
        let (counted, spent) = instance.spend_async(async |it| it.count().await).await;
        assert_eq!((counted?, spent.copied_out), (1, 4));
        Ok(())
    })
}

#[test]
fn wasi_waits_in_the_same_way() -> Tested {
    let captured = Captured::default();
    let grants = Grants { stderr: Output::Capture(captured.clone()), ..Grants::default() };
    let policy = Policy { grants, limits: short(), ..Policy::default() };
    let component = changed("waiting", " async (param", " (param")?;
    let plugin: Plugin<sleeper::Sleeper> = engine()?.load(component, policy)?;
    use sleeper::SleeperPlugin as _;
    for runtime in [one_thread()?, threads(1)?] {
        runtime.block_on(async {
            plugin.print("hello").await?;
            assert_eq!(captured.take(), "hello");
            plugin.sleep(1_000_000).await?;
            let (slept, hour) =
                both(plugin.sleep(1_000_000), plugin.sleep(3_600_000_000_000)).await;
            slept?;
            assert_eq!(
                hour.unwrap_err().to_string(),
                "`sleep` took longer than the 30ms that its policy allows"
            );
            Tested::Ok(())
        })?;
    }
    Ok(())
}

/// A register that takes its time.
#[derive(Default)]
struct Register(u32);

impl shop::register::Host for Register {
    async fn next(&mut self, step: u32) -> u32 {
        sleep(Duration::from_millis(1)).await;
        self.0 += step;
        self.0
    }
}

#[test]
fn an_instance_has_resources_and_state() -> Tested {
    use shop::ShopInstance as _;
    let plugin: Plugin<shop::Shop<Register>> =
        engine()?.load(component("shop")?, policy(long()))?;
    one_thread()?.block_on(async {
        let mut instance = plugin.instantiate_with_async(Register(10)).await?;
        assert_eq!(instance.total(1, 1).await?, 11 + 12);
        assert_eq!(instance.host().0, 12);
        let counter = instance.counters_counter_new(5).await?;
        assert_eq!(instance.counters_counter_add(counter, 2).await?, 7);
        assert_eq!(instance.counters_live().await?, 1);
        instance.drop_resource_async(counter).await?;
        assert_eq!(instance.counters_live().await?, 0);
        Ok(())
    })
}

/// Waits on this thread, as an executor does that knows nothing of tokio.
fn block_on<R>(future: impl Future<Output = R>) -> R {
    struct Caller(Thread);

    impl Wake for Caller {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Arc::new(Caller(std::thread::current())).into();
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(result) => return result,
            Poll::Pending => std::thread::park(),
        }
    }
}

#[test]
fn any_executor_will_do() -> Tested {
    let plugin = waiter(&engine()?, policy(short()), &Desk::default())?;
    assert_eq!(block_on(plugin.count())?, 1);
    assert_eq!(block_on(plugin.ask(MILLISECONDS + 1))?, 101);
    let told = "`ask` took longer than the 30ms that its policy allows";
    assert_eq!(block_on(plugin.ask(NEVER)).unwrap_err().to_string(), told);
    // A future that is polled once and dropped has done nothing but begin.
    let polled = block_on(async {
        let mut call = pin!(plugin.ask(NEVER));
        poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_pending())).await
    });
    assert!(polled);
    Ok(())
}
