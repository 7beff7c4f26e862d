//! What goes wrong in Python, or to it: each call ends with its own answer or its own error, and nothing is left behind.

use super::{answer, block_on, call, isolate, logged, one, python, set_up};
use crate::pool;
use puremix_interop::PythonSettings;
use puremix_value::Value;
use std::collections::HashSet;
use std::time::{Duration, Instant};

const FAULTS: &str = "
import os, sys, time, signal, threading

calls = 0

def pid():
    return os.getpid()

def add(a, b):
    global calls
    calls += 1
    return a + b

def slow(seconds):
    time.sleep(seconds)
    return 'slept'

def spin():
    while True:
        pass

def leave(code):
    os._exit(code)

def quit():
    sys.exit(3)

def segfault():
    import ctypes
    ctypes.string_at(0)

def kill_self():
    os.kill(os.getpid(), signal.SIGKILL)

def deep(n=0):
    return deep(n + 1)

def nested(n):
    value = []
    for _ in range(n):
        value = [value]
    return value

def large(n):
    return 'x' * n

def numbers(n):
    return list(range(n))

def flood(n):
    for i in range(n):
        print('line', i)
    sys.stderr.write('no end of line')
    return n

def fork_and_return():
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        return 'parent'
    return 'child'

def fork_and_leave():
    pid = os.fork()
    if not pid:
        print('hello of the child')
        os._exit(0)
    os.waitpid(pid, 0)
    return 'parent'

def fork_and_crash():
    pid = os.fork()
    if not pid:
        raise ValueError('in the child')
    return os.waitpid(pid, 0)[1]

def child_that_stays():
    import subprocess
    return subprocess.Popen(['sleep', '1000']).pid

def with_processes():
    import multiprocessing
    with multiprocessing.get_context('fork').Pool(2) as processes:
        return processes.map(abs, [-1, -2, -3])

def fails(text):
    raise ValueError(text)

def chained():
    try:
        {}['a']
    except KeyError as e:
        raise RuntimeError('outer') from e

def strange():
    class Strange(Exception):
        def __str__(self):
            raise TypeError('no text')
    raise Strange()

def interrupt():
    raise KeyboardInterrupt()

def close_everything():
    os.closerange(3, 256)

def write_to_all():
    for fd in range(1, 64):
        try:
            os.write(fd, b'garbage')
        except OSError:
            pass
    return 'wrote'

def take_input():
    return sys.stdin.read() + 'end'

def greedy():
    return bytearray(1 << 60)

def terminated():
    os.kill(os.getpid(), signal.SIGTERM)
    return 'still here'

def memory():
    import resource
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
";

fn pool_of(settings: PythonSettings) -> super::Python {
    python(&[("faults.py", FAULTS), ("broken.py", "import os\nimport nowhere\n"), ("wrong.py", "def f(:\n"), ("quits.py", "import sys\nsys.exit(1)\n")], settings)
}

fn run(function: &str) -> String {
    call("faults", function, &[])
}

fn num(n: f64) -> Value {
    Value::Num(n)
}

/// Descriptors of this process.
fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("Linux").count()
}

/// Children of this process, dead ones too.
fn children() -> Vec<(i32, String)> {
    let me = std::process::id();
    let stat = |pid: i32| std::fs::read_to_string(format!("/proc/{pid}/stat")).ok();
    let all = std::fs::read_dir("/proc").expect("Linux").flatten().filter_map(|e| e.file_name().to_str()?.parse().ok());
    all.filter_map(|pid: i32| {
        let text = stat(pid)?;
        let (_, rest) = text.rsplit_once(')')?;
        let mut fields = rest.split_whitespace();
        let (state, parent) = (fields.next()?, fields.next()?);
        (parent.parse() == Ok(me)).then(|| (pid, state.to_owned()))
    })
    .collect()
}

