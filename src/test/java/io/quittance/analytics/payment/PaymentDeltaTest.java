package io.quittance.analytics.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quittance.analytics.wire.CompactWriter;
import io.quittance.payment.event.PaymentTransition;
import io.quittance.payment.event.RefundChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** The bytes of deltas. */
class PaymentDeltaTest {

  private static final UUID MERCHANT = new UUID(0, 1);

  private static PaymentTransition change(String payer, String payee, long amount) {
    return new PaymentTransition(
        MERCHANT,
        Instant.ofEpochSecond(1_800_000_000L + amount % 60),
        "EUR",
        payer,
        payee,
        amount,
        amount % 2 == 0 ? null : "processing",
        "declined",
        amount % 3 == 0 ? null : "fraud_declined",
        List.of("rule " + payer),
        (int) (amount % 40_000),
        2);
  }

  @Property(tries = 200)
  void areReadAsTheyWereWritten(
      @ForAll @Size(max = 20) List<@StringLength(max = 64) String> texts,
      @ForAll @LongRange(min = 1, max = 9_007_199_254_740_991L) long amount) {
    List<PaymentTransition> payments = new ArrayList<>();
    List<RefundChange> refunds = new ArrayList<>();
    for (String text : texts) {
      payments.add(change(text, "é" + text, amount));
      refunds.add(new RefundChange(MERCHANT, Instant.EPOCH, "JPY", text, amount));
    }
    var delta = new PaymentDelta(MERCHANT, payments, refunds);

    assertThat(DeltaReader.read(MERCHANT, DeltaWriter.bytes(delta))).isEqualTo(delta);
  }

  @Test
  void takeFewBytesForEachPayment() {
    List<PaymentTransition> payments = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      payments.add(change("payer-" + i, "shop", 1200));
    }

    byte[] bytes = DeltaWriter.bytes(new PaymentDelta(MERCHANT, payments, List.of()));

    assertThat(bytes.length).isLessThan(100 * 45);
  }

  @Test
  void ofALaterReleaseAreRefused() {
    assertThatThrownBy(() -> DeltaReader.read(MERCHANT, new byte[] {2, 0, 0}))
        .isInstanceOf(UnreadableDeltaException.class)
        .hasMessageContaining("unknown version 2");
  }

  /** Of the sizes in it, one is too large for any memory. */
  @Test
  void thatAreBrokenAreRefused() {
    byte[] bytes =
        DeltaWriter.bytes(
            new PaymentDelta(MERCHANT, List.of(change("payer", "shop", 1)), List.of()));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cutOff = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> DeltaReader.read(MERCHANT, cutOff))
          .isInstanceOf(UnreadableDeltaException.class);
    }
    var huge = new CompactWriter();
    for (int number : new int[] {DeltaWriter.VERSION, 1, 0}) {
      huge.number(number);
    }
    for (String text : List.of("EUR", "payer", "shop")) {
      huge.text(text);
    }
    huge.number(1);
    huge.text(null);
    huge.text("succeeded");
    huge.text(null);
    huge.number(Integer.MAX_VALUE);
    assertThatThrownBy(() -> DeltaReader.read(MERCHANT, huge.bytes()))
        .isInstanceOf(UnreadableDeltaException.class);
  }
}
