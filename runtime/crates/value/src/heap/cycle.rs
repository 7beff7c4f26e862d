//! The examination of the old objects, in slices between which the program runs.
//!
//! 1. *Count.* For each old object: its count, less the references from old objects.
//! 2. *Mark.* What is reachable from objects with references left is live.
//! 3. *Confirm*, at one moment: among what was not reached, count and mark again.
//! 4. *Empty* the garbage, a part each slice.
//!
//! The program changes counts and references while 1 and 2 run, so their answer about live objects may be wrong; about garbage it is
//! exact, because nobody can reach garbage to change it. So what was reached is let live, and what was not is asked again in 3, whose answer
//! holds: it sees every count and every reference at one moment. Its pause grows with the garbage found, not with the heap.

use super::collect::{CollectStats, count_of, place_of, trace, trace_part};
use super::ObjBox;
use super::lists::{Heap, OLD};
use std::ptr::NonNull;

/// Objects that become old, beyond half of what the last examination left, before the next one starts. So what is dead takes at most half
/// as much as what lives, and a few megabytes; each object that becomes old pays for looking at about two old ones.
const OLD_GROWTH: usize = 10_000;
/// References looked at in one slice: about a millisecond.
const SLICE: usize = 40_000;
/// More references looked at for each object that became old meanwhile, so that the examination outruns the program.
const PACE: usize = 6;
/// Elements of one object looked at in one step.
const STEP: usize = 1_000;
/// Garbage emptied in one slice.
const EMPTIED: usize = 5_000;

/// An examination under way.
pub(super) struct Cycle {
    /// By place: the object's count less the references to it from examined objects, as far as they have been looked at.
    outside: Vec<i32>,
    reached: Vec<bool>,
    stage: Stage,
}

enum Stage {
    /// Counting stands at this object and this element of it.
    Count(usize, usize),
    /// Objects before this place have been looked at as roots; the rest are reached objects still to be traced, and from where.
    Mark(usize, Vec<(u32, usize)>),
}

impl Heap {
    /// How much a slice looks at, after a young collection or without one.
    pub(super) fn slice(&self, young: Option<CollectStats>) -> usize {
        SLICE + young.map_or(0, |s| (s.examined - s.freed) * PACE)
    }

    pub(super) fn start_cycle(&self) {
        let len = self.old.borrow().len();
        self.pinned.set(len);
        self.cycle.replace(Some(Cycle { outside: vec![0; len], reached: vec![false; len], stage: Stage::Count(0, 0) }));
    }

    /// Gives up an examination under way.
    pub(super) fn drop_cycle(&self) {
        if self.cycle.take().is_some() {
            self.unpin();
        }
    }

    fn unpin(&self) {
        let pinned = self.pinned.replace(0);
        let old = self.old.borrow();
        // Places that were free when it began are in the list already.
        let mut gaps = self.gaps.borrow_mut();
        gaps.clear();
        gaps.extend((0..old.len()).filter(|i| old[*i].is_none()).map(|i| i as u32));
        debug_assert!(pinned <= old.len());
    }

    /// Goes on with what is under way, or begins when enough objects have become old. Answers what an examination found when it ends.
    pub(super) fn advance(&self, budget: usize) -> Option<CollectStats> {
        self.empty_garbage(EMPTIED);
        let taken = self.cycle.take();
        let mut cycle = match taken {
            Some(cycle) => cycle,
            None => {
                let then = self.old_then.get();
                if self.live_old.get() <= then + then / 2 + OLD_GROWTH {
                    return None;
                }
                self.start_cycle();
                return None;
            }
        };
        if !cycle.run(&self.old.borrow(), budget) {
            self.cycle.replace(Some(cycle));
            return None;
        }
        let stats = self.confirm(cycle);
        self.unpin();
        self.old_then.set(self.live_old.get().saturating_sub(stats.freed));
        Some(stats)
    }