/// Waits until something holds.
fn eventually(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_process_that_ends_fails_its_call_only() {
    let _python = pool_of(one());
    for _ in 0..2 {
        assert_eq!(run("segfault"), "PythonError: faults.segfault did not return: the Python worker was killed by signal 11 (SIGSEGV)");
        assert_eq!(call("faults", "leave", &[num(7.0)]), "PythonError: faults.leave did not return: the Python worker ended with exit code 7");
        assert_eq!(run("kill_self"), "PythonError: faults.kill_self did not return: the Python worker was killed by signal 9 (SIGKILL), as the system does when memory is short");
        assert_eq!(run("close_everything"), "PythonError: faults.close_everything did not return: the Python worker ended with exit code 1");
        assert_eq!(call("faults", "add", &[num(1.0), num(2.0)]), "3");
    }
}

#[test]
fn exceptions_leave_the_process_as_it_is() {
    let _python = pool_of(one());
    let before = run("pid");
    assert_eq!(run("quit"), "PythonError: SystemExit: 3");
    assert_eq!(run("interrupt"), "PythonError: KeyboardInterrupt");
    assert!(run("deep").starts_with("PythonError: RecursionError: maximum recursion depth exceeded"));
    assert!(call("faults", "nested", &[num(100_000.0)]).starts_with("PythonError: RecursionError: "));
    assert_eq!(run("chained"), "PythonError: RuntimeError: outer");
    assert_eq!(run("strange"), "PythonError: Strange: (its text cannot be shown)");
    assert_eq!(call("broken", "f", &[]), "PythonError: ModuleNotFoundError: No module named 'nowhere'");
    assert_eq!(call("broken", "f", &[]), "PythonError: ModuleNotFoundError: No module named 'nowhere'");
    assert_eq!(call("wrong", "f", &[]), "PythonError: SyntaxError: invalid syntax (line 1)");
    assert_eq!(call("quits", "f", &[]), "PythonError: SystemExit: 1");
    assert_eq!(call("no.such", "f", &[]), "PythonError: ModuleNotFoundError: No module named 'no'");
    assert_eq!(run("take_input"), "'end'");
    assert_eq!(run("greedy"), "PythonError: MemoryError");
    assert_eq!(run("terminated"), "'still here'");
    assert_eq!(run("pid"), before);
}

#[test]
fn errors_have_a_traceback_with_the_apps_lines() {
    let _python = pool_of(one());
    let cx = isolate();
    let plan = pool::plan().expect("a plan");
    assert_eq!(call("faults", "fails", &[Value::str("x\ny")]), "PythonError: ValueError: x\ny");
    let mut message = crate::frame::Message::new();
    message.text.push_str("[\"faults\",\"chained\",[]]");
    let bytes = message.into_bytes(0, crate::frame::CALL).expect("short");
    let received = block_on(async { crate::exchange::Call::new(bytes, "faults".to_owned(), plan.clone()).begin().expect("a pool").finish().await }).expect("an answer");
    let described = crate::decode::value(cx, &plan.tag, &received).expect("a description");
    crate::failure::throw_exception(cx, &described, |file| plan.is_own_file(file), 0);
    let error = cx.take_exception();
    let member = |name: &str| puremix_js::inspect(cx, &puremix_js::get_value(cx, &error, &cx.key_of(name)).expect("plain"));
    assert_eq!([member("name"), member("pythonType"), member("file"), member("line")], ["'PythonError'", "'RuntimeError'", "'faults.py'", "93"]);
    let text = |name: &str| crate::decode::text_member(cx, &error, name);
    assert_eq!(text("stack"), "PythonError: RuntimeError: outer\n    at chained (faults.py:93:1)");
    let traceback = text("traceback");
    assert!(traceback.starts_with("Traceback (most recent call last):\n  File \"faults.py\", line 91, in chained\n    {}['a']\n"), "{traceback}");
    assert!(traceback.ends_with("    raise RuntimeError('outer') from e\nRuntimeError: outer\n"), "{traceback}");
}

#[test]
fn a_call_that_takes_too_long_is_ended() {
    let _python = pool_of(PythonSettings { timeout: Duration::from_millis(300), ..one() });
    let pid = run("pid");
    let begun = Instant::now();
    assert_eq!(run("spin"), "PythonError: faults.spin did not return within 0.3 s; see `python.timeout`");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    eventually("the worker is ended", || !children().iter().any(|(child, _)| child.to_string() == pid));
    assert_ne!(run("pid"), pid);
}

#[test]
fn calls_wait_in_a_bounded_queue() {
    let _python = pool_of(PythonSettings { timeout: Duration::from_millis(600), ..one() });
    let cx = isolate();
    run("pid");
    let all = block_on(tokio::task::LocalSet::new().run_until(async {
        let mut tasks = Vec::new();
        tasks.push(tokio::task::spawn_local(async move { answer(cx, "faults", "slow", &[num(0.5)]).await }));
        tokio::task::yield_now().await;
        for i in 0..150 {
            tasks.push(tokio::task::spawn_local(async move { answer(cx, "faults", "add", &[num(f64::from(i)), num(1.0)]).await }));
        }
        let mut all = Vec::new();
        for task in tasks {
            all.push(task.await.expect("no panic").map(|value| puremix_js::inspect(cx, &value)));
        }
        all
    }));
    assert_eq!(all[0], Ok("'slept'".to_owned()));
    // A worker's queue holds a hundred; they are served in order.
    for (i, answer) in all[1..101].iter().enumerate() {
        assert_eq!(answer, &Ok((i + 1).to_string()));
    }
    for refused in &all[101..] {
        assert_eq!(refused, &Err("PythonError: faults.add was not called: 100 calls are waiting for a Python worker; see `python.maxWorkers`".to_owned()));
    }
    let waited = block_on(tokio::task::LocalSet::new().run_until(async {
        let long = tokio::task::spawn_local(async move { answer(cx, "faults", "slow", &[num(5.0)]).await.is_err() });
        tokio::task::yield_now().await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        let short = tokio::task::spawn_local(async move {
            tokio::time::timeout(Duration::from_millis(200), answer(cx, "faults", "pid", &[])).await.is_err()
        });
        (short.await.expect("no panic"), long.await.expect("no panic"))
    }));
    assert_eq!(waited, (true, true));
    assert_eq!(call("faults", "add", &[num(1.0), num(1.0)]), "2");
}

#[test]
fn workers_killed_at_any_time_fail_their_own_calls() {
    let _python = pool_of(PythonSettings { max_workers: 3, ..PythonSettings::default() });
    let cx = isolate();
    run("pid");
    let before = descriptors();
    let killer = std::thread::spawn(|| {
        for _ in 0..15 {
            std::thread::sleep(Duration::from_millis(150));
            if let Some((pid, _)) = children().into_iter().find(|(_, state)| state != "Z") {
                let _ = std::process::Command::new("kill").args(["-9", &pid.to_string()]).status();
            }
        }
    });
    let (mut right, mut lost) = (0, 0);
    block_on(tokio::task::LocalSet::new().run_until(async {
        let mut i = 0;
        while !killer.is_finished() || i < 1000 {
            let batch: Vec<_> = (0..10).map(|k| (k, tokio::task::spawn_local(async move { answer(cx, "faults", "add", &[num(f64::from(i)), num(f64::from(k))]).await }))).collect();
            for (k, task) in batch {
                match task.await.expect("no panic") {
                    Ok(Value::Num(n)) if n == f64::from(i + k) => right += 1,
                    Ok(other) => panic!("{other:?} for {i} + {k}"),
                    Err(error) => {
                        assert!(error.contains("was killed by signal 9"), "{error}");
                        lost += 1;
                    }
                }
            }
            i += 10;
        }
    }));
    killer.join().expect("the killer");
    assert!(right >= 900 && lost <= 15, "{right} right, {lost} lost");
    eventually("no zombie is left", || !children().iter().any(|(_, state)| state == "Z"));
    eventually("no descriptor is left", || descriptors() <= before + 2 * 6);
}

#[test]
fn results_of_any_size() {
    let _python = pool_of(one());
    let cx = isolate();
    let n = 50_000_000;
    let text = block_on(answer(cx, "faults", "large", &[num(f64::from(n))])).expect("a text");
    assert_eq!(text.as_str().map(|s| s.byte_len()), Some(n as usize));
    drop(text);
    assert_eq!(call("faults", "numbers", &[num(100_000.0)]).matches("more item").count(), 1);
    // Memory of the worker settles: the second time needs no more than the first.
    let memory = || run("memory").parse::<f64>().expect("a number");
    let before = memory();
    for _ in 0..3 {
        block_on(answer(cx, "faults", "large", &[num(f64::from(n))])).expect("a text");
    }
    assert!(memory() < before * 1.2, "{before} kB, then {} kB", memory());
}

#[test]
fn storms_of_exceptions_are_each_their_own() {
    let _python = pool_of(one());
    let cx = isolate();
    block_on(async {
        for i in 0..2000 {
            let error = answer(cx, "faults", "fails", &[Value::from(format!("number {i}"))]).await.expect_err("it raises");
            assert_eq!(error, format!("PythonError: ValueError: number {i}"));
        }
    });
}

#[test]
fn output_goes_to_the_log_and_floods_do_not_harm() {
    let _python = pool_of(one());
    assert_eq!(call("faults", "flood", &[num(3.0)]), "3");
    eventually("the lines are logged", || {
        let lines = super::LOGGED.lock().expect("no panic").clone();
        lines.iter().filter(|l| l.starts_with("Info [python ") && l.contains(" faults] line ")).count() == 3
    });
    logged();
    let begun = Instant::now();
    assert_eq!(call("faults", "flood", &[num(100_000.0)]), "100000");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    assert_eq!(call("faults", "add", &[num(1.0), num(1.0)]), "2");
    assert_eq!(run("write_to_all"), "PythonError: faults.write_to_all did not return: the Python worker is not to be trusted: it sent what is no message");
    assert_eq!(call("faults", "add", &[num(1.0), num(1.0)]), "2");
    let lines = logged();
    assert!(lines.len() < 50_000, "{}", lines.len());
}

#[test]
fn processes_that_the_app_forks_do_not_disturb() {
    let _python = pool_of(one());
    let before = run("pid");
    for _ in 0..3 {
        assert_eq!(run("fork_and_return"), "'parent'");
        assert_eq!(run("fork_and_leave"), "'parent'");
        assert_eq!(run("fork_and_crash"), "0");
        assert_eq!(call("faults", "add", &[num(1.0), num(1.0)]), "2");
    }
    assert_eq!(run("with_processes"), "[ 1, 2, 3 ]");
    assert_eq!(run("pid"), before);
    let sleeper = run("child_that_stays");
    assert!(run("segfault").contains("SIGSEGV"));
    // What the worker has started ends with it.
    eventually("the worker's child is ended", || !std::path::Path::new(&format!("/proc/{sleeper}")).exists() || std::fs::read_to_string(format!("/proc/{sleeper}/stat")).is_ok_and(|s| s.contains(") Z ")));
}

#[test]
fn workers_come_and_go() {
    let _python = pool_of(PythonSettings { min_workers: 1, max_workers: 4, max_idle: Duration::from_millis(200), ..PythonSettings::default() });
    let cx = isolate();
    let alive = || children().iter().filter(|(_, state)| state != "Z").count();
    eventually("no worker before the first call", || alive() == 0);
    let pids: HashSet<String> = block_on(tokio::task::LocalSet::new().run_until(async {
        let tasks: Vec<_> = (0..4).map(|_| tokio::task::spawn_local(async move { answer(cx, "faults", "slow", &[num(0.3)]).await })).collect();
        tokio::time::sleep(Duration::from_millis(250)).await;
        let pids = children().into_iter().map(|(pid, _)| pid.to_string()).collect();
        for task in tasks {
            task.await.expect("no panic").expect("an answer");
        }
        pids
    }));
    assert_eq!(pids.len(), 4);
    // Not a server: the minimum is none.
    eventually("idle workers go", || children().is_empty());
    set_up(&[("faults.py", FAULTS)], PythonSettings { min_workers: 2, max_workers: 4, max_idle: Duration::from_millis(200), ..PythonSettings::default() }, true);
    eventually("a server has its minimum", || alive() == 2);
    let pid = children()[0].0;
    let _ = std::process::Command::new("kill").args(["-9", &pid.to_string()]).status();
    eventually("what is lost comes back", || alive() == 2 && children().iter().all(|(child, _)| *child != pid));
}

#[test]
fn new_sources_make_new_workers() {
    let _python = python(&[("m.py", "def f():\n    return 1\ndef slow():\n    import time\n    time.sleep(0.5)\n    return 'old'\n")], one());
    let cx = isolate();
    assert_eq!(call("m", "f", &[]), "1");
    let old = block_on(tokio::task::LocalSet::new().run_until(async {
        let old = tokio::task::spawn_local(async move { answer(cx, "m", "slow", &[]).await.map(|v| puremix_js::inspect(cx, &v)) });
        tokio::time::sleep(Duration::from_millis(100)).await;
        set_up(&[("m.py", "def f():\n    return 2\n")], one(), false);
        assert_eq!(answer(cx, "m", "f", &[]).await.map(|v| puremix_js::inspect(cx, &v)), Ok("2".to_owned()));
        old.await.expect("no panic")
    }));
    assert_eq!(old, Ok("'old'".to_owned()));
    eventually("the old worker goes", || children().len() == 1);
}

#[test]
fn one_process_for_each_call() {
    let _python = pool_of(PythonSettings { use_pool: false, ..PythonSettings::default() });
    let pids: HashSet<String> = (0..3).map(|_| run("pid")).collect();
    assert_eq!(pids.len(), 3);
    eventually("none is left", || children().is_empty());
}

#[test]
fn without_python_calls_say_so() {
    let _python = pool_of(PythonSettings { path: Some("/nowhere/python3".to_owned()), ..PythonSettings::default() });
    let expected = "PythonError: faults.pid was not called: no Python was found (`/nowhere/python3`): install Python 3.8 or later, or set PYTHON_PATH";
    assert_eq!(run("pid"), expected);
    assert_eq!(run("pid"), expected);
    assert!(!pool::is_available());
    assert!(pool::status().starts_with("{\"available\":false,"), "{}", pool::status());
    set_up(&[("faults.py", FAULTS)], PythonSettings { path: Some("/bin/false".to_owned()), ..PythonSettings::default() }, false);
    assert_eq!(run("pid"), "PythonError: faults.pid was not called: `/bin/false` ended with exit code 1");
    set_up(&[("faults.py", FAULTS)], PythonSettings { enabled: false, ..PythonSettings::default() }, false);
    assert_eq!(run("pid"), "PythonError: faults.pid was not called: `python.enabled` is false");
}
