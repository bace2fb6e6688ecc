//! The newest of what was started: an emulator may run for months.

use core::ops::{Index, IndexMut};
use std::collections::VecDeque;

/// How many are kept if nobody has said another number.
const KEPT: usize = 1_000;

/// The newest ones. Each has its place for good; the first one ever had place 0.
#[derive(Clone, Debug)]
pub(crate) struct Newest<T> {
    kept: VecDeque<T>,
    most: usize,
    forgotten: usize,
}

impl<T> Newest<T> {
    pub(crate) fn new() -> Self {
        Self::keeping(KEPT)
    }

    /// Keeps so many, one at least.
    pub(crate) fn keeping(most: usize) -> Self {
        Self { kept: VecDeque::new(), most: most.max(1), forgotten: 0 }
    }

    /// Forgets all, as if there had never been any.
    pub(crate) fn clear(&mut self) {
        *self = Self::keeping(self.most);
    }

    /// How many there ever were, so also the place of the next one.
    pub(crate) fn ever(&self) -> usize {
        self.forgotten + self.kept.len()
    }

    pub(crate) fn push(&mut self, new: T) {
        if self.kept.len() == self.most {
            self.kept.pop_front();
            self.forgotten += 1;
        }
        self.kept.push_back(new);
    }

    /// Those that are kept with their places, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (usize, &T)> + ExactSizeIterator {
        self.kept.iter().enumerate().map(|(place, kept)| (self.forgotten + place, kept))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.kept.iter_mut()
    }

    pub(crate) fn last(&self) -> Option<&T> {
        self.kept.back()
    }
}

impl<T> Index<usize> for Newest<T> {
    type Output = T;

    fn index(&self, place: usize) -> &T {
        &self.kept[place - self.forgotten]
    }
}

impl<T> IndexMut<usize> for Newest<T> {
    fn index_mut(&mut self, place: usize) -> &mut T {
        &mut self.kept[place - self.forgotten]
    }
}
