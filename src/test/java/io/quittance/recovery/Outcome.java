package io.quittance.recovery;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.testing.Merchant;

/**
 * A definite answer; everything in it must stay true.
 *
 * @param id the object that it made, or the payment that it tells of; empty if there is none
 * @param amount of that object, in minor units
 */
record Outcome(int status, String code, String id, long amount) {

  private static final int BAD_REQUEST = 400;

  static Outcome of(Merchant.Answer answer) {
    JsonNode body = answer.body();
    String id = body.path(answer.status() < BAD_REQUEST ? "id" : "payment_id").asText();
    return new Outcome(answer.status(), answer.code(), id, body.path("amount").asLong());
  }

  boolean succeeded() {
    return status < BAD_REQUEST;
  }

  @Override
  public String toString() {
    return status + (code.isEmpty() ? "" : " " + code) + (id.isEmpty() ? "" : " " + id);
  }
}
