package gonb

// nonblock has no counterpart here: a module has no pipes.
const nonblock = 0
