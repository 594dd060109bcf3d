package io.quittance.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.quittance.testing.Proves;
import org.junit.jupiter.api.Test;

/** A short storm: three replicas and the database are killed under traffic. */
class ChaosIT {

  @Test
  @Proves("the process is killed")
  void everyAnswerIsTrueAndTheBooksAreRightWhateverIsKilled() throws Exception {
    Options options = Options.brief();
    assertThat(Chaos.run(options)).as("with -Dchaos.seed=%d", options.seed()).isEmpty();
  }
}
