package io.quittance.web;

import java.util.List;

/**
 * The names of a payment's dependencies in problems, subtasks, breakers and the sandbox's faults.
 */
public final class DependencyNames {

  public static final String FRAUD = "fraud";
  public static final String LEDGER = "ledger";
  public static final String NOTIFICATION = "notification";

  public static final List<String> ALL = List.of(FRAUD, LEDGER, NOTIFICATION);

  private DependencyNames() {}
}
