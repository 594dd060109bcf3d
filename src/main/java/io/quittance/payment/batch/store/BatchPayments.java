package io.quittance.payment.batch.store;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.quittance.web.InputError;
import io.quittance.web.InputError.Code;
import java.util.AbstractList;
import java.util.List;

/**
 * The payments of a body, each validated when it was read and kept as text, because objects would
 * take many times the memory of the body. In the fingerprint of the request they are one value, a
 * hash of all.
 */
@JsonDeserialize(using = BatchPaymentsReader.class)
public final class BatchPayments extends AbstractList<BatchPayments.Asked> {

  /**
   * A requested payment.
   *
   * @param body its JSON, canonical
   */
  public record Asked(String reference, String body) {}

  /** Errors, the indexes of items with manual capture, and the hash, found while reading. */
  record Findings(List<InputError> errors, List<Integer> manual, String hash) {}

  private volatile List<Asked> asked;
  private final int size;
  private final Findings findings;

  /**
   * @param size how many payments the body had, which may be more than are kept
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

  /** Frees the memory of the payments; they are stored now. */
  public void forget() {
    asked = List.of();
  }

  List<InputError> errors() {
    return findings.errors();
  }

  /** The errors of payments that an atomic batch does not allow. */
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
