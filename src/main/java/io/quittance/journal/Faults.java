package io.quittance.journal;

/** Errors of commands and tables, which are data to the journal. */
final class Faults {

  private Faults() {}

  /**
   * Throws what is wrong with the virtual machine, and not with a command. A stack that overflows
   * is the command's: its thread goes on.
   */
  static void rethrowIfFatal(Throwable e) {
    if (e instanceof VirtualMachineError fatal && !(e instanceof StackOverflowError)) {
      throw fatal;
    }
  }
}
