package io.quittance.fraud;

import java.io.IOException;

/** A merchant's rule set cannot be read by this version: its fallback decides. */
public final class UnreadableRulesException extends IOException {

  private static final long serialVersionUID = 1L;

  UnreadableRulesException() {
    super("the rule set was written by a newer version");
  }
}
