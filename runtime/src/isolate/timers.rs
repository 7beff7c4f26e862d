//! The order of timers, as data: what is due, and when the next one is.
//!
//! Like Node, a delay is a whole number of milliseconds from 1 to 2³¹−1, it counts from the time at which the current turn of the event
//! loop began, and of two timers due at one moment the one that was set first comes first.

use std::collections::BTreeMap;

/// Milliseconds on the event loop's clock.
pub type Millis = u64;

/// What is run when a timer is due.
struct Timer<T> {
    what: T,
    delay: Millis,
    repeats: bool,
    /// Position in the queue, for removal.
    due: Millis,
    turn: u64,
    keeps_alive: bool,
}

/// Timers in the order in which they are due.
pub struct Timers<T> {
    timers: BTreeMap<u32, Timer<T>>,
    queue: BTreeMap<(Millis, u64), u32>,
    next_id: u32,
    next_turn: u64,
}

impl<T> Default for Timers<T> {
    fn default() -> Self {
        Timers { timers: BTreeMap::new(), queue: BTreeMap::new(), next_id: 1, next_turn: 0 }
    }
}

/// A delay as Node takes it: fractions are cut, and what is not from 1 to 2³¹−1 is 1.
pub fn delay(ms: f64) -> Millis {
    if ms >= 1.0 && ms <= 2_147_483_647.0 { ms as Millis } else { 1 }
}

impl<T: Clone> Timers<T> {
    /// Adds a timer and answers its number.
    pub fn add(&mut self, now: Millis, delay: Millis, repeats: bool, what: T) -> u32 {
        let id = self.next_id;
        self.next_id = self.next_id.checked_add(1).unwrap_or(1);
        let (due, turn) = self.place(now, delay);
        self.queue.insert((due, turn), id);
        self.timers.insert(id, Timer { what, delay, repeats, due, turn, keeps_alive: true });
        id
    }

    fn place(&mut self, now: Millis, delay: Millis) -> (Millis, u64) {
        self.next_turn += 1;
        (now + delay, self.next_turn)
    }

    /// Removes a timer; unknown numbers are fine.
    pub fn remove(&mut self, id: u32) {
        if let Some(timer) = self.timers.remove(&id) {
            self.queue.remove(&(timer.due, timer.turn));
        }
    }

    /// Restarts a timer's delay (`timer.refresh()`).
    pub fn refresh(&mut self, now: Millis, id: u32) {
        let Some(delay) = self.timers.get(&id).map(|t| t.delay) else { return };
        let place = self.place(now, delay);
        if let Some(timer) = self.timers.get_mut(&id) {
            self.queue.remove(&(timer.due, timer.turn));
            (timer.due, timer.turn) = place;
            self.queue.insert(place, id);
        }
    }

    /// `timer.ref()` and `timer.unref()`.
    pub fn keep_alive(&mut self, id: u32, keeps: bool) {
        if let Some(timer) = self.timers.get_mut(&id) {
            timer.keeps_alive = keeps;
        }
    }

    /// Whether a timer is set and keeps the program alive.
    pub fn is_kept_alive(&self, id: u32) -> bool {
        self.timers.get(&id).is_some_and(|t| t.keeps_alive)
    }

    /// Timers that a program waits for before it ends.
    pub fn alive(&self) -> usize {
        self.timers.values().filter(|t| t.keeps_alive).count()
    }

    /// Takes the next timer that is due. One that repeats starts again at `now`.
    pub fn take_due(&mut self, now: Millis) -> Option<T> {
        let ((due, turn), id) = self.queue.first_key_value().map(|(k, v)| (*k, *v))?;
        if due > now {
            return None;
        }
        self.queue.remove(&(due, turn));
        let repeats = self.timers.get(&id).is_some_and(|t| t.repeats);
        if !repeats {
            return self.timers.remove(&id).map(|t| t.what);
        }
        let delay = self.timers.get(&id)?.delay;
        let place = self.place(now, delay);
        self.queue.insert(place, id);
        let timer = self.timers.get_mut(&id)?;
        (timer.due, timer.turn) = place;
        Some(timer.what.clone())
    }

    /// Removes timers of which this is not true.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        let queue = &mut self.queue;
        self.timers.retain(|_, timer| {
            let stays = keep(&timer.what);
            if !stays {
                queue.remove(&(timer.due, timer.turn));
            }
            stays
        });
    }

    /// When the next timer is due.
    pub fn next_due(&self) -> Option<Millis> {
        self.queue.first_key_value().map(|((due, _), _)| *due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(timers: &mut Timers<&'static str>, now: Millis) -> Vec<&'static str> {
        std::iter::from_fn(|| timers.take_due(now)).collect()
    }

    #[test]
    fn order_is_by_time_then_by_setting() {
        let mut t = Timers::default();
        t.add(0, 10, false, "ten");
        t.add(0, 5, false, "five");
        t.add(0, 10, false, "ten again");
        t.add(5, 5, false, "ten at five");
        assert_eq!(t.next_due(), Some(5));
        assert_eq!(due(&mut t, 4), [""; 0]);
        assert_eq!(due(&mut t, 10), ["five", "ten", "ten again", "ten at five"]);
        assert_eq!((t.next_due(), t.alive()), (None, 0));
    }

    #[test]
    fn intervals_repeat_until_removed() {
        let mut t = Timers::default();
        let id = t.add(0, 10, true, "tick");
        assert_eq!(due(&mut t, 10), ["tick"]);
        assert_eq!(t.next_due(), Some(20));
        assert_eq!(due(&mut t, 55), ["tick"], "missed turns are not made up for");
        assert_eq!(t.next_due(), Some(65));
        t.remove(id);
        t.remove(id);
        assert_eq!(due(&mut t, 1000), [""; 0]);
    }

    #[test]
    fn what_is_not_retained_is_gone() {
        let mut t = Timers::default();
        t.add(0, 10, true, "old");
        t.add(0, 20, false, "new");
        t.retain(|what| *what == "new");
        assert_eq!((t.next_due(), due(&mut t, 30), t.alive()), (Some(20), vec!["new"], 0));
    }

    #[test]
    fn refresh_and_unref() {
        let mut t = Timers::default();
        let id = t.add(0, 10, false, "a");
        t.refresh(8, id);
        assert_eq!(t.next_due(), Some(18));
        t.keep_alive(id, false);
        assert_eq!((t.alive(), t.is_kept_alive(id)), (0, false));
    }

    #[test]
    fn delays() {
        for (ms, want) in [(0.0, 1), (-5.0, 1), (f64::NAN, 1), (1.9, 1), (2.0, 2), (2_147_483_648.0, 1), (f64::INFINITY, 1)] {
            assert_eq!(delay(ms), want, "{ms}");
        }
    }
}