    /// Finds the garbage among what was not reached. No user code runs meanwhile.
    fn confirm(&self, cycle: Cycle) -> CollectStats {
        let Cycle { mut outside, mut reached, .. } = cycle;
        let old = self.old.borrow();
        let suspects: Vec<(usize, NonNull<ObjBox>)> = (0..reached.len()).filter(|i| !reached[*i]).filter_map(|i| Some((i, old[i]?))).collect();
        let suspect = |reached: &[bool], p: NonNull<ObjBox>| examined(p, reached.len()).filter(|i| !reached[*i]);
        for (i, p) in &suspects {
            outside[*i] = clamp(count_of(*p));
        }
        for (_, p) in &suspects {
            trace(*p, &mut |child| {
                if let Some(c) = suspect(&reached, child) {
                    outside[c] = outside[c].saturating_sub(1);
                }
            });
        }
        let mut todo: Vec<NonNull<ObjBox>> = Vec::new();
        for (i, p) in &suspects {
            if outside[*i] > 0 {
                reached[*i] = true;
                todo.push(*p);
            }
        }
        while let Some(p) = todo.pop() {
            trace(p, &mut |child| {
                if let Some(c) = suspect(&reached, child) {
                    reached[c] = true;
                    todo.push(child);
                }
            });
        }
        let freed = self.bury(suspects.into_iter().filter(|(i, _)| !reached[*i]).map(|(_, p)| p));
        CollectStats { examined: reached.len(), freed }
    }

    /// Empties some of the garbage. The order does not matter: nobody sees it.
    pub(super) fn empty_garbage(&self, most: usize) {
        let some = {
            let mut garbage = self.garbage.borrow_mut();
            let from = garbage.len().saturating_sub(most);
            garbage.split_off(from)
        };
        // Foreign code (drops) may run from here on; `some` keeps every box alive until all of it is empty.
        for o in &some {
            o.clear();
        }
    }
}

fn clamp(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// The place of an object that the examination knows: it was old when that began.
fn examined(p: NonNull<ObjBox>, len: usize) -> Option<usize> {
    let place = place_of(p);
    let i = (place & !OLD) as usize;
    (place & OLD != 0 && i < len).then_some(i)
}

impl Cycle {
    /// Counts and marks for `budget` references or so; says whether that is done.
    fn run(&mut self, old: &[Option<NonNull<ObjBox>>], budget: usize) -> bool {
        let Cycle { outside, reached, stage } = self;
        let len = reached.len();
        let mut work = 0;
        if let Stage::Count(at, from) = stage {
            while *at < len {
                if work >= budget {
                    return false;
                }
                work += 1;
                let Some(p) = old[*at] else {
                    (*at, *from) = (*at + 1, 0);
                    continue;
                };
                if *from == 0 {
                    outside[*at] = outside[*at].saturating_add(clamp(count_of(p)));
                }
                let next = trace_part(p, *from, STEP, &mut |child| {
                    work += 1;
                    if let Some(c) = examined(child, len) {
                        outside[c] = outside[c].saturating_sub(1);
                    }
                });
                (*at, *from) = next.map_or((*at + 1, 0), |next| (*at, next));
            }
            *stage = Stage::Mark(0, Vec::new());
        }
        let Stage::Mark(at, todo) = stage else { return true };
        loop {
            if work >= budget {
                return false;
            }
            work += 1;
            let (i, from) = match todo.pop() {
                Some(next) => next,
                None if *at == len => return true,
                None => {
                    let i = *at;
                    *at += 1;
                    if reached[i] || outside[i] <= 0 {
                        continue;
                    }
                    reached[i] = true;
                    (i as u32, 0)
                }
            };
            // It may have died since it was reached.
            let Some(p) = old[i as usize] else { continue };
            let mut found = Vec::new();
            let next = trace_part(p, from, STEP, &mut |child| {
                work += 1;
                if let Some(c) = examined(child, len)
                    && !reached[c]
                {
                    reached[c] = true;
                    found.push((c as u32, 0));
                }
            });
            todo.extend(next.map(|next| (i, next)));
            todo.append(&mut found);
        }
    }
}
