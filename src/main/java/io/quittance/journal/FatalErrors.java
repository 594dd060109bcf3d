package io.quittance.journal;

/**
 * Separates errors of the virtual machine from those of a command, which fail only that command.
 */
final class FatalErrors {

  private FatalErrors() {}

  /**
   * Rethrows errors of the virtual machine. A stack overflow is the command's own error: the thread
   * can go on.
   */
  static void rethrow(Throwable e) {
    if (e instanceof VirtualMachineError fatal && !(e instanceof StackOverflowError)) {
      throw fatal;
    }
  }
}
