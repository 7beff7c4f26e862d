//! Listening, handing connections to the threads, and ending in good order.
//!
//! One thread accepts and gives each connection to the least loaded isolate thread. Those threads are made by us, because they need deep
//! stacks and one isolate each; actix-http serves a connection's requests on the thread it was given to.

use super::exchange::Exchange;
use super::paced::{Paced, Progress};
use super::watched::Watched;
use crate::log;
use crate::site::Site;
use actix_http::{HttpService, KeepAlive, Request};
use actix_service::{Service, ServiceFactory, fn_service};
use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Unfinished connections in the kernel's queue.
const BACKLOG: i32 = 1024;

/// A connection whose other end acknowledges nothing for so long is dead.
const UNACKNOWLEDGED: Duration = Duration::from_secs(60);

/// Opens the listening sockets of `host:port`. Errors name the address and, where it is known, the way out.
pub fn listen(host: &str, port: u16) -> Result<Vec<TcpListener>, String> {
    let addresses: Vec<SocketAddr> = (host, port)
        .to_socket_addrs()
        .map_err(|e| format!("cannot resolve host `{host}`: {e}; give an address with --host or HOST"))?
        .collect();
    let mut listeners: Vec<TcpListener> = Vec::new();
    let mut failure = None;
    for mut address in addresses {
        // Port 0 means any port, but one port for all addresses.
        if let Some(first) = listeners.first().and_then(|l| l.local_addr().ok()) {
            address.set_port(first.port());
        }
        match open(address) {
            Ok(listener) => listeners.push(listener),
            Err(e) => failure = Some((address, e)),
        }
    }
    match failure {
        // `localhost` names an IPv6 address even where the machine has none.
        Some((address, e)) if listeners.is_empty() || e.kind() == io::ErrorKind::AddrInUse => Err(match e.kind() {
            io::ErrorKind::AddrInUse => format!("{address} is already in use; choose another port with --port or PORT"),
            io::ErrorKind::PermissionDenied => {
                format!("may not listen on {address}: ports below 1024 need a privilege; use --port 3000 behind a proxy, or grant CAP_NET_BIND_SERVICE")
            }
            _ => format!("cannot listen on {address}: {e}"),
        }),
        _ if listeners.is_empty() => Err(format!("host `{host}` has no address")),
        _ => Ok(listeners),
    }
}

fn open(address: SocketAddr) -> io::Result<TcpListener> {
    use socket2::{Domain, Protocol, Socket, Type};
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    // PM2 starts several processes on one port and says so; for everybody else a second server on a port is a mistake.
    if std::env::var_os("NODE_APP_INSTANCE").is_some() {
        socket.set_reuse_port(true)?;
    }
    if address.is_ipv6() {
        socket.set_only_v6(!address.ip().is_unspecified())?;
    }
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// The accepting end of a thread.
pub struct Lane {
    connections: mpsc::UnboundedSender<std::net::TcpStream>,
    load: Arc<AtomicUsize>,
}

/// The serving end of a thread.
pub struct Port {
    connections: mpsc::UnboundedReceiver<std::net::TcpStream>,
    load: Arc<AtomicUsize>,
    drain: watch::Receiver<bool>,
}

/// Connects the accepting thread with a serving one.
pub fn lane(drain: &watch::Sender<bool>) -> (Lane, Port) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let load = Arc::new(AtomicUsize::new(0));
    (Lane { connections: sender, load: load.clone() }, Port { connections: receiver, load, drain: drain.subscribe() })
}

/// Serves connections on this thread until the accepting side is gone and every connection has ended. Must run inside a `LocalSet`.
pub async fn serve(site: &'static Site, mut port: Port, exchange: Rc<Exchange>) {
    let limits = &site.settings.limits;
    let drain = port.drain.clone();
    let factory = HttpService::build()
        .keep_alive(if limits.keep_alive.is_zero() { KeepAlive::Disabled } else { KeepAlive::Timeout(limits.keep_alive) })
        .client_request_timeout(limits.header_timeout)
        // Long enough for a client to read why its body was refused.
        .client_disconnect_timeout(Duration::from_secs(1))
        .graceful_shutdown_signal(move || {
            let mut drain = drain.clone();
            async move {
                // The sender is dropped only when the process ends.
                let _ = drain.wait_for(|begun| *begun).await;
            }
        })
        .on_connect_ext(|connection: &Watched<Paced>, data| {
            data.insert(connection.io.progress());
            data.insert(connection.gone.clone());
        })
        .h1(fn_service(move |request: Request| {
            let exchange = exchange.clone();
            let answering = request.conn_data::<Rc<Progress>>().map(Progress::begin);
            async move {
                let response = exchange.answer(request).await;
                drop(answering);
                Ok::<_, Infallible>(response)
            }
        }));
    let Ok(service) = factory.new_service(()).await else { unreachable!("a service made of a function starts always") };
    let service = Rc::new(service);
    let idle = Rc::new(tokio::sync::Notify::new());
    while let Some(stream) = port.connections.recv().await {
        let guard = Guard { load: port.load.clone(), idle: idle.clone() };
        let Ok((stream, peer)) = adopt(stream) else { continue };
        let service = service.clone();
        tokio::task::spawn_local(async move {
            let _guard = guard;
            // Errors of a connection are its client's doing: a reset, a timeout, a malformed request that has got its 400.
            let stream = Watched::new(Paced::new(stream, limits));
            let _ = service.call((stream, Some(peer))).await;
        });
    }
    while port.load.load(Ordering::Acquire) > 0 {
        idle.notified().await;
    }
}

