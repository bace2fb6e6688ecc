//! Whole flows over real sockets: the client's own executor against a whole server, in every scenario and with every
//! fault. Time is tokio's, which jumps to the next timer when nothing else is to be done.

mod calls;
mod faults;
mod scenarios;
mod world;
