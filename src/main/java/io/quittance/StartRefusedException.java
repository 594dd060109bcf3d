package io.quittance;

import java.util.List;

/** Why the service does not start, all reasons at once, for the person who started it. */
final class StartRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<String> reasons;
  private final String remedy;

  /**
   * @param what completes the sentence "Quittance will not start, because …"
   * @param reasons each begins with its settings; none contains a secret
   * @param remedy what to do about it
   */
  StartRefusedException(String what, List<String> reasons, String remedy) {
    super(what);
    this.reasons = List.copyOf(reasons);
    this.remedy = remedy;
  }

  List<String> reasons() {
    return reasons;
  }

  String remedy() {
    return remedy;
  }
}
