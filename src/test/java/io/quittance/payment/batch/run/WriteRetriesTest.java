package io.quittance.payment.batch.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import io.quittance.payment.batch.store.StoredBatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.TransientDataAccessResourceException;

class WriteRetriesTest {

  private final WriteRetries retries = new WriteRetries(mock(StoredBatch.class));

  @Test
  void comeLaterAndLaterWhileALockIsHeld() {
    assertThat(Stream.generate(this::afterALock).limit(8))
        .containsExactly(50L, 100L, 200L, 400L, 800L, 1000L, 1000L, 1000L);
  }

  @Test
  void comeSoonAfterASuccessAndAfterAnyOtherFailure() {
    assertThat(Stream.generate(this::afterALock).limit(3)).containsExactly(50L, 100L, 200L);
    retries.succeeded();
    assertThat(Stream.generate(this::afterALock).limit(3)).containsExactly(50L, 100L, 200L);
    assertThat(retries.after(new TransientDataAccessResourceException("away")).toMillis())
        .isEqualTo(50);
    assertThat(afterALock()).isEqualTo(50);
  }

  private long afterALock() {
    return retries.after(new CannotAcquireLockException("locked")).toMillis();
  }
}
