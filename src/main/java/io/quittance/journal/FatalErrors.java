package io.quittance.journal;

/** Tells the errors of the virtual machine from those of a command, which fail it alone. */
final class FatalErrors {

  private FatalErrors() {}

  /**
   * Throws what is wrong with the virtual machine, and not with a command. A stack that overflows
   * is the command's: its thread goes on.
   */
  static void rethrow(Throwable e) {
    if (e instanceof VirtualMachineError fatal && !(e instanceof StackOverflowError)) {
      throw fatal;
    }
  }
}
