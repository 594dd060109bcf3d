package io.quittance.payment.batch.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import io.quittance.payment.batch.store.BatchPayments.Asked;
import io.quittance.payment.batch.store.BatchPayments.Findings;
import io.quittance.payment.create.NewPayment;
import io.quittance.web.InputError;
import io.quittance.web.InputError.Code;
import io.quittance.web.json.PartCheck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Reads the payments of a batch one by one, as the body arrives. Each is validated, and then kept
 * as text. Errors are collected up to a limit; malformed JSON ends the reading.
 */
final class BatchPaymentsReader extends StdDeserializer<BatchPayments> {

  private static final long serialVersionUID = 1L;

  private static final int ERRORS_MAX = 100;

  private final transient PartCheck check;
  private final transient ObjectMapper canonical;

  BatchPaymentsReader(PartCheck check, ObjectMapper json) {
    super(BatchPayments.class);
    this.check = check;
    this.canonical =
        json.copy()
            .setSerializationInclusion(JsonInclude.Include.NON_NULL)
            .configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);
  }

  @Override
  public BatchPayments deserialize(JsonParser parser, DeserializationContext context)
      throws IOException {
    if (!parser.isExpectedStartArrayToken()) {
      return (BatchPayments) context.handleUnexpectedToken(BatchPayments.class, parser);
    }
    var reading = new Reading();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      reading.next(parser, context);
    }
    return reading.end();
  }

  /** The payments of one body. */
  private final class Reading {

    private final List<Asked> asked = new ArrayList<>();
    private final List<InputError> errors = new ArrayList<>();
    private final List<Integer> manual = new ArrayList<>();
    private final Set<String> references = new HashSet<>();
    private final MessageDigest hash = DigestUtils.getSha256Digest();
    private int size;

    void next(JsonParser parser, DeserializationContext context) throws IOException {
      int index = size++;
      if (index >= NewPaymentBatch.BACKGROUND_MAX || errors.size() >= ERRORS_MAX) {
        parser.skipChildren();
        return;
      }
      if (parser.hasToken(JsonToken.VALUE_NULL)) {
        errors.add(InputError.required("payments[%d]".formatted(index), "must be an object"));
        return;
      }
      try {
        take(index, context.readValue(parser, NewPayment.class));
      } catch (JsonMappingException e) {
        throw JsonMappingException.wrapWithPath(e, asked, index);
      }
    }

    private void take(int index, NewPayment payment) throws IOException {
      String at = "payments[%d].".formatted(index);
      int before = errors.size();
      errors.addAll(check.errors(at, payment));
      payment.contradiction(at).ifPresent(errors::add);
      String reference = payment.reference();
      if (reference == null) {
        errors.add(
            InputError.of(
                at + "reference",
                Code.REQUIRED,
                "is required in a batch and must be a text of 1 to 255 characters"));
      } else if (!references.add(reference)) {
        errors.add(
            InputError.of(
                at + "reference",
                Code.REPEATED,
                "must be unique; an earlier payment of the batch has this reference"));
      }
      if (reference != null && errors.size() == before) {
        keep(index, payment, reference);
      }
    }

    private void keep(int index, NewPayment payment, String reference) throws IOException {
      String body = canonical.writeValueAsString(payment);
      hash.update(body.getBytes(StandardCharsets.UTF_8));
      hash.update((byte) '\n');
      asked.add(new Asked(reference, body));
      if (payment.manual()) {
        manual.add(index);
      }
    }

    BatchPayments end() {
      return new BatchPayments(
          List.copyOf(asked),
          size,
          new Findings(
              List.copyOf(errors),
              List.copyOf(manual),
              Base64.getEncoder().withoutPadding().encodeToString(hash.digest())));
    }
  }
}
