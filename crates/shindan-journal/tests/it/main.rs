//! The journal on a disk that fails, on damaged bytes, and on real files: one binary, so that it is linked once.

mod disk;
mod finding;
mod folds;
mod golden;
mod kill_points;
mod locks;
mod private;
mod provisional;
mod records;
mod torn;
mod words;
