//! The thread of one isolate: start, serve, end.

use super::{Running, STACK, create, event_loop};
use crate::app::AppDef;
use crate::config::Tree;
use crate::http::exchange::Exchange;
use crate::http::server::{self, Port};
use crate::site::Site;
use std::rc::Rc;
use std::sync::mpsc;
use tokio::sync::oneshot;

/// What the starting thread holds of an isolate's thread.
pub struct Link {
    /// The configuration, once evaluated.
    pub config: mpsc::Receiver<Result<Tree, String>>,
    /// Starts the modules and then serves.
    pub go: oneshot::Sender<(&'static Site, Port)>,
    /// Told when the modules have run.
    pub ready: mpsc::Receiver<Result<(), String>>,
}

/// Starts a thread with an isolate of `app`.
pub fn spawn(app: &'static AppDef, number: usize) -> std::io::Result<Link> {
    let (send_config, config) = mpsc::channel();
    let (go, wait_go) = oneshot::channel();
    let (send_ready, ready) = mpsc::channel();
    std::thread::Builder::new().name(format!("isolate-{number}")).stack_size(STACK).spawn(move || {
        let body = async move {
            let mut running = create(app);
            tokio::task::spawn_local(event_loop::run(running.cx));
            let config = running.config().await;
            // The receivers live as long as the process starts; without them there is nobody to serve for.
            let _ = send_config.send(config);
            let Ok((site, port)) = wait_go.await else { return };
            serve(running, site, port, &send_ready).await;
        };
        match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => tokio::task::LocalSet::new().block_on(&runtime, body),
            Err(e) => crate::log::error(None, &format!("cannot start the runtime of isolate {number}: {e}")),
        }
    })?;
    Ok(Link { config, go, ready })
}

async fn serve(mut running: Running, site: &'static Site, port: Port, ready: &mpsc::Sender<Result<(), String>>) {
    let handler = super::handler::new(running.cx, site);
    let cx = running.cx;
    let started = running.start().await.map_err(|e| e.describe(cx)).and_then(|()| super::checked_middleware(cx));
    let ok = started.is_ok();
    let _ = ready.send(started);
    if ok {
        server::serve(site, port, Rc::new(Exchange::new(site, handler))).await;
    }
}
