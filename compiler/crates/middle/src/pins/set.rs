//! Sets of module variables: the program has hundreds, every expression has one, and they are joined all the time.

use super::Variable;
use puremix_ir::{GlobalId, ModuleId, Program};

/// A set of variables by their [`Numbers`], one bit each.
#[derive(Clone, Debug, Default)]
pub(super) struct Set {
    words: Vec<u64>,
}

impl Set {
    pub fn new() -> Set {
        Set::default()
    }

    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    pub fn insert(&mut self, number: usize) {
        if self.words.len() <= number / 64 {
            self.words.resize(number / 64 + 1, 0);
        }
        self.words[number / 64] |= 1 << (number % 64);
    }

    pub fn contains(&self, number: usize) -> bool {
        self.words.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// Joins the other set to this one, and says whether it brought anything.
    pub fn add(&mut self, other: &Set) -> bool {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        let mut grown = false;
        for (own, more) in self.words.iter_mut().zip(&other.words) {
            grown |= more & !*own != 0;
            *own |= more;
        }
        grown
    }

    /// This set and the other joined.
    pub fn with(mut self, other: &Set) -> Set {
        self.add(other);
        self
    }

    pub fn union<'a>(sets: impl IntoIterator<Item = &'a Set>) -> Set {
        sets.into_iter().fold(Set::new(), Set::with)
    }

    pub fn intersection(&self, other: &Set) -> Set {
        Set { words: self.words.iter().zip(&other.words).map(|(a, b)| a & b).collect() }
    }

    /// The numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(index, word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| index * 64 + bit))
    }
}

/// Gives every module variable of the program a number: those of a module follow each other, in the order of modules.
pub(super) struct Numbers {
    first: Vec<usize>,
}

impl Numbers {
    pub fn of(program: &Program) -> Numbers {
        let sizes = program.modules.iter().map(|module| module.globals.len());
        let first = sizes.scan(0, |next, size| Some(std::mem::replace(next, *next + size))).collect();
        Numbers { first }
    }

    pub fn number(&self, (module, global): Variable) -> usize {
        self.first[module.index()] + global.index()
    }

    pub fn variable(&self, number: usize) -> Variable {
        let module = self.first.partition_point(|first| *first <= number) - 1;
        (ModuleId::from(module), GlobalId::from(number - self.first[module]))
    }
}

#[cfg(test)]
mod tests {
    use super::Set;

    fn set(numbers: &[usize]) -> Set {
        let mut set = Set::new();
        numbers.iter().for_each(|n| set.insert(*n));
        set
    }

    #[test]
    fn sets_join_and_say_whether_they_grew() {
        let mut a = set(&[1, 64]);
        assert!(a.add(&set(&[200])));
        assert!(!a.add(&set(&[1, 200])));
        assert_eq!(a.iter().collect::<Vec<_>>(), [1, 64, 200]);
        assert_eq!(a.intersection(&set(&[64, 65])).iter().collect::<Vec<_>>(), [64]);
        assert!(a.contains(200) && !a.contains(201) && !a.contains(5000));
        assert!(Set::new().is_empty() && !a.is_empty());
        assert_eq!(Set::union([&a, &set(&[3])]).iter().count(), 4);
    }
}
