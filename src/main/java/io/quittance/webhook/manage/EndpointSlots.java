package io.quittance.webhook.manage;

import io.quittance.web.Problem;
import io.quittance.web.ProblemCode;
import io.quittance.webhook.endpoint.Endpoint;
import io.quittance.webhook.endpoint.Endpoints;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How many endpoints a merchant may have: each takes a slot, and a deleted one keeps its row for a
 * while. Works in the caller's transaction. Thread-safe.
 */
@Component
final class EndpointSlots {

  /** Rows of deleted endpoints are kept for an hour, and polled with the others until then. */
  private static final int DELETED_MAX = 256;

  private static final String DELETED =
      "select count(*) from webhook_endpoints where merchant_id = ? and deleted_at is not null";

  private final Endpoints endpoints;
  private final JdbcClient jdbc;

  EndpointSlots(Endpoints endpoints, JdbcClient jdbc) {
    this.endpoints = endpoints;
    this.jdbc = jdbc;
  }

  /** Refuses a new endpoint while too many deleted ones still have a row. */
  void requireRoomBesideDeleted(UUID merchantId) {
    int deleted = jdbc.sql(DELETED).param(merchantId).query(Integer.class).single();
    if (deleted >= DELETED_MAX) {
      throw Problem.of(
          ProblemCode.INVALID_STATE,
          "%d endpoints were deleted recently, which is the limit: each counts for at least an hour. Try again later, or change an existing endpoint."
              .formatted(DELETED_MAX));
    }
  }

  /** A slot that no endpoint has; another request may take it at the same time. */
  char free(UUID merchantId) {
    String used =
        endpoints.ofMerchant(merchantId).stream()
            .map(endpoint -> String.valueOf(endpoint.slot()))
            .collect(Collectors.joining());
    return (char)
        Endpoint.SLOTS
            .chars()
            .filter(slot -> used.indexOf(slot) < 0)
            .findFirst()
            .orElseThrow(
                () ->
                    Problem.of(
                        ProblemCode.INVALID_STATE,
                        "There are %d endpoints already, which is the limit; delete one first."
                            .formatted(Endpoint.SLOTS.length())));
  }
}
