package io.quittance.ledger.report;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quittance.concurrency.Deadline;
import io.quittance.database.TooManyReportsException;
import io.quittance.testing.Proves;
import io.quittance.web.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class ExportSpoolTest {

  private static final int HALF = 512 * 1024;

  private final ExportSpool spool =
      new ExportSpool(
          new LedgerProperties(
              Duration.ofMinutes(10), DataSize.ofMegabytes(1), Duration.ofHours(1)));
  private final UUID merchant = UUID.randomUUID();

  /** A text that cannot be compressed by much. */
  private static String random(int characters) {
    var bytes = new byte[characters];
    new Random(1).nextBytes(bytes);
    return new String(bytes, ISO_8859_1);
  }

  private SpoolFile filled(UUID owner, String text) throws IOException {
    SpoolFile file = spool.open(owner);
    try {
      file.write(out -> out.write(text));
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
    return file;
  }

  @Test
  void givesBackWhatWasWritten() throws IOException {
    String text = "€ 1.00 \n".repeat(100_000) + random(100_000);
    try (SpoolFile file = filled(merchant, text)) {
      var copy = new ByteArrayOutputStream();
      file.copyTo(copy, Deadline.after(Duration.ofMinutes(1)));

      assertThat(copy.toString(UTF_8)).isEqualTo(text);
      assertThat(file.length()).isEqualTo(copy.size());
    }
  }

  @Test
  void givesNothingAfterTheDeadline() throws IOException {
    try (SpoolFile file = filled(merchant, "text")) {
      assertThatThrownBy(
              () -> file.copyTo(new ByteArrayOutputStream(), Deadline.after(Duration.ZERO)))
          .isInstanceOf(InterruptedIOException.class);
    }
  }

  @Test
  void refusesAFileThatIsLargerThanAMerchantsHalf() {
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> filled(merchant, random(HALF + 1)))
          .isInstanceOfSatisfying(
              Problem.class, problem -> assertThat(problem.code().status()).isEqualTo(400));
    }
  }

  @Test
  @Proves("many reports at once")
  void refusesMoreThanTwoOfAMerchant() throws IOException {
    try (SpoolFile first = filled(merchant, "a");
        SpoolFile second = filled(merchant, "b")) {
      assertThatThrownBy(() -> spool.open(merchant)).isInstanceOf(TooManyReportsException.class);
      filled(UUID.randomUUID(), "c").close();
      assertThat(first.length()).isEqualTo(second.length());
    }
    filled(merchant, "d").close();
  }

  @Test
  @Proves("many reports at once")
  void leavesEachMerchantItsHalf() throws IOException {
    String most = random(HALF * 2 / 3);
    UUID other = UUID.randomUUID();
    try (SpoolFile first = filled(merchant, most)) {
      assertThatThrownBy(() -> filled(merchant, most)).isInstanceOf(TooManyReportsException.class);
      filled(other, most).close();
      assertThat(first.length()).isPositive();
    }
    filled(merchant, most).close();
  }

  @Test
  void refusesWhatDoesNotFitBesideOthers() throws IOException {
    String most = random(HALF * 2 / 3);
    UUID third = UUID.randomUUID();
    try (SpoolFile first = filled(merchant, most);
        SpoolFile second = filled(UUID.randomUUID(), most)) {
      assertThatThrownBy(() -> filled(third, most)).isInstanceOf(TooManyReportsException.class);
      assertThat(first.length()).isEqualTo(second.length());
    }
    filled(third, most).close();
  }
}
