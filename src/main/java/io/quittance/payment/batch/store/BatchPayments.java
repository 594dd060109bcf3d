package io.quittance.payment.batch.store;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.quittance.web.InputError;
import io.quittance.web.InputError.Code;
import java.util.AbstractList;
import java.util.List;

/**
 * The payments of a body, each checked when it was read and kept as a text: objects would take many
 * times the memory of the body. For the fingerprint of the request they are one value, a hash of
 * all of them.
 */
@JsonDeserialize(using = BatchPaymentsReader.class)
public final class BatchPayments extends AbstractList<BatchPayments.Asked> {

  /**
   * A payment that was asked for.
   *
   * @param body its JSON, canonical
   */
  public record Asked(String reference, String body) {}

  /** What reading them came to, besides. */
  record Findings(List<InputError> errors, List<Integer> manual, String hash) {}

  private volatile List<Asked> asked;
  private final int size;
  private final Findings findings;

  /**
   * @param size how many there were, which may be more than are kept
   */
  BatchPayments(List<Asked> asked, int size, Findings findings) {
    this.asked = asked;
    this.size = size;
    this.findings = findings;
  }

  @Override
  public Asked get(int index) {
    return asked.get(index);
  }

  @Override
  public int size() {
    return size;
  }

  /** They are stored, and their memory is free for others. */
  public void forget() {
    asked = List.of();
  }

  List<InputError> errors() {
    return findings.errors();
  }

  /** What an atomic batch does not take. */
  List<InputError> manualCaptures() {
    return findings.manual().stream()
        .map(
            i ->
                InputError.of(
                    "payments[%d].capture_method".formatted(i),
                    Code.NOT_ALLOWED,
                    "must be `automatic` in an atomic batch"))
        .toList();
  }

  @JsonValue
  String hash() {
    return findings.hash();
  }
}
