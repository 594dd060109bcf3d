package io.quittance.analytics.event;

/** The fields of an event, none of which may be repeated. */
enum EventField {
  ID("id"),
  TYPE("type"),
  TIME("time"),
  DATA("data"),
  AMOUNT("data.amount"),
  CURRENCY("data.currency"),
  PAYMENT_ID("data.payment_id"),
  ACCOUNT("data.account"),
  SESSION("data.session"),
  LABELS("data.labels");

  private final String param;

  EventField(String param) {
    this.param = param;
  }

  /** Its path, as an error names it. */
  String param() {
    return param;
  }

  int bit() {
    return 1 << ordinal();
  }
}
