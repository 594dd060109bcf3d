package io.quittance.payment.batch.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.payment.batch.item.BatchItem;
import io.quittance.payment.batch.run.Slices.Slice;
import io.quittance.payment.create.NewPayment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SlicesTest {

  private static final Deadline SOON = Deadline.after(Duration.ofMinutes(1));
  private static final Deadline PAST = Deadline.after(Duration.ZERO);

  @Test
  void beginSmallAndHaveAllPlaces() {
    List<Slice> slices = all(new Slices(IntStream.range(100, 133).boxed().toList()));

    assertThat(slices)
        .containsExactly(
            new Slice(0, 0, 100, 103), new Slice(1, 4, 104, 128), new Slice(2, 29, 129, 132));
  }

  @Test
  void goByThePositionsOfWhatIsLeft() {
    assertThat(all(new Slices(List.of(3, 8, 9, 20, 700))))
        .containsExactly(new Slice(0, 0, 3, 20), new Slice(1, 4, 700, 700));
    assertThat(all(new Slices(List.of(0, 1, 2, 3)))).containsExactly(new Slice(0, 0, 0, 3));
    assertThat(all(new Slices(List.of()))).isEmpty();
  }

  @Test
  void handOutEachItemOnceTheirSliceIsOpen() throws InterruptedException {
    var slices = new Slices(List.of(3, 8, 9, 20, 700));
    Slice first = slices.next();
    assertThatThrownBy(() -> slices.await(1, PAST)).isInstanceOf(DeadlineExceededException.class);

    slices.begin(first);
    slices.open(first, Map.of(8, item(8)));

    assertThat(slices.isOpen(3)).isTrue();
    assertThat(slices.isOpen(4)).isFalse();
    assertThat(slices.await(1, SOON)).isEqualTo(item(8));
    assertThat(slices.await(1, SOON)).as("again").isNull();
    assertThat(slices.await(0, SOON)).as("one that did not begin").isNull();
  }

  @Test
  void keepNobodyWaitingOnceTheyAreClosed() throws InterruptedException {
    var slices = new Slices(List.of(3, 8, 9, 20, 700));

    slices.close();

    assertThat(slices.await(4, SOON)).isNull();
    assertThat(slices.isOpen(4)).isFalse();
  }

  private static List<Slice> all(Slices slices) {
    var found = new ArrayList<Slice>();
    for (Slice next = slices.next(); next != null; next = slices.next()) {
      found.add(next);
      slices.begin(next);
    }
    return found;
  }

  private static BatchItem item(int position) {
    var body = new NewPayment(1L, "EUR", "alice", "shop", null, "r", null, null, null);
    return new BatchItem(new UUID(0, 1), new UUID(0, 2), position, 0, body);
  }
}
