package io.quittance.journal;

/** A command that finishes what another one began: it is not refused for lack of room. */
record FinishingCommand<R>(Command<R> command) implements ForwardingCommand<R> {}