fn adopt(stream: std::net::TcpStream) -> io::Result<(tokio::net::TcpStream, SocketAddr)> {
    let peer = stream.peer_addr()?;
    stream.set_nonblocking(true)?;
    stream.set_nodelay(true)?;
    socket2::SockRef::from(&stream).set_tcp_user_timeout(Some(UNACKNOWLEDGED))?;
    Ok((tokio::net::TcpStream::from_std(stream)?, peer))
}

/// Counts a connection until it ends, however it ends.
struct Guard {
    load: Arc<AtomicUsize>,
    idle: Rc<tokio::sync::Notify>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.load.fetch_sub(1, Ordering::AcqRel);
        self.idle.notify_one();
    }
}

/// Accepts until `stop` resolves, then closes the listeners and waits for the threads, at most the configured time. Answers whether
/// everything ended by itself.
pub async fn accept(
    site: &'static Site,
    listeners: Vec<TcpListener>,
    lanes: Vec<Lane>,
    drain: watch::Sender<bool>,
    stop: impl Future<Output = ()>,
) -> io::Result<bool> {
    let listeners = listeners.into_iter().map(tokio::net::TcpListener::from_std).collect::<io::Result<Vec<_>>>()?;
    let loads: Vec<Arc<AtomicUsize>> = lanes.iter().map(|l| l.load.clone()).collect();
    let total = || loads.iter().map(|l| l.load(Ordering::Relaxed)).sum::<usize>();
    accept_until(site, &listeners, &lanes, &total, stop).await;
    // Who balances load learns first that nothing more is wanted, and may still send what is on its way.
    site.start_draining();
    let delay = site.settings.drain_delay;
    if !delay.is_zero() {
        accept_until(site, &listeners, &lanes, &total, tokio::time::sleep(delay)).await;
    }
    drop(listeners);
    drop(lanes);
    // Idle connections close, the others after their answer.
    drain.send_replace(true);
    let ended = async {
        while total() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    Ok(tokio::time::timeout(site.settings.shutdown_timeout, ended).await.is_ok())
}

async fn accept_until(site: &Site, listeners: &[tokio::net::TcpListener], lanes: &[Lane], total: &impl Fn() -> usize, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        let next = async {
            // Beyond the limit connections wait in the kernel's queue.
            while total() >= site.settings.limits.connections {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            next_connection(listeners).await
        };
        tokio::pin!(next);
        // Stopping comes first: under full load there is always another connection.
        let event = std::future::poll_fn(|cx| match stop.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(None),
            Poll::Pending => next.as_mut().poll(cx).map(Some),
        });
        match event.await {
            None => return,
            Some(Ok(stream)) => hand_over(lanes, stream),
            Some(Err(e)) => {
                // Out of file descriptors, usually; accepting again at once would spin.
                log::warn(&format!("cannot accept a connection: {e}"));
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// The next connection of any listener.
async fn next_connection(listeners: &[tokio::net::TcpListener]) -> io::Result<std::net::TcpStream> {
    let (stream, _) = std::future::poll_fn(|cx| {
        for listener in listeners {
            if let Poll::Ready(accepted) = listener.poll_accept(cx) {
                return Poll::Ready(accepted);
            }
        }
        Poll::Pending
    })
    .await?;
    stream.into_std()
}

/// Gives a connection to the thread that has the fewest.
fn hand_over(lanes: &[Lane], stream: std::net::TcpStream) {
    let Some(lane) = lanes.iter().min_by_key(|l| l.load.load(Ordering::Relaxed)) else { return };
    lane.load.fetch_add(1, Ordering::AcqRel);
    if lane.connections.send(stream).is_err() {
        // The thread has ended, which only a bug can cause; the connection closes with the stream.
        lane.load.fetch_sub(1, Ordering::AcqRel);
        log::error(None, "a serving thread has ended; the connection is closed");
    }
}
